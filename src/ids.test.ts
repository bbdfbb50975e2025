import { describe, expect, it } from 'vitest';
import { seededRandom } from './clock.ts';
import { failedTryKey, modelCallKey, newRunId, toolCallKey } from './ids.ts';
import { fakeClock } from './testing/fake-clock.ts';

describe('ids', () => {
  it('of runs sort by their start and are safe as file names', () => {
    const random = seededRandom(1);
    const ids = [Date.UTC(2026, 8, 9, 23, 59, 59), Date.UTC(2026, 10, 23, 23, 15, 0)].map((ms) =>
      newRunId(fakeClock(ms).clock, random),
    );
    expect(ids.map((id) => id.slice(0, 16))).toEqual(['20260909-235959-', '20261123-231500-']);
    expect(ids.every((id) => /^\d{8}-\d{6}-[0-9a-z]{6}$/.test(id))).toBe(true);
    expect(ids.toSorted()).toEqual(ids);
  });

  it('of calls keep subtasks apart whatever their ids hold', () => {
    const scope = { runId: 'r', subtaskId: 'a/1', attempt: 2 };
    expect(modelCallKey(scope, 3)).toBe('r/a%2F1/2/3');
    expect(toolCallKey({ ...scope, subtaskId: '@plan' }, 3, 0)).toBe('r/@plan/2/3/0');
    expect(failedTryKey(modelCallKey({ ...scope, subtaskId: 'a#1' }, 3), 1)).toBe('r/a%231/2/3#1');
    expect(modelCallKey({ ...scope, subtaskId: '@x/y' }, 1)).toBe('r/@x%2Fy/2/1');
    expect(modelCallKey({ ...scope, subtaskId: '\ud800' }, 1)).toBe('r/%EF%BF%BD/2/1');
  });
});
