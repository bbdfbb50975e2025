/**
 * A colony of agents with response thresholds, as in the papers that the strategy is taken from (Bonabeau, Theraulaz and
 * Deneubourg 1996; Theraulaz, Bonabeau and Deneubourg 1998): the model against which its equations are checked.
 *
 * Each step: every active agent stops with probability p; every idle one meets the tasks in a random order and takes
 * the first that it responds to; then stimuli and, when reinforced, thresholds move on.
 */
import { type Random, seededRandom } from '../random.ts';
import { nextStimulus, type Reinforcement, reinforce, responseProbability } from './threshold-model.ts';

export interface Colony {
  agents: number;
  tasks: number;
  steps: number;
  /** Figures are of the steps from this one on. */
  measuredFrom: number;
  seed: number;
  /** What a task's stimulus grows by in a step, and what all agents at once would take from it. Default 1 and 3. */
  delta?: number;
  alpha?: number;
  /** p. Default 0.2. */
  stopProbability?: number;
  /** Of an agent and a task at the start. */
  threshold: (agent: number, task: number) => number;
  /** Default: thresholds are fixed. */
  reinforcement?: Reinforcement;
}

export interface ColonyFigures {
  /** Mean share of the agents that is active. */
  activeShare: number;
  /** Mean stimulus of each task. */
  stimuli: number[];
  /** stepsAt[agent][task]: measured steps that the agent was active at the task. */
  stepsAt: number[][];
  /** thresholds[agent][task], at the end. */
  thresholds: number[][];
}

export function simulateColony(colony: Colony): ColonyFigures {
  const { agents, tasks, steps, measuredFrom, delta = 1, alpha = 3, stopProbability = 0.2, reinforcement } = colony;
  const random = seededRandom(colony.seed);
  const thresholds = table(agents, tasks, colony.threshold);
  const stepsAt = table(agents, tasks, () => 0);
  const stimuli = new Array<number>(tasks).fill(0);
  const sums = new Array<number>(tasks).fill(0);
  /** The task that each agent is at; −1: idle. */
  const doing = new Int32Array(agents).fill(-1);
  let activeSteps = 0;
  for (let step = 0; step < steps; step++) {
    const active = new Array<number>(tasks).fill(0);
    for (const [agent, own] of thresholds.entries()) {
      const task = nextTask(doing[agent] ?? -1, { own, stimuli, stopProbability, random });
      doing[agent] = task;
      if (task >= 0) active[task] = (active[task] ?? 0) + 1;
      if (step >= measuredFrom && task >= 0) {
        activeSteps += 1;
        const spent = stepsAt[agent] ?? [];
        spent[task] = (spent[task] ?? 0) + 1;
      }
      if (reinforcement === undefined) continue;
      for (const [at, threshold] of own.entries()) own[at] = reinforce(threshold, at === task, reinforcement);
    }
    for (const [task, stimulus] of stimuli.entries()) {
      if (step >= measuredFrom) sums[task] = (sums[task] ?? 0) + stimulus;
      stimuli[task] = nextStimulus(stimulus, { delta, alpha }, (active[task] ?? 0) / agents);
    }
  }
  const measured = steps - measuredFrom;
  return {
    activeShare: activeSteps / (measured * agents),
    stimuli: sums.map((sum) => sum / measured),
    stepsAt,
    thresholds,
  };
}

function nextTask(
  current: number,
  { own, stimuli, stopProbability, random }: { own: number[]; stimuli: number[]; stopProbability: number; random: Random },
): number {
  if (current >= 0) return random.next() < stopProbability ? -1 : current;
  const first = Math.floor(random.next() * own.length);
  for (let met = 0; met < own.length; met++) {
    const task = (first + met) % own.length;
    if (random.next() < responseProbability(stimuli[task] ?? 0, own[task] ?? Number.POSITIVE_INFINITY)) return task;
  }
  return -1;
}

function table(rows: number, columns: number, cell: (row: number, column: number) => number): number[][] {
  return Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (__, column) => cell(row, column)));
}
