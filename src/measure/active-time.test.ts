import { expect, test } from 'vitest';
import type { JournalEntry, RunEvent } from '../events.ts';
import { decide } from '../schedule/decide.ts';
import { createRunState } from '../schedule/state.ts';
import { createActiveClock, readHeldTimes } from './active-time.ts';

const asked = (call: string): RunEvent => ({
  type: 'approval-asked',
  request: {
    kind: 'tool',
    subtaskId: 'a',
    attempt: 1,
    role: 'r',
    call,
    tool: 't',
    input: { kind: 'inline', value: null },
    requestHash: '',
  },
});
const given = (call: string): RunEvent => ({ type: 'approval-given', request: { subtaskId: 'a', attempt: 1, call }, by: 'ada' });

const happened: [atMs: number, event: RunEvent][] = [
  [1000, { type: 'timer-fired', timerId: 'x' }],
  [1100, asked('1/0')],
  [1200, asked('1/1')],
  [1300, { type: 'wait-began' }],
  [5000, given('1/0')],
  [5100, { type: 'wait-began' }],
  [6000, { type: 'run-resumed' }],
  [6000, given('1/1')],
  [6400, { type: 'timer-fired', timerId: 'y' }],
  [9000, { type: 'run-resumed' }],
  [9050, { type: 'timer-fired', timerId: 'z' }],
];
const entries = happened.map(([atMs, event], at): JournalEntry => ({ version: 1, seq: at + 1, atMs, event }));

test('the clock agrees with the fold at every entry, and stands still between a wait and what ends it', () => {
  const clock = createActiveClock(entries);
  const state = createRunState();
  const folded = entries.map((entry) => {
    decide(state, entry);
    return state.activeMs;
  });
  expect(entries.map(({ atMs }) => clock(atMs))).toEqual(folded);
  expect(folded).toEqual([0, 100, 200, 300, 300, 400, 400, 400, 800, 800, 850]);
  expect([1050, 4000, 5050, 8000].map(clock)).toEqual([50, 300, 350, 800]);
});

test('an attempt is held from its first open request to its last answer, in active time', () => {
  expect(readHeldTimes(entries, createActiveClock(entries))).toEqual(new Map([['1/a', 300]]));
});
