import type { JournalEntry } from 'planwright/browser';
import { expect, test } from 'vitest';
import { createRunFold, enterDelta, enterEvent } from './run-fold.ts';

const entry = (seq: number): JournalEntry => ({ version: 1, seq, atMs: seq, event: { type: 'run-resumed' } });

test('an event that comes twice, after a lost connection, counts once', () => {
  const fold = createRunFold('r');
  expect([1, 2, 2, 1, 3].map((seq) => enterEvent(fold, entry(seq)))).toEqual([true, true, false, false, true]);
  expect(fold.entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test('a gap is refused, and filled by what comes next', () => {
  const fold = createRunFold('r');
  enterEvent(fold, entry(1));
  expect(() => enterEvent(fold, entry(3))).toThrow('Event 2 of r is missing: event 3 came first.');
  enterEvent(fold, entry(2));
  enterEvent(fold, entry(3));
  expect(fold.entries).toHaveLength(3);
});

test('what is at work now is known until its attempt ends', () => {
  const fold = createRunFold('r');
  const of = { subtaskId: 'a', attempt: 1 };
  enterDelta(fold, { type: 'call-started', ...of, model: 'offline' });
  enterDelta(fold, { type: 'call-ended', ...of, inputTokens: 10, outputTokens: 5 });
  enterDelta(fold, { type: 'tool-started', ...of, tool: 'calc' });
  expect(fold.live.get('a')).toEqual({ now: ['calc'], tokens: 15 });
  enterEvent(fold, {
    version: 1,
    seq: 1,
    atMs: 1,
    event: { type: 'attempt-finished', ...of, outcome: { kind: 'cancelled' } },
  });
  expect(fold.live.get('a')).toEqual({ now: [], tokens: 15 });
});
