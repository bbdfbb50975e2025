/** The same stream of tasks handed out by one coordinator, or taken by agents of a swarm that only see how much waits. */
import { type Random, seededRandom } from 'planwright';
import { respond } from './colony.ts';

export interface StreamOptions {
  agents: number;
  ticks: number;
  /** Tasks that arrive in a tick, on average. */
  arrivals: number;
  /** A task's work ends with it, a tick: 1 ÷ this is its mean length. */
  stop: number;
  /** Tasks come in pairs, and the second one needs the first one's result. */
  paired: boolean;
}

export type Dispatch =
  /** One assignment costs a share of a tick; first come, first served. A pair's second task waits for the first. */
  | { kind: 'central'; perTick: number }
  /** Each idle agent looks at what waits, s, and takes a task with s² ÷ (s² + θ²). */
  | { kind: 'swarm'; threshold: number };

/** Who is away from tick `from` until `until`: the coordinator, or so many agents. */
export interface Outage {
  from: number;
  until: number;
  agents: number | 'coordinator';
}

export interface StreamFigures {
  arrived: number;
  started: number;
  /** Starts a tick during the outage's time, whether or not anything is away. */
  startedInOutage: number;
  /** Ticks from arrival to start, of those that were started. */
  meanWait: number;
  wait95: number;
  mostWaiting: number;
  /** Messages that name somebody, a task: told of, given, done. A swarm sends none. */
  messages: number;
  /** Looks at the stimulus, a task. */
  looks: number;
  /** Share of ticks of agents that are there, idle, at the end of a tick with something left to do. */
  idleWhileWaiting: number;
  /** Second tasks that were started before their first was done. */
  outOfOrder: number;
  seconds: number;
}

interface Task {
  arrivedAt: number;
  ticks: number;
  needs: Task | null;
  isDone: boolean;
}

export function simulateStream(dispatch: Dispatch, options: StreamOptions, outage: Outage, seed: number): StreamFigures {
  const { agents, ticks } = options;
  const arrivals = seededRandom(seed);
  const chance = seededRandom(seed + 1);
  const busy: ({ task: Task; left: number } | null)[] = Array.from({ length: agents }, () => null);
  let waiting: Task[] = [];
  const waits: number[] = [];
  const count = {
    arrived: 0,
    inOutage: 0,
    looks: 0,
    idle: 0,
    present: 0,
    outOfOrder: 0,
    seconds: 0,
    mostWaiting: 0,
    messages: 0,
  };
  /** Only a coordinator is sent messages, and sends some. */
  const send = () => {
    if (dispatch.kind === 'central') count.messages += 1;
  };

  const begin = (agent: number, task: Task, tick: number): void => {
    send();
    busy[agent] = { task, left: task.ticks };
    waits.push(tick - task.arrivedAt);
    if (task.needs !== null) count.seconds += 1;
    if (task.needs?.isDone === false) count.outOfOrder += 1;
    if (tick >= outage.from && tick < outage.until) count.inOutage += 1;
  };

  for (let tick = 0; tick < ticks; tick++) {
    const isOut = tick >= outage.from && tick < outage.until;
    const away = isOut && outage.agents !== 'coordinator' ? outage.agents : 0;
    for (const task of arrive(options, tick, arrivals)) {
      send();
      waiting.push(task);
      count.arrived += 1;
    }
    for (let done = work(busy, away); done > 0; done--) send();
    const idle = busy.flatMap((one, agent) => (one === null && agent >= away ? [agent] : []));
    const taken = new Set<Task>();
    if (dispatch.kind === 'central') {
      const isAway = isOut && outage.agents === 'coordinator';
      const ready = isAway ? [] : waiting.filter(({ needs }) => needs?.isDone !== false).slice(0, dispatch.perTick);
      for (const [at, agent] of idle.entries()) {
        const task = ready[at];
        if (task === undefined) break;
        taken.add(task);
        begin(agent, task, tick);
      }
    } else {
      for (const agent of idle) {
        count.looks += 1;
        const left = waiting.length - taken.size;
        if (chance.next() >= respond(left, dispatch.threshold)) continue;
        const task = waiting.find((one) => !taken.has(one));
        if (task === undefined) break;
        taken.add(task);
        begin(agent, task, tick);
      }
    }
    waiting = waiting.filter((task) => !taken.has(task));
    count.mostWaiting = Math.max(count.mostWaiting, waiting.length);
    count.present += agents - away;
    // Work that may not begin yet leaves nobody idle in vain.
    const doable = dispatch.kind === 'central' ? waiting.filter(({ needs }) => needs?.isDone !== false).length : waiting.length;
    count.idle += Math.min(idle.length - taken.size, doable);
  }

  const sorted = waits.toSorted((a, b) => a - b);
  return {
    arrived: count.arrived,
    started: waits.length,
    startedInOutage: count.inOutage / (outage.until - outage.from),
    meanWait: waits.reduce((sum, wait) => sum + wait, 0) / Math.max(1, waits.length),
    wait95: sorted[Math.floor(0.95 * (sorted.length - 1))] ?? 0,
    mostWaiting: count.mostWaiting,
    messages: count.messages / Math.max(1, waits.length),
    looks: count.looks / Math.max(1, waits.length),
    idleWhileWaiting: count.idle / count.present,
    outOfOrder: count.outOfOrder,
    seconds: count.seconds,
  };
}

/** The first `away` agents stand still. @returns how many tasks are done. */
function work(busy: ({ task: Task; left: number } | null)[], away: number): number {
  let done = 0;
  for (const [agent, one] of busy.entries()) {
    if (one === null || agent < away) continue;
    one.left -= 1;
    if (one.left > 0) continue;
    one.task.isDone = true;
    busy[agent] = null;
    done += 1;
  }
  return done;
}

/** Poisson arrivals of single tasks or of pairs, with geometric lengths: the same for every dispatch. */
function arrive({ arrivals, stop, paired }: StreamOptions, tick: number, random: Random): Task[] {
  const count = drawPoisson(paired ? arrivals / 2 : arrivals, random);
  const draw = (needs: Task | null): Task => ({ arrivedAt: tick, ticks: drawGeometric(stop, random), needs, isDone: false });
  return Array.from({ length: count }, () => {
    const first = draw(null);
    return paired ? [first, draw(first)] : [first];
  }).flat();
}

/** By products of uniform numbers (Knuth). */
function drawPoisson(mean: number, random: Random): number {
  const least = Math.exp(-mean);
  let count = 0;
  for (let product = random.next(); product > least; product *= random.next()) count += 1;
  return count;
}

/** Trials until the first success, at least 1. */
function drawGeometric(success: number, random: Random): number {
  return 1 + Math.floor(Math.log(1 - random.next()) / Math.log(1 - success));
}
