import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunHandle } from '../../index.ts';
import { followRun } from './follow-run.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const io = { print: () => Promise.resolve(true), note: () => {}, printsToTerminal: false, terminal: null };

/** A run whose tool takes no notice of the interruption. */
function stuckRun(): RunHandle {
  const never = new Promise<never>(() => {});
  return Object.assign(never, {
    runId: 'r',
    events: { [Symbol.asyncIterator]: () => ({ next: () => never }) },
    cancel: () => {},
  });
}

test('a run that does not stop is left after three seconds', async () => {
  const controller = new AbortController();
  const outcome = vi.fn<(followed: unknown) => void>();
  const following = followRun(io, stuckRun, { interrupted: controller.signal }).then(outcome);
  await vi.advanceTimersByTimeAsync(60_000);
  controller.abort();
  await vi.advanceTimersByTimeAsync(2999);
  expect(outcome.mock.calls).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await following;
  expect(outcome.mock.calls).toEqual([[{ kind: 'cut-off', runId: 'r', hasBegun: false }]]);
});
