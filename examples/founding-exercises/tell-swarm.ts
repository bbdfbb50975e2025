/** What a swarm avoids and gives up: the figures of colony.ts and stream-of-tasks.ts in words. */
import { seededRandom } from 'planwright';
import { type ColonyOptions, simulateColony, solveEquilibrium } from './colony.ts';
import { type Exercise, percent } from './sheet.ts';
import { type Dispatch, type Outage, type StreamFigures, type StreamOptions, simulateStream } from './stream-of-tasks.ts';

const agents = 100;
const rule = { delta: 1, alpha: 3, stop: 0.2 };
const colonies: readonly { name: string; thresholds: readonly number[]; threshold: number | null }[] = [
  { name: 'all θ = 8', thresholds: Array.from({ length: agents }, () => 8), threshold: 8 },
  { name: 'all θ = 40', thresholds: Array.from({ length: agents }, () => 40), threshold: 40 },
  {
    name: 'half θ = 8, half θ = 40',
    thresholds: Array.from({ length: agents }, (_, at) => (at % 2 === 0 ? 8 : 40)),
    threshold: null,
  },
];

const stream: StreamOptions = { agents: 20, ticks: 2000, arrivals: 2.5, stop: 0.2, paired: false };
const busier = 3.4;
const perTick = 3;
const outage = { from: 800, until: 900 };
const nobody: Outage = { ...outage, agents: 0 };
const coordinatorAway: Outage = { ...outage, agents: 'coordinator' };
const oneAway: Outage = { ...outage, agents: 1 };
const central: Dispatch = { kind: 'central', perTick };
const eager: Dispatch = { kind: 'swarm', threshold: 1 };
const slow: Dispatch = { kind: 'swarm', threshold: 4 };

interface Case {
  name: string;
  dispatch: Dispatch;
  outage: Outage;
  options: StreamOptions;
}

const cases: readonly Case[] = [
  { name: 'coordinator', dispatch: central, outage: nobody, options: stream },
  { name: 'coordinator, away for 100 ticks', dispatch: central, outage: coordinatorAway, options: stream },
  { name: `coordinator, ${busier} tasks a tick`, dispatch: central, outage: nobody, options: { ...stream, arrivals: busier } },
  { name: 'swarm, θ = 1', dispatch: eager, outage: nobody, options: stream },
  { name: 'swarm, θ = 1, one agent away for 100 ticks', dispatch: eager, outage: oneAway, options: stream },
  { name: `swarm, θ = 1, ${busier} tasks a tick`, dispatch: eager, outage: nobody, options: { ...stream, arrivals: busier } },
  { name: 'swarm, θ = 4', dispatch: slow, outage: nobody, options: stream },
  { name: 'coordinator, pairs', dispatch: central, outage: nobody, options: { ...stream, paired: true } },
  { name: 'swarm, θ = 1, pairs', dispatch: eager, outage: nobody, options: { ...stream, paired: true } },
];

export interface CaseFigures extends StreamFigures {
  name: string;
}

export async function exerciseSwarm(seed: number): Promise<Exercise> {
  const equilibria = colonies.map(({ name, thresholds, threshold }, at) => {
    const options: ColonyOptions = { ...rule, thresholds, steps: 4000, burnIn: 1000 };
    return { name, threshold, measured: simulateColony(options, seededRandom(seed + at)) };
  });
  const figures = cases.map(
    ({ name, dispatch, outage: away, options }): CaseFigures => ({
      name,
      ...simulateStream(dispatch, options, away, seed),
    }),
  );
  return {
    title: 'What swarms avoid and give up',
    declared: [
      `Response thresholds with n = 2. First table: ${agents} agents, δ = ${rule.delta}, α = ${rule.alpha}, p = ${rule.stop}, one kind of work.`,
      `Second table: ${stream.agents} agents, ${stream.arrivals} tasks a tick unless said otherwise, ${1 / stream.stop} ticks of work a task, ${stream.ticks} ticks; the same tasks for all. The stimulus is the number of tasks that wait.`,
      `The coordinator hands out ${perTick} tasks a tick, and for each task is told of it, gives it, and is told that it is done.`,
    ],
    sheets: [
      {
        title: 'Equilibrium: simulated, and by the equations.',
        columns: ['thresholds', 'share at work', 'δ ÷ α', 'stimulus', 'θ·√(T ÷ (1 − T))'],
        rows: equilibria.map(({ name, threshold, measured }) => [
          name,
          measured.active.toFixed(3),
          (rule.delta / rule.alpha).toFixed(3),
          measured.stimulus.toFixed(1),
          threshold === null ? '' : solveEquilibrium(threshold, rule).stimulus.toFixed(1),
        ]),
      },
      {
        title: `The same stream of tasks. Ticks ${outage.from} to ${outage.until} are those of the outage.`,
        columns: [
          'who hands out',
          'started of arrived',
          'started a tick in those 100',
          'wait: mean, 95 %',
          'most waiting',
          'messages a task',
          'looks a task',
          'idle while work waits',
          'begun too early',
        ],
        rows: figures.map(tellCase),
      },
    ],
    findings: tellFindings(figures),
    figures: { equilibria, streams: figures },
  };
}

function tellCase(figures: CaseFigures): string[] {
  const { name, started, arrived, startedInOutage, meanWait, wait95, mostWaiting, messages, looks, idleWhileWaiting } = figures;
  return [
    name,
    `${started} of ${arrived}`,
    startedInOutage.toFixed(1),
    `${meanWait.toFixed(1)}, ${wait95}`,
    String(mostWaiting),
    messages.toFixed(1),
    looks.toFixed(1),
    `${(100 * idleWhileWaiting).toFixed(1)} %`,
    figures.seconds === 0 ? '' : `${figures.outOfOrder} of ${figures.seconds}`,
  ];
}

function tellFindings(figures: readonly CaseFigures[]): string[] {
  const [calm, away, , swarm, swarmAway] = figures;
  const pairs = figures.at(-1);
  if (calm === undefined || away === undefined || swarm === undefined || swarmAway === undefined || pairs === undefined)
    return [];
  return [
    `While the coordinator is away nothing starts: ${away.startedInOutage.toFixed(1)} tasks a tick, against ${swarmAway.startedInOutage.toFixed(1)} of the swarm that lacks an agent.`,
    `The mean wait of the whole stream is ${(away.meanWait / calm.meanWait).toFixed(0)} times as long as with a coordinator that never fails; the swarm's is ${(swarmAway.meanWait / swarm.meanWait).toFixed(1)} times.`,
    `A swarm begins ${percent(pairs.outOfOrder / pairs.seconds)} of the tasks that need another one's result before that is there.`,
  ];
}
