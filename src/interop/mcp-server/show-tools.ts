/** The tools that look at runs that are there, and the one that ends them: `show`, `runs`, `cancel`. */
import { z } from 'zod';
import { cancelRun } from '../../control-run.ts';
import { PlanwrightError } from '../../errors.ts';
import { reportRun, type SubtaskReport } from '../../measure/run-report.ts';
import { runField } from './input-fields.ts';
import { answerOfRun, printValue, runOutput } from './run-answer.ts';
import { declareTool } from './served-tool.ts';

const defaultListed = 20;

export const showTool = declareTool({
  name: 'show',
  title: 'Show a run',
  description:
    'What a run is doing or has done: status, deliverable, subtasks, calls, tokens and cost. With "subtask": what that one was told and gave.',
  readOnly: true,
  input: z.strictObject({
    run: runField,
    subtask: z.string().min(1).max(500).optional().describe('The id of a subtask; in a sub-team its path: release/ship.'),
  }),
  output: runOutput.extend({
    subtask: z.object({ id: z.string(), status: z.string(), instruction: z.string(), output: z.unknown() }).optional(),
  }),
  carryOut: async (desk, { run, subtask: wanted }) => {
    const { runId } = await desk.findRun(run);
    const report = await reportRun(await desk.openStore(), runId);
    const answer = answerOfRun(report);
    if (wanted === undefined) return answer;
    const { id, status, instruction, output } = findSubtask(report.subtasks, wanted);
    const text = `${answer.text.split('\n')[0]}\nSubtask ${id}: ${status}. It was told: ${instruction}\n\n${output === null ? 'It has no result.' : printValue(output)}`;
    return { structured: { ...answer.structured, subtask: { id: wanted, status, instruction, output } }, text };
  },
});

export const runsTool = declareTool({
  name: 'runs',
  title: 'List runs',
  description: "The latest runs of this server's store, the newest first.",
  readOnly: true,
  input: z.strictObject({ limit: z.int().min(1).max(100).optional().describe(`Default ${defaultListed}.`) }),
  output: z.object({
    runs: z.array(z.object({ runId: z.string(), status: z.string(), task: z.string(), createdMs: z.number() })),
  }),
  carryOut: async (desk, { limit = defaultListed }) => {
    const store = await desk.openStore();
    const records = await store.listRuns({ rootsOnly: true, limit });
    const runs = await Promise.all(
      records.map(async ({ runId, status, task, createdMs, endedMs }) => ({
        runId,
        status: endedMs === null && (await store.isDriven(runId)) ? 'running' : status,
        task: task.slice(0, 200),
        createdMs,
      })),
    );
    const text = runs.map(({ runId, status, task }) => `${runId}  ${status}  ${task.replace(/\s+/g, ' ')}`).join('\n');
    return { structured: { runs }, text: text === '' ? 'There are no runs yet.' : text };
  },
});

export const cancelTool = declareTool({
  name: 'cancel',
  title: 'Cancel a run',
  description: 'Ends a run for good, whoever drives it. A call of "run" that waits is cancelled by cancelling its request.',
  readOnly: false,
  input: z.strictObject({ run: runField, reason: z.string().min(1).max(1000).optional() }),
  output: z.object({ runId: z.string(), outcome: z.enum(['cancelled', 'requested']) }),
  carryOut: async (desk, { run, reason = 'Cancelled by the MCP client.' }) => {
    const { runId } = await desk.findRun(run);
    const outcome = await cancelRun(await desk.openStore(), runId, { reason, clock: desk.clock });
    const text = outcome === 'cancelled' ? `Cancelled ${runId}.` : `Asked the process that drives ${runId} to cancel it.`;
    return { structured: { runId, outcome }, text };
  },
});

/** @throws {PlanwrightError} `usage` */
function findSubtask(subtasks: readonly SubtaskReport[], path: string): SubtaskReport {
  const exact = subtasks.find(({ id }) => id === path);
  if (exact !== undefined) return exact;
  for (const { id, subtasks: own } of subtasks) {
    if (own !== undefined && path.startsWith(`${id}/`)) return findSubtask(own, path.slice(id.length + 1));
  }
  const known = subtasks.slice(0, 40).map(({ id }) => id);
  throw new PlanwrightError(
    'usage',
    `The run has no subtask "${path.slice(0, 100)}". Its subtasks: ${known.join(', ') || 'none'}.`,
  );
}
