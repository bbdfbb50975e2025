/** The tools that set runs going: `run` and `resume`. */
import { z } from 'zod';
import { PlanwrightError } from '../../errors.ts';
import { reportRun } from '../../measure/run-report.ts';
import type { RunHandle } from '../../run-handle.ts';
import { type RunTaskOptions, resumeRun, runTask } from '../../run-task.ts';
import { followRun } from './follow-run.ts';
import { concurrencyField, planField, readPlan, runField, surroundingFields, taskField } from './input-fields.ts';
import { answerOfRun, runOutput } from './run-answer.ts';
import type { RunDesk } from './run-desk.ts';
import { declareTool, type ServedCall, type ToolAnswer } from './served-tool.ts';

const backgroundField = z
  .boolean()
  .optional()
  .describe('true: answer at once with the id, and look with the tool "show"; the run goes on while this server is connected.');

export const runTool = declareTool({
  name: 'run',
  title: 'Run a task',
  description:
    'Runs a task to its end with one agent or a team of role-specialized agents, whichever the evidence favors, and gives the deliverable with what it took. Sends progress; cancelling the request cancels the run.',
  readOnly: false,
  input: z.strictObject({
    task: taskField.optional().describe("What is to be done; default: the plan's task."),
    plan: planField.optional(),
    strategy: z
      .enum(['auto', 'single', 'team', 'cascade'])
      .optional()
      .describe('Who works. Default auto: decided from measured evidence. Not with a plan: the team runs it.'),
    approve: z.boolean().optional().describe('true: wait for a person to approve the plan before anything runs.'),
    ...surroundingFields,
    concurrency: concurrencyField,
    background: backgroundField,
  }),
  output: runOutput,
  carryOut: async (desk, { task, plan: given, strategy, approve, background, ...asked }, call) => {
    const plan = given === undefined ? undefined : readPlan(given);
    const wanted = task ?? plan?.task;
    if (wanted === undefined) throw new PlanwrightError('usage', 'There is no task. Give "task", or a "plan" that has one.');
    if (plan !== undefined && (strategy === 'single' || strategy === 'cascade')) {
      throw new PlanwrightError('usage', `A plan is run by the team, not with strategy "${strategy}". Leave one of them out.`);
    }
    const options: RunTaskOptions = {
      ...(await desk.surroundings(asked)),
      task: wanted,
      ...(plan === undefined ? {} : { plan }),
      ...(strategy === undefined ? {} : { strategy }),
      ...(approve === undefined ? {} : { approve }),
    };
    return drive(desk, call, { background, start: (held) => runTask({ ...options, ...held }) });
  },
});

export const resumeTool = declareTool({
  name: 'resume',
  title: 'Go on with a run',
  description: 'Goes on with a run that was interrupted, or that a person has answered with: planwright approve RUN.',
  readOnly: false,
  input: z.strictObject({ run: runField, background: backgroundField }),
  output: runOutput,
  carryOut: async (desk, { run, background }, call) => {
    const { runId } = await desk.findRun(run);
    return drive(desk, call, { background, start: (held) => resumeRun({ runId, ...held }) });
  },
});

interface Driving {
  background: boolean | undefined;
  start: (held: Pick<RunTaskOptions, 'store' | 'signal'>) => RunHandle;
}

async function drive(
  desk: RunDesk,
  call: ServedCall,
  { background, start }: Driving,
): Promise<ToolAnswer<z.input<typeof runOutput>>> {
  const store = await desk.openStore();
  const begin = (): RunHandle => start({ store, signal: desk.closing });
  if (background !== true) return answerOfRun(await desk.carryOut(() => followRun(desk, begin(), call)));
  let begun: Promise<string> = Promise.resolve('');
  const working = desk.carryOut(() => {
    const handle = begin();
    begun = untilBegun(handle);
    return handle;
  });
  // Its end is looked up by `show`; a start that fails is told here.
  working.catch(() => undefined);
  await Promise.race([begun, working]);
  return answerOfRun(await reportRun(store, await begun));
}

/** Resolves with its id once its first event is durable, or when it has ended without one. */
async function untilBegun(handle: RunHandle): Promise<string> {
  await handle.events[Symbol.asyncIterator]().next();
  return handle.runId;
}
