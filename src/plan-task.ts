/** Asks for a plan without running it. Nothing is stored; its calls are metered all the same. */
import { MemoryStore } from './engine/memory-store.ts';
import { PlanwrightError } from './errors.ts';
import type { Ledger } from './measure/ledger.ts';
import type { Plan } from './plan/plan.ts';
import { type RunTaskOptions, runTask } from './run-task.ts';

export type PlanTaskOptions = Pick<RunTaskOptions, 'task' | 'team' | 'model' | 'files' | 'tools' | 'limits' | 'signal' | 'env'>;

/** The team's plan for a task, checked. It is what `runTask` with strategy `team` would run. */
export async function planTask(options: PlanTaskOptions): Promise<{ plan: Plan; ledger: Ledger }> {
  const store = new MemoryStore();
  const result = await runTask({ ...options, strategy: 'team', approve: true, store });
  await store.close();
  if (result.status === 'waiting') return { plan: result.plan, ledger: result.ledger };
  if (result.endReason === 'budget') throw new PlanwrightError('budget-spent', result.detail ?? 'The budget is spent.');
  throw new PlanwrightError('plan-invalid', result.detail ?? `No plan was made: ${result.status}.`);
}
