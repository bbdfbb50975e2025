/**
 * How well the gate learns: simulated classes of tasks with a known truth, one decision a task, the outcome fed back as a
 * run's would be. Truth, seeds and phases are declared here and were not changed after looking at the result.
 */
import { seededRandom } from '../src/clock.ts';
import { decideByEvidence } from '../src/gate/evidence-gate.ts';
import type { GateInput, Strategy } from '../src/gate/gate.ts';
import { defaultGateWeights, type GateWeights } from '../src/gate/weights.ts';
import type { RunOutcome } from '../src/measure/outcome.ts';
import { atLeast, type Figure } from './figure.ts';

interface Truth {
  success: number;
  usd: number;
  seconds: number;
}

export interface SimulatedClass {
  name: string;
  single: Truth;
  team: Truth;
}

/**
 * The founding document's story: small migrations where one agent is better at a fifth of the cost, large ones where the
 * team is; one class where they are alike and one where the team costs more than it brings.
 */
export const classes: readonly SimulatedClass[] = [
  { name: 'small', single: { success: 0.74, usd: 0.02, seconds: 40 }, team: { success: 0.58, usd: 0.1, seconds: 90 } },
  { name: 'large', single: { success: 0.35, usd: 0.05, seconds: 120 }, team: { success: 0.65, usd: 0.15, seconds: 100 } },
  { name: 'alike', single: { success: 0.7, usd: 0.02, seconds: 40 }, team: { success: 0.72, usd: 0.1, seconds: 60 } },
  { name: 'dear', single: { success: 0.8, usd: 0.05, seconds: 60 }, team: { success: 0.85, usd: 0.3, seconds: 60 } },
];

export interface Learning {
  /** regret[t]: utility that the choice of task t was short of the oracle's, mean over seeds and classes, in USD. */
  regret: number[];
  /** Utility of the gate ÷ the oracle's in tasks from ≤ t < to. */
  share(from: number, to: number): number;
}

/** `shiftAt`: from this task on each class's arms change places, as after a change of models or of the team. */
export function simulateLearning(options: { tasks: number; seeds: number; shiftAt?: number; exploration?: number }): Learning {
  const { tasks, seeds, shiftAt = Number.POSITIVE_INFINITY } = options;
  const weights: GateWeights = { ...defaultGateWeights, exploration: options.exploration ?? defaultGateWeights.exploration };
  const got = new Float64Array(tasks);
  const best = new Float64Array(tasks);
  for (let seed = 1; seed <= seeds; seed++) {
    for (const [at, one] of classes.entries()) {
      const random = seededRandom(seed * 1000 + at);
      const outcomes: RunOutcome[] = [];
      for (let task = 0; task < tasks; task++) {
        const truth = task < shiftAt ? one : { ...one, single: one.team, team: one.single };
        const { strategy, propensity = 1 } = decideByEvidence(inputOf(one.name), outcomes, weights, random);
        const arm = strategy === 'team' ? 'team' : 'single';
        outcomes.unshift(outcomeOf(truth[arm], { arm, propensity, success: random.next() < truth[arm].success, task }));
        got[task] = (got[task] ?? 0) + utilityOf(truth[arm], weights);
        best[task] = (best[task] ?? 0) + Math.max(utilityOf(truth.single, weights), utilityOf(truth.team, weights));
      }
    }
  }
  const runs = seeds * classes.length;
  return {
    regret: Array.from(best, (value, task) => (value - (got[task] ?? 0)) / runs),
    share: (from, to) => sum(got.subarray(from, to)) / sum(best.subarray(from, to)),
  };
}

export async function measureGate(seeds: number): Promise<Figure[]> {
  const still = simulateLearning({ tasks: 250, seeds });
  const shifted = simulateLearning({ tasks: 500, seeds, shiftAt: 250 });
  const stubborn = simulateLearning({ tasks: 250, seeds, exploration: 0 });
  return [
    { what: 'utility ÷ oracle, tasks 200 to 249', measured: still.share(200, 250), digits: 3, bound: atLeast(0.95) },
    { what: 'the same over all of the first 200 tasks', measured: still.share(0, 200), digits: 3 },
    { what: 'without exploration, tasks 200 to 249', measured: stubborn.share(200, 250), digits: 3 },
    { what: 'after the arms change places at task 250: tasks 250 to 299', measured: shifted.share(250, 300), digits: 3 },
    { what: '  tasks 450 to 499', measured: shifted.share(450, 500), digits: 3, bound: atLeast(0.95) },
    { what: 'regret of a task, the first 50, in USD', measured: mean(still.regret.slice(0, 50)), digits: 4 },
    { what: '  tasks 200 to 249', measured: mean(still.regret.slice(200)), digits: 4 },
  ];
}

function inputOf(taskClass: string): GateInput {
  return {
    task: 'Port the service.',
    roles: ['coder', 'critic'],
    materialTokens: 0,
    contextTokens: 100_000,
    team: 'migration',
    checksDeliverable: false,
    taskClass,
  };
}

function outcomeOf(
  { usd, seconds }: Truth,
  run: { arm: Strategy; propensity: number; success: boolean; task: number },
): RunOutcome {
  return {
    version: 1,
    runId: `run-${run.task}`,
    taskClass: 'simulated',
    team: 'migration',
    arm: run.arm,
    delivered: true,
    ownVerdict: 'none',
    label: { success: run.success, source: 'held-out' },
    propensity: run.propensity,
    pair: null,
    calls: 1,
    tokens: 1000,
    costUsd: usd,
    durationMs: seconds * 1000,
    roles: {},
    forecast: null,
    endedMs: run.task,
  };
}

function utilityOf({ success, usd, seconds }: Truth, { successUsd, hourUsd }: GateWeights): number {
  return success * successUsd - usd - (seconds / 3600) * hourUsd;
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
