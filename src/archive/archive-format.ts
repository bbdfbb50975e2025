/**
 * An archive of runs: JSON lines that any engine writes and reads. A header; then one group of lines for each run with
 * all runs below it, whole in itself; then a line that counts, so that a cut-off file is noticed.
 *
 *     archive, (run, value*, blob*, event+, signal*)+, (value | blob | call)*, outcome?, tree-end, …, end
 *
 * The first `run` of a group is the outermost one; a run comes after the one it is below. `value`, `blob`, `event` and
 * `signal` belong to the `run` line before them.
 */
import { z } from 'zod';
import type { RunRecord, RunSignal } from '../engine/store.ts';
import { PlanwrightError } from '../errors.ts';
import type { JournalEntry } from '../events.ts';
import type { Json } from '../json.ts';
import type { RunOutcome } from '../measure/outcome.ts';
import type { CallRecord } from '../model/call-record.ts';

export const archiveVersion = 1;

/** The longest line, in bytes of UTF-8 without its end: four times the longest value in characters. */
export const lineLimitBytes = 256 * 1024 * 1024;

/** How much a group holds, over all its runs. */
export interface TreeCounts {
  runs: number;
  values: number;
  blobs: number;
  events: number;
  signals: number;
  calls: number;
}

export type ArchiveLine =
  | { kind: 'archive'; version: number }
  | { kind: 'run'; record: RunRecord }
  /** `hash`: SHA-256 of the value's JSON text. */
  | { kind: 'value'; hash: string; value: Json }
  /** `hash`: SHA-256 of the bytes. */
  | { kind: 'blob'; hash: string; base64: string }
  | { kind: 'event'; entry: JournalEntry }
  | { kind: 'signal'; signal: RunSignal }
  | { kind: 'call'; call: CallRecord }
  | { kind: 'outcome'; outcome: RunOutcome }
  | ({ kind: 'tree-end'; rootRunId: string } & TreeCounts)
  /** `trees`: groups in the file. */
  | { kind: 'end'; trees: number };

/** Beyond what any process would name a run; a name goes into keys, messages and file names. */
const maxIdCharacters = 2000;
// A control character in an id would act in a terminal, and `/` is what separates the parts of a call's key.
const runId = z
  .string()
  .min(1)
  .max(maxIdCharacters)
  .regex(/^[^\p{Cc}/\\]+$/u, 'is no id of a run');
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in lower-case hex');
const text = z.string();
const count = z.int().min(0);
const timeMs = z.number();
const endStatuses = ['succeeded', 'partial', 'failed', 'cancelled'] as const;
const endReasons = [
  'completed',
  'failed-subtasks',
  'plan-refused',
  'planner-failed',
  'budget',
  'share',
  'time',
  'cancelled',
  'stalled',
] as const;
const json = z.custom<Json>((value) => value !== undefined);

const record = z.strictObject({
  version: z.literal(1),
  runId,
  rootRunId: runId,
  parentRunId: runId.nullable(),
  task: text,
  status: z.enum(['running', 'waiting', ...endStatuses]),
  strategy: z.enum(['auto', 'single', 'team', 'cascade']),
  endReason: z.enum(endReasons).nullable(),
  createdMs: timeMs,
  endedMs: timeMs.nullable(),
  setup: json,
  forecast: z.looseObject({}).optional(),
  priority: count.max(1_000_000).optional(),
  forkedFrom: z.strictObject({ runId, seq: count }).optional(),
});

const requestName = z.strictObject({ subtaskId: text, attempt: z.int(), call: text.optional() });
const signal = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('cancel'), reason: text }),
  z.strictObject({
    type: z.literal('approve'),
    by: text,
    request: requestName.optional(),
    plan: z.strictObject({ subtasks: z.array(z.looseObject({ id: text })), deliverable: text.optional() }).optional(),
  }),
  z.strictObject({ type: z.literal('deny'), by: text, reason: text, request: requestName.optional() }),
]);

const entry = z.strictObject({
  version: z.literal(1),
  seq: z.int().min(1),
  atMs: timeMs,
  event: z.looseObject({ type: text }),
});

const call = z.looseObject({
  version: z.literal(1),
  key: text.min(1),
  runId,
  rootRunId: runId,
  subtaskId: text,
  attempt: z.int(),
  role: text,
  purpose: z.enum(['gate', 'plan', 'replan', 'execute', 'verify', 'synthesize', 'manage']),
  kind: z.enum(['model', 'tool']),
  name: text,
  requestHash: text,
  outcome: z.enum(['started', 'succeeded', 'failed', 'aborted']),
  response: text.nullable(),
  error: text.nullable(),
  costUsd: z.number().nullable(),
  inputTokens: z.number(),
  cachedInputTokens: z.number(),
  outputTokens: z.number(),
  reasoningTokens: z.number(),
  startedMs: timeMs,
  endedMs: timeMs,
});

const outcome = z.looseObject({
  version: z.literal(1),
  runId,
  taskClass: text,
  team: text,
  arm: text,
  delivered: z.boolean(),
  endedMs: timeMs,
  roles: z.record(text, z.looseObject({})),
});

const lineSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('archive'), version: z.int() }),
  z.strictObject({ kind: z.literal('run'), record }),
  z.strictObject({ kind: z.literal('value'), hash, value: json }),
  z.strictObject({ kind: z.literal('blob'), hash, base64: text }),
  z.strictObject({ kind: z.literal('event'), entry }),
  z.strictObject({ kind: z.literal('signal'), signal }),
  z.strictObject({ kind: z.literal('call'), call }),
  z.strictObject({ kind: z.literal('outcome'), outcome }),
  z.strictObject({
    kind: z.literal('tree-end'),
    rootRunId: runId,
    runs: count,
    values: count,
    blobs: count,
    events: count,
    signals: count,
    calls: count,
  }),
  z.strictObject({ kind: z.literal('end'), trees: count }),
]);

export function noCounts(): TreeCounts {
  return { runs: 0, values: 0, blobs: 0, events: 0, signals: 0, calls: 0 };
}

/** @throws {PlanwrightError} `value-too-large` for what no reader would take. */
export function writeLine(line: ArchiveLine): string {
  const written = JSON.stringify(line);
  if (written.length * 3 > lineLimitBytes && Buffer.byteLength(written) > lineLimitBytes) {
    throw new PlanwrightError(
      'value-too-large',
      `A line of kind "${line.kind}" has more than ${lineLimitBytes} bytes: no archive takes it.`,
    );
  }
  return `${written}\n`;
}

/** @returns the line, or what is wrong with it. */
export function readLine(written: string): { line: ArchiveLine } | { problem: string } {
  let document: unknown;
  try {
    document = JSON.parse(written);
  } catch {
    return { problem: 'it is no JSON; the file may be cut off here' };
  }
  try {
    const parsed = lineSchema.safeParse(document);
    // The document as it was written, its order included. What is not looked at here (events, figures) is looked at by the
    // fold, or only shown.
    if (parsed.success) return { line: document as ArchiveLine };
    const [issue] = parsed.error.issues;
    return { problem: `${issue?.path.map(String).join('.') || 'the line'}: ${issue?.message ?? 'it is unreadable'}` };
  } catch (thrown) {
    // Nested more deeply than the stack is.
    if (thrown instanceof RangeError) return { problem: 'it is nested too deeply' };
    throw thrown;
  }
}
