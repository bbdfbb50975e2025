/** What the allocation strategies have to show: the contract net's protocol, and the two results that response thresholds are known for. */
import { allocationNames } from '../src/allocate/allocation-strategy.ts';
import { type ColonyFigures, simulateColony } from '../src/allocate/threshold-colony.ts';
import { seededRandom } from '../src/clock.ts';
import { buildForecastBasis } from '../src/measure/build-forecast-basis.ts';
import { simulateAllocation } from '../src/measure/simulate-allocation.ts';
import type { Subtask } from '../src/plan/plan.ts';
import { defineTeam } from '../src/team/define-team.ts';
import { playContractRounds } from './contract-rounds.ts';
import { atLeast, atMost, exactly, type Figure } from './figure.ts';

/** The parameters that are usually quoted for Theraulaz, Bonabeau and Deneubourg (1998): δ = 1, α = 3, p = 0.2, θ from 1 to 1,000, ξ = 10, φ = 1. */
const delta = 1;
const alpha = 3;
export const seeds = 20;

/** Colonies of one task for the active share, which the equations give as δ ÷ α, whatever the thresholds. */
export const shareColonies: readonly { agents: number; what: string; threshold: (agent: number) => number }[] = [
  { agents: 100, what: 'θ = 10', threshold: () => 10 },
  { agents: 100, what: 'two castes, θ = 8 and 20', threshold: (agent) => (agent % 2 === 0 ? 8 : 20) },
  { agents: 100, what: 'θ = 500', threshold: () => 500 },
  { agents: 1000, what: 'θ = 10', threshold: () => 10 },
];

export function measureShare({ agents, threshold }: (typeof shareColonies)[number], seed: number): ColonyFigures {
  return simulateColony({ agents, tasks: 1, steps: 4000, measuredFrom: 1000, seed, delta, alpha, threshold });
}

/**
 * The criterion, stated before anything was measured: ten agents that are alike, two tasks, 3,000 steps, of which the last 1,000
 * count. Specialists have emerged when each task has at least one agent that is active in at least 250 of those steps and
 * spends at least 90 % of its active steps on that task. The same colony with fixed thresholds shows what chance does.
 */
export const specialists = { agents: 10, tasks: 2, steps: 3000, measuredFrom: 2000, leastActive: 250, leastShare: 0.9 } as const;

export function haveEmerged(seed: number, kind: 'fixed' | 'reinforced'): boolean {
  const { leastActive, leastShare, ...colony } = specialists;
  const reinforcement = { learning: 10, forgetting: 1, least: 1, most: 1000 };
  const { stepsAt } = simulateColony({
    ...colony,
    seed,
    delta,
    alpha,
    threshold: () => 500,
    ...(kind === 'fixed' ? {} : { reinforcement }),
  });
  const isSpecialist = (steps: readonly number[], task: number): boolean => {
    const active = steps.reduce((sum, value) => sum + value, 0);
    return active >= leastActive && (steps[task] ?? 0) >= leastShare * active;
  };
  return Array.from({ length: specialists.tasks }, (_, task) => task).every((task) =>
    stepsAt.some((steps) => isSpecialist(steps, task)),
  );
}

export function countEmerged(kind: 'fixed' | 'reinforced'): number {
  return Array.from({ length: seeds }, (_, at) => at + 1).filter((seed) => haveEmerged(seed, kind)).length;
}

/** Two roles that can do each other's work, one slot each; two kinds of subtasks in turn, all of them ready at once. */
function measureSpecializations(): Figure[] {
  const team = defineTeam({
    name: 'pair',
    defaults: { limits: { concurrency: 1 } },
    roles: { coder: { skills: ['typescript'] }, tester: { skills: ['typescript'] } },
  });
  const basis = buildForecastBasis({ team });
  return [20, 100, 1000].flatMap((count) => {
    const subtasks = Array.from(
      { length: count },
      (_, at): Subtask => ({
        id: `s${at}`,
        role: at % 2 === 0 ? 'coder' : 'tester',
        instruction: 'Do it.',
        dependsOn: [],
        estimate: { durationMs: 1000 },
      }),
    );
    const plan = { version: 1 as const, task: 'bench', subtasks };
    return allocationNames.map((strategy) => ({
      what: `specialization, ${count.toLocaleString('en')} subtasks of two kinds: ${strategy}`,
      measured: simulateAllocation(plan, { roles: team.roles, basis }, { strategy, trials: 20 }).specialization ?? Number.NaN,
    }));
  });
}

export async function measureAllocation(rounds: number): Promise<Figure[]> {
  const played = playContractRounds(rounds, seededRandom(1));
  const { broken } = played;
  const total = played.rounds.toLocaleString('en');
  const shares = shareColonies.map((colony) => ({ colony, figures: measureShare(colony, 1) }));
  return [
    {
      what: `contract net, ${total} rounds: accepts + rejects ≠ proposals`,
      measured: broken.proposalsAnswered,
      bound: exactly(0),
    },
    { what: '  accepted without a bid in time, or not the cheapest', measured: broken.onlyValidAccepted, bound: exactly(0) },
    { what: '  reports of others than the accepted, or twice', measured: broken.onlyAcceptedReport, bound: exactly(0) },
    { what: '  messages ≠ m + n + j + l', measured: broken.messageCount, bound: exactly(0) },
    { what: '  messages in all', measured: played.messages },
    { what: '  refusals', measured: played.refusals },
    { what: '  late bids', measured: played.lateBids },
    { what: '  failures', measured: played.failures },
    { what: '  rounds announced again', measured: played.announcedAgain },
  ]
    .map((figure): Figure => ({ ...figure, digits: 0 }))
    .concat(
      shares.map(({ colony, figures }) => ({
        what: `thresholds, N = ${colony.agents}, ${colony.what}: active share off δ ÷ α, in percent`,
        measured: 100 * Math.abs((figures.activeShare * alpha) / delta - 1),
        digits: 3,
        bound: atMost(2),
      })),
      [
        {
          what: `specialists emerged, reinforced thresholds, seeds of ${seeds}`,
          measured: countEmerged('reinforced'),
          digits: 0,
          bound: atLeast(19),
        },
        { what: '  fixed thresholds', measured: countEmerged('fixed'), digits: 0 },
        ...measureSpecializations(),
      ],
    );
}
