import { defaultStorePath, type Plan, PlanwrightError, type RunTaskOptions, runTask } from '../../index.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { CliIo } from '../io.ts';
import { readPlanFile } from '../plan-input.ts';
import { followRun } from '../progress/follow-run.ts';
import { tellRun } from '../tell-run.ts';
import { readTask, type TaskFlags, taskOptions } from './task-flags.ts';

export interface RunFlags extends TaskFlags {
  strategy?: 'auto' | 'single' | 'team' | 'cascade';
  plan?: string;
  approve?: boolean;
  class?: string;
  explore?: boolean;
  json?: boolean;
  store?: string;
}

export async function runRun(io: CliIo, task: string | undefined, flags: RunFlags): Promise<number> {
  const { strategy, store } = flags;
  const interrupted = catchInterrupts();
  const plan = flags.plan === undefined ? undefined : await readGivenPlan(flags.plan, strategy);
  const options: RunTaskOptions = {
    ...taskOptions(flags),
    task: task === undefined && plan !== undefined ? plan.task : await readTask(task),
    ...(plan === undefined ? {} : { plan }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(flags.approve === true ? { approve: true } : {}),
    ...(flags.class === undefined ? {} : { taskClass: flags.class }),
    ...(flags.explore === false ? { gateWeights: { exploration: 0 } } : {}),
    ...(store === undefined ? {} : { store }),
  };
  const followed = await followRun(io, (hooks) => runTask({ ...options, ...hooks }), { interrupted });
  return tellRun(io, followed, { json: flags.json === true, location: store ?? defaultStorePath, store });
}

async function readGivenPlan(path: string, strategy: RunFlags['strategy']): Promise<Plan> {
  if (strategy === 'single' || strategy === 'cascade') {
    throw new PlanwrightError(
      'usage',
      `A plan is run by the team, not with --strategy ${strategy}. Leave out --strategy or --plan.`,
    );
  }
  return readPlanFile(path);
}
