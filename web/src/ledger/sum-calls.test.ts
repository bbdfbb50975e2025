import { expect, test } from 'vitest';
import { type CountedCall, subtaskKey, sumCalls } from './sum-calls.ts';

const call: CountedCall = {
  runId: 'r',
  subtaskId: 'a',
  role: 'coder',
  purpose: 'execute',
  kind: 'model',
  outcome: 'succeeded',
  inputTokens: 100,
  outputTokens: 20,
  costUsd: 0.5,
  startedMs: 1000,
  endedMs: 1400,
};

test('calls are added up by purpose, role and subtask', () => {
  const sums = sumCalls([
    call,
    { ...call, kind: 'tool', costUsd: 0 },
    { ...call, subtaskId: 'b', purpose: 'verify', role: 'critic' },
  ]);
  expect(sums.total).toEqual({ calls: 2, toolCalls: 1, tokens: 240, inputTokens: 200, outputTokens: 40, costUsd: 1, ms: 1200 });
  expect([...sums.byPurpose.keys()]).toEqual(['execute', 'verify']);
  expect(sums.byRole.get('coder')).toMatchObject({ calls: 1, toolCalls: 1, ms: 800 });
  expect(sums.bySubtask.get(subtaskKey('r', 'b'))?.tokens).toBe(120);
});

test('one call without a price leaves the sum without one', () => {
  expect(sumCalls([call, { ...call, costUsd: null }, call]).total.costUsd).toBeNull();
});
