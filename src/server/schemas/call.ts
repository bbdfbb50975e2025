/** Calls as they are counted: what a run's tokens, money and time went to. Their texts come with their subtask. */
import { z } from 'zod';
import type { CallRecord } from '../../index.ts';
import { count, epochMs, figure, named } from './named.ts';

export type CallCount = Pick<
  CallRecord,
  | 'runId'
  | 'subtaskId'
  | 'attempt'
  | 'role'
  | 'purpose'
  | 'kind'
  | 'outcome'
  | 'inputTokens'
  | 'outputTokens'
  | 'costUsd'
  | 'startedMs'
  | 'endedMs'
>;

export const callCountSchema: z.ZodType<CallCount> = named(
  'CallCount',
  z.object({
    runId: z.string(),
    subtaskId: z.string(),
    attempt: z.int(),
    role: z.string(),
    purpose: z.enum(['gate', 'plan', 'replan', 'execute', 'verify', 'synthesize', 'manage']),
    kind: z.enum(['model', 'tool']),
    outcome: z.enum(['started', 'succeeded', 'failed', 'aborted']),
    inputTokens: count,
    outputTokens: count,
    costUsd: figure.nullable(),
    startedMs: epochMs,
    endedMs: epochMs,
  }),
);

export interface CallList {
  /** Of the run and of its sub-teams' runs, failed tries included. */
  calls: CallCount[];
}

export const callListSchema: z.ZodType<CallList> = named('CallList', z.object({ calls: z.array(callCountSchema) }));
