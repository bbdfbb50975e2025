/** Runs, as they are listed and told. */
import { z } from 'zod';
import type { Forecast, HierarchyReport, Ledger, RunReport, RunStatus, SubtaskReport, WaitingItem } from '../../index.ts';
import { anyJson, count, epochMs, figure, named } from './named.ts';
import { planSchema } from './plan.ts';

export const strategySchema = z.enum(['single', 'team', 'cascade']);
export const runStatusSchema: z.ZodType<RunStatus> = named(
  'RunStatus',
  z.enum(['running', 'waiting', 'interrupted', 'succeeded', 'partial', 'failed', 'cancelled']),
);
const endReasonSchema = z.enum([
  'completed',
  'failed-subtasks',
  'plan-refused',
  'planner-failed',
  'budget',
  'share',
  'time',
  'cancelled',
  'stalled',
]);
const forkedFromSchema = z.object({ runId: z.string(), seq: z.int() });

/** A line of the list of runs. */
export interface RunSummary {
  runId: string;
  task: string;
  status: RunStatus;
  strategy: 'auto' | 'single' | 'team' | 'cascade';
  endReason: RunReport['endReason'];
  createdMs: number;
  endedMs: number | null;
  forkedFrom?: { runId: string; seq: number };
}

export const runSummarySchema: z.ZodType<RunSummary> = named(
  'RunSummary',
  z.object({
    runId: z.string(),
    task: z.string(),
    status: runStatusSchema,
    strategy: z.enum(['auto', 'single', 'team', 'cascade']),
    endReason: endReasonSchema.nullable(),
    createdMs: epochMs,
    endedMs: epochMs.nullable(),
    forkedFrom: forkedFromSchema.exactOptional(),
  }),
);

export interface RunList {
  /** Newest first. */
  runs: RunSummary[];
  /** Hand it over as `before` for the runs after these; null: there are none. */
  next: string | null;
}

export const runListSchema: z.ZodType<RunList> = named(
  'RunList',
  z.object({ runs: z.array(runSummarySchema), next: z.string().nullable() }),
);

const subtaskReportSchema: z.ZodType<SubtaskReport> = named(
  'SubtaskReport',
  z.object({
    id: z.string(),
    role: z.string(),
    instruction: z.string(),
    status: z.enum(['waiting', 'running', 'verifying', 'succeeded', 'failed', 'skipped', 'cancelled', 'superseded']),
    attempts: count,
    itemOf: z.string().exactOptional(),
    dependsOn: z.array(z.string()),
    output: anyJson,
    startedMs: figure.nullable(),
    endedMs: figure.nullable(),
    error: z.object({ code: z.string(), message: z.string() }).exactOptional(),
    promptTokens: count,
    get subtasks() {
      return z.array(subtaskReportSchema).exactOptional();
    },
  }),
);

export const waitingItemSchema: z.ZodType<WaitingItem> = named(
  'WaitingItem',
  z.object({
    kind: z.enum(['plan', 'attempt', 'tool']),
    id: z.string(),
    runId: z.string(),
    subtaskId: z.string().exactOptional(),
    path: z.string().exactOptional(),
    attempt: z.int().exactOptional(),
    role: z.string().exactOptional(),
    instruction: z.string().exactOptional(),
    inputs: z.array(z.object({ subtaskId: z.string(), output: anyJson })).exactOptional(),
    tool: z.string().exactOptional(),
    input: anyJson.exactOptional(),
    askedMs: epochMs,
  }),
);

const perPurpose = z.partialRecord(z.enum(['gate', 'plan', 'replan', 'execute', 'verify', 'synthesize', 'manage']), count);
const handedSchema = z.object({ count, tokens: count });

export const ledgerSchema: z.ZodType<Ledger> = named(
  'Ledger',
  z.object({
    calls: count,
    callsByPurpose: perPurpose,
    tokensByPurpose: perPurpose,
    toolCalls: count,
    inputTokens: count,
    cachedInputTokens: count,
    outputTokens: count,
    reasoningTokens: count,
    costUsd: figure.nullable(),
    unpricedCalls: count,
    handoffs: count,
    handoffTokens: count,
    handoffsByMode: z.object({ whole: handedSchema, digest: handedSchema, reference: handedSchema }),
    wasteTokens: count,
    turnOverhead: figure.nullable(),
    tokenOverhead: figure.nullable(),
    makespanMs: figure,
    serialMs: figure,
    criticalPathMs: figure,
    criticalPath: z.array(z.string()),
  }),
);

const hierarchySchema: z.ZodType<HierarchyReport> = z.object({
  levels: z.array(
    z.object({ level: count, runs: count, leaves: count, calls: count, tokens: count, largestPromptTokens: count }),
  ),
  latencyLevels: count,
  flat: z.object({ calls: count, latencyLevels: count }),
});

const forecastSchema: z.ZodType<Forecast> = named(
  'Forecast',
  z.object({
    version: z.literal(1),
    success: figure,
    makespanMs: figure.nullable(),
    calls: figure,
    tokens: figure.nullable(),
    costUsd: figure.nullable(),
    basis: z.array(z.enum(['estimate', 'given', 'observed', 'prior'])),
  }),
);

/** The document of `planwright show --json`. */
export const runReportSchema: z.ZodType<RunReport> = named(
  'RunReport',
  z.object({
    runId: z.string(),
    task: z.string(),
    status: runStatusSchema,
    strategy: strategySchema,
    endReason: endReasonSchema.nullable(),
    detail: z.string().exactOptional(),
    gate: z.object({ strategy: strategySchema, reasons: z.array(z.string()) }).exactOptional(),
    deliverable: anyJson,
    plan: planSchema,
    subtasks: z.array(subtaskReportSchema),
    waiting: z.array(waitingItemSchema),
    ledger: ledgerSchema,
    hierarchy: hierarchySchema.exactOptional(),
    forecast: forecastSchema.exactOptional(),
    citations: z.array(z.object({ file: z.string(), line: z.int(), quote: z.string() })),
    forkedFrom: forkedFromSchema.exactOptional(),
  }),
);
