/** What the gate would decide about a task, and why, without running it. */

import { seededRandom, systemClock } from './clock.ts';
import { describeForGate } from './engine/describe-for-gate.ts';
import { openEnvironment } from './engine/open-environment.ts';
import { openStore } from './engine/open-store.ts';
import { prepareRun } from './engine/prepare-run.ts';
import { explainGate, type GateExplanation } from './gate/explain-gate.ts';
import { defaultGateWeights } from './gate/weights.ts';
import { newRunId } from './ids.ts';
import type { RunTaskOptions } from './run-task.ts';

export type ExplainTaskOptions = Pick<
  RunTaskOptions,
  'task' | 'team' | 'model' | 'files' | 'tools' | 'taskClass' | 'gateWeights' | 'classifier' | 'store' | 'env'
>;

/** The newest outcomes of a class that are looked at. */
const outcomesRead = 5000;

/** No model is called and nothing is stored. */
export async function explainTask(options: ExplainTaskOptions): Promise<GateExplanation> {
  const store = await openStore(options.store);
  try {
    const { setup } = await prepareRun(options);
    const runId = newRunId(systemClock, seededRandom(1));
    const env = await openEnvironment(runId, store, setup, options, () => {});
    const input = await describeForGate(env, setup);
    const outcomes = await store.listOutcomes({ taskClass: input.taskClass, team: input.team, limit: outcomesRead });
    return explainGate(input, outcomes, { ...defaultGateWeights, ...setup.team.gate });
  } finally {
    if (typeof options.store !== 'object') await store.close();
  }
}
