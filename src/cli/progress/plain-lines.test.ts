import { expect, test } from 'vitest';
import type { RunEvent } from '../../index.ts';
import { describeUpdate } from './plain-lines.ts';
import { Progress } from './progress.ts';

const role = { model: 'offline', fallback: ['coder'], composite: false, checks: false };

const settings = {
  strategy: 'auto' as const,
  limits: { retries: 0, reroutes: 1, replans: 0, concurrency: 8, perModel: {}, depth: 3 },
  generalist: 'generalist',
  roles: { researcher: role, coder: { ...role, checks: true } },
  approve: false,
  planRepairs: 0,
  checksDeliverable: false,
  typed: false,
};

test('each change of state is one line, with the time since the start', () => {
  const progress = new Progress('r');
  const events: RunEvent[] = [
    { type: 'run-started', task: 't', settings },
    {
      type: 'gate-decided',
      decision: {
        strategy: 'team',
        reasons: ['Two parts.'],
        input: {
          task: 't',
          roles: [],
          materialTokens: 0,
          contextTokens: 1,
          team: 'team',
          checksDeliverable: false,
          taskClass: 'one-part',
        },
      },
    },
    { type: 'subtask-proposed', attempt: 1, subtask: { id: 'a', role: 'researcher', instruction: 'i', dependsOn: [] } },
    { type: 'attempt-started', subtaskId: 'a', attempt: 1, role: 'researcher' },
    { type: 'subtask-proposed', attempt: 1, subtask: { id: 'b', role: 'researcher', instruction: 'i', dependsOn: ['a'] } },
    { type: 'plan-accepted', attempt: 1 },
    {
      type: 'attempt-finished',
      subtaskId: 'a',
      attempt: 1,
      outcome: { kind: 'failed', error: { code: 'model-failed', message: 'no\nnet\x1b[2J', recovery: 'retry' } },
    },
    { type: 'attempt-started', subtaskId: 'a', attempt: 2, role: 'coder' },
    {
      type: 'attempt-finished',
      subtaskId: 'a',
      attempt: 2,
      outcome: { kind: 'succeeded', output: { kind: 'inline', value: 'x' } },
    },
    { type: 'verdict-given', subtaskId: 'a', attempt: 2, verdict: { kind: 'rejected', reason: 'No quote.', evidence: [] } },
  ];
  const lines = events.flatMap((event, index) => {
    const update = { version: 1 as const, runId: 'r', seq: index + 1, atMs: 5000 + 1250 * index, event };
    if (index === 8)
      progress.enterDelta('r', { type: 'call-ended', subtaskId: 'a', attempt: 2, inputTokens: 1000, outputTokens: 204 });
    return describeUpdate(progress, update, progress.enter(update), 5000);
  });
  expect(lines).toEqual([
    '   1.3s  gate  team  Two parts.',
    '   3.8s  a  researcher  started',
    '   6.3s  plan  2 subtasks',
    '   7.5s  a  researcher  failed: no net',
    '   8.8s  a  coder  started  attempt 2',
    '  10.0s  a  coder  checking',
    '  11.3s  a  coder  rejected: No quote.',
    '  11.3s  given up: b',
  ]);
});
