import { expect, test } from 'vitest';
import type { RunReport } from '../index.ts';
import { hintsAfter, interruptedHint, summarizeRun } from './summary.ts';

const subtask = { instruction: 'i', attempts: 1, dependsOn: [], output: null, startedMs: 0, endedMs: 1, promptTokens: 0 };

const report: RunReport = {
  runId: 'run-1',
  task: 't',
  status: 'partial',
  strategy: 'team',
  endReason: 'failed-subtasks',
  deliverable: null,
  plan: { version: 1, task: 't', subtasks: [] },
  subtasks: [
    { ...subtask, id: 'a', role: 'researcher', status: 'succeeded' },
    {
      ...subtask,
      id: 'gather',
      role: 'gatherers',
      status: 'failed',
      error: { code: 'rejected', message: 'It ended\nfailed.' },
      subtasks: [
        { ...subtask, id: 'inner', role: 'critic', status: 'failed', error: { code: 'model-failed', message: 'no \x1b[2Jnet' } },
      ],
    },
    { ...subtask, id: 'report', role: 'writer', status: 'skipped' },
  ],
  waiting: [],
  ledger: {
    calls: 9,
    callsByPurpose: { plan: 1, execute: 7, synthesize: 1 },
    tokensByPurpose: { plan: 700, execute: 4000, synthesize: 510 },
    toolCalls: 12,
    inputTokens: 4100,
    cachedInputTokens: 1000,
    outputTokens: 1110,
    reasoningTokens: 0,
    costUsd: null,
    unpricedCalls: 3,
    handoffs: 5,
    handoffTokens: 320,
    handoffsByMode: { whole: { count: 5, tokens: 320 }, digest: { count: 0, tokens: 0 }, reference: { count: 0, tokens: 0 } },
    wasteTokens: 120,
    turnOverhead: 2 / 7,
    tokenOverhead: 0.5,
    makespanMs: 800,
    serialMs: 2000,
    criticalPathMs: 600,
    criticalPath: ['a', 'gather'],
  },
  citations: [],
};

test('the summary says what was called, what it took, what coordination cost and what failed at any depth', () => {
  expect(summarizeRun(report)).toEqual([
    'partial    team · 3 subtasks (1 succeeded, 1 failed, 1 skipped) · failed-subtasks',
    'calls      9 (plan 1, execute 7, synthesize 1) · 12 tool calls',
    'tokens     5,210 (4,100 in, 1,000 of them cached; 1,110 out)',
    'cost       unpriced (3 of 9 calls)',
    'time       0.8 s makespan · 0.6 s critical path (a → gather) · speed-up 2.5',
    'tax        turn overhead 0.29 · token overhead 0.50 · 5 handoffs of 320 tokens · 120 tokens wasted',
    'failed     gather (gatherers): It ended failed.',
    'failed     inner (critic): no net',
  ]);
});

test('what a gate decided, and a run without any call, are said too', () => {
  const ledger = {
    ...report.ledger,
    calls: 0,
    callsByPurpose: {},
    tokensByPurpose: {},
    costUsd: 0,
    turnOverhead: null,
    tokenOverhead: null,
    handoffs: 0,
    wasteTokens: 0,
  };
  const lines = summarizeRun({
    ...report,
    gate: { strategy: 'team', reasons: ['Two parts.', 'Too large.'] },
    detail: 'Why.',
    ledger,
  });
  expect(lines.slice(0, 3)).toEqual([
    'partial    team · 3 subtasks (1 succeeded, 1 failed, 1 skipped) · Why.',
    'gate       team: Two parts. Too large.',
    'calls      0 · 12 tool calls',
  ]);
  expect(lines[4]).toBe('cost       $0');
  expect(lines[6]).toBe('tax        turn overhead unknown · token overhead unknown · no handoffs');
});

test('a run that waits is answered, and an interrupted one resumed, by the command that is named', () => {
  expect(hintsAfter({ runId: 'run-1', status: 'waiting' }, 'runs.db', ' --store runs.db')).toEqual([
    'stored     runs.db · planwright show run-1 --store runs.db',
    'waiting    planwright approve run-1 --store runs.db  (or refuse it: --deny "why")',
  ]);
  expect(interruptedHint('run-1', '')).toBe('Interrupted. Resume with: planwright resume run-1');
});
