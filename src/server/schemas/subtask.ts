/** One subtask with its attempts, and two runs side by side. */
import { z } from 'zod';
import type { AttemptHistory, JournaledCall, RunDifference, RunSide, SubtaskHistory, SubtaskSide } from '../../index.ts';
import { anyJson, count, epochMs, figure, named } from './named.ts';
import { subtaskSchema } from './plan.ts';
import { runStatusSchema } from './run.ts';

const subtaskStatusSchema = z.enum([
  'waiting',
  'running',
  'verifying',
  'succeeded',
  'failed',
  'skipped',
  'cancelled',
  'superseded',
]);

const evidenceSchema = z.object({
  check: z.string(),
  passed: z.boolean(),
  detail: z.string(),
  receipts: z.array(z.string()).exactOptional(),
});

const verdictSchema: z.ZodType<NonNullable<AttemptHistory['verdict']>> = named(
  'Verdict',
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('accepted'), evidence: z.array(evidenceSchema) }),
    z.object({ kind: z.literal('rejected'), reason: z.string(), evidence: z.array(evidenceSchema) }),
    z.object({ kind: z.literal('unverified'), reason: z.string(), evidence: z.array(evidenceSchema) }),
  ]),
);

const journaledCallSchema: z.ZodType<JournaledCall> = named(
  'JournaledCall',
  z.object({
    key: z.string(),
    kind: z.enum(['model', 'tool']),
    name: z.string(),
    subtaskId: z.string(),
    attempt: z.int(),
    role: z.string(),
    purpose: z.enum(['gate', 'plan', 'replan', 'execute', 'verify', 'synthesize', 'manage']),
    requestHash: z.string(),
    outcome: z.enum(['started', 'succeeded', 'failed', 'aborted']),
    error: z.string().nullable(),
    input: anyJson,
    response: anyJson,
    inputTokens: count,
    cachedInputTokens: count,
    cacheWriteInputTokens: count.exactOptional(),
    outputTokens: count,
    reasoningTokens: count,
    costUsd: figure.nullable(),
    estimated: z.literal(true).exactOptional(),
    startedMs: epochMs,
    endedMs: epochMs,
  }),
);

const attemptHistorySchema: z.ZodType<AttemptHistory> = named(
  'AttemptHistory',
  z.object({
    attempt: z.int(),
    role: z.string(),
    startedMs: epochMs,
    endedMs: epochMs.nullable(),
    outcome: z.enum(['accepted', 'rejected', 'failed', 'cancelled', 'open']),
    reason: z.string().exactOptional(),
    context: z.object({ instructions: z.string(), prompt: z.string() }).nullable(),
    handoffs: z.array(z.object({ from: z.string(), mode: z.enum(['whole', 'digest', 'reference']), tokens: count })),
    output: anyJson,
    contradictions: z.array(z.object({ assumption: z.string(), evidence: z.string() })),
    verdict: verdictSchema.nullable(),
    subRunId: z.string().exactOptional(),
    calls: z.array(journaledCallSchema),
    tokens: count,
    costUsd: figure.nullable(),
  }),
);

export const subtaskHistorySchema: z.ZodType<SubtaskHistory> = named(
  'SubtaskHistory',
  z.object({
    runId: z.string(),
    path: z.array(z.string()),
    subtask: subtaskSchema,
    status: subtaskStatusSchema,
    role: z.string(),
    output: anyJson,
    error: z.object({ code: z.string(), message: z.string() }).exactOptional(),
    attempts: z.array(attemptHistorySchema),
  }),
);

const runSideSchema: z.ZodType<RunSide> = named(
  'RunSide',
  z.object({
    runId: z.string(),
    status: runStatusSchema,
    outputHash: z.string().nullable(),
    calls: count,
    tokens: count,
    costUsd: figure.nullable(),
    makespanMs: figure,
  }),
);

const subtaskSideSchema: z.ZodType<SubtaskSide> = named(
  'SubtaskSide',
  z.object({
    role: z.string(),
    instruction: z.string(),
    status: subtaskStatusSchema,
    attempts: count,
    outputHash: z.string().nullable(),
    tokens: count,
    costUsd: figure.nullable(),
    durationMs: figure.nullable(),
  }),
);

export const runDifferenceSchema: z.ZodType<RunDifference> = named(
  'RunDifference',
  z.object({
    runs: z.object({ one: runSideSchema, other: runSideSchema }),
    subtasks: z.array(
      z.object({
        id: z.string(),
        one: subtaskSideSchema.nullable(),
        other: subtaskSideSchema.nullable(),
        differs: z.boolean(),
      }),
    ),
    sharedEvents: z.int().nullable(),
  }),
);
