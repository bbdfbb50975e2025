/** A run as a tool's answer: its report without what would fill a client's context. */
import { z } from 'zod';
import type { Json } from '../../json.ts';
import type { RunReport, SubtaskReport } from '../../measure/run-report.ts';
import type { ToolAnswer } from './served-tool.ts';

/** Of a deliverable in `text`; `structured` has the whole of it. */
const maxTextCharacters = 60_000;

const subtaskSchema = z.object({
  id: z.string(),
  role: z.string(),
  status: z.string(),
  attempts: z.number(),
  dependsOn: z.array(z.string()),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

export const runOutput = z.object({
  runId: z.string(),
  status: z.enum(['running', 'waiting', 'interrupted', 'succeeded', 'partial', 'failed', 'cancelled']),
  strategy: z.string().describe('Who worked: single, team or cascade.'),
  endReason: z.string().nullable(),
  detail: z.string().optional().describe('Why it did not succeed.'),
  deliverable: z.unknown().describe('Text or JSON; null while there is none.'),
  subtasks: z.array(subtaskSchema),
  waiting: z
    .array(z.object({ kind: z.string(), id: z.string(), subtaskId: z.string().optional(), tool: z.string().optional() }))
    .describe('What a person has to decide, with: planwright approve RUN'),
  ledger: z.object({
    calls: z.number(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    costUsd: z.number().nullable().describe('null while any call has no known price.'),
    makespanMs: z.number(),
  }),
  citations: z.array(z.object({ file: z.string(), line: z.number(), quote: z.string() })),
});

type RunOutput = z.input<typeof runOutput>;

export function answerOfRun(report: Omit<RunReport, 'deliverable'> & { deliverable: Json }): ToolAnswer<RunOutput> {
  const { runId, status, strategy, endReason, detail, deliverable, subtasks, waiting, citations } = report;
  const { calls, inputTokens, outputTokens, costUsd, makespanMs } = report.ledger;
  const structured: RunOutput = {
    runId,
    status,
    strategy,
    endReason,
    ...(detail === undefined ? {} : { detail }),
    deliverable,
    subtasks: subtasks.map(summarizeSubtask),
    waiting: waiting.map(({ kind, id, subtaskId, tool }) => ({
      kind,
      id,
      ...(subtaskId === undefined ? {} : { subtaskId }),
      ...(tool === undefined ? {} : { tool }),
    })),
    ledger: { calls, inputTokens, outputTokens, costUsd, makespanMs },
    citations,
  };
  return { structured, text: describeRun(structured) };
}

function summarizeSubtask({ id, role, status, attempts, dependsOn, error }: SubtaskReport): z.input<typeof subtaskSchema> {
  return { id, role, status, attempts, dependsOn, ...(error === undefined ? {} : { error }) };
}

function describeRun({ runId, status, strategy, detail, deliverable, subtasks, waiting, ledger }: RunOutput): string {
  const done = subtasks.filter((subtask) => subtask.status === 'succeeded').length;
  const cost = ledger.costUsd === null ? 'at a cost that is not known' : `for $${Number(ledger.costUsd.toPrecision(4))}`;
  const lines = [
    `Run ${runId}: ${status} (${strategy}), ${done} of ${subtasks.length} subtasks done, ${ledger.calls} calls, ${ledger.inputTokens + ledger.outputTokens} tokens ${cost}.`,
  ];
  if (detail !== undefined) lines.push(detail);
  if (waiting.length > 0) {
    const items = waiting.slice(0, 10).map(({ id }) => id);
    lines.push(`It waits for a person (${items.join(', ')}): planwright approve ${runId}. Then call the tool "resume".`);
  }
  if (status === 'interrupted') lines.push('It was interrupted. The tool "resume" goes on with it.');
  if (deliverable !== null && deliverable !== undefined) lines.push('', printValue(deliverable));
  return lines.join('\n');
}

/** Text as it is, JSON as JSON, both cut. */
export function printValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
  if (text.length <= maxTextCharacters) return text;
  return `${text.slice(0, maxTextCharacters)}\n… cut: ${text.length} characters in all; the structured content holds them.`;
}
