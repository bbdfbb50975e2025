/**
 * What a way of giving out work comes to on one plan: the real fold in virtual time, with seeded chance, as in simulate.ts. Each
 * strategy meets the same chance, trial by trial.
 */
import type { AllocationName, MessageKind } from '../allocate/allocation-strategy.ts';
import { seededRandom } from '../clock.ts';
import { allocateTeam } from '../engine/team-allocation.ts';
import type { RunSettings } from '../events.ts';
import { type ForecastBasis, findByName } from '../plan/forecast-basis.ts';
import type { Plan } from '../plan/plan.ts';
import type { Role } from '../team/team.ts';
import { type LoadBalance, measureBalance, measureSpecialization } from './division-of-labor.ts';
import { affordableTrials, quantile } from './simulate.ts';
import { stratifyFirstDraws } from './simulate-chance.ts';
import { type PreparedTrials, prepareTrials, runTrial } from './simulate-trial.ts';
import type { Interval } from './statistics/interval.ts';
import { wilsonInterval } from './statistics/proportion.ts';
import { type WatchedWork, watchWork } from './watch-work.ts';

/** A Role is one. */
export type ModeledRole = Pick<Role, 'skills' | 'tools' | 'accept' | 'approval' | 'team'> & {
  limits: Pick<Role['limits'], 'concurrency'>;
};

export interface AllocationModel {
  /** The team's, by name. Those that only the plan names are added, without skills and without limits of their own. */
  roles: Readonly<Record<string, ModeledRole>>;
  basis: ForecastBasis;
}

export interface SimulateAllocationOptions {
  strategy: AllocationName;
  /** Default 200; fewer for more than 2,500 subtasks, as in simulatePlan. */
  trials?: number;
  /** Default 1. */
  seed?: number;
}

/** Means are over the trials. */
export interface AllocationSimulation {
  version: 1;
  strategy: AllocationName;
  trials: number;
  seed: number;
  /** Kinds of work in the plan, and those that more than one role can do: without any, every strategy does the same. */
  kinds: { all: number; shared: number };
  /** As in a Simulation. */
  success: Interval & { mean: number };
  makespanMs: { p50: number; p90: number };
  /** Whether any duration was known; otherwise each attempt is taken to last a second. */
  isTimed: boolean;
  /** Of busy time ÷ slots, over `roles`; mean of the trials. null: nothing was done. */
  balance: LoadBalance | null;
  /** I(kind; role) ÷ H(kind) of a trial, mean of the trials. null: the plan has one kind of work. */
  specialization: number | null;
  /** From when its dependencies were done to its first attempt, mean of the subtasks that started. */
  waitingMs: number;
  attempts: number;
  /** Attempts that were not accepted. */
  failures: number;
  /** Subtasks that were offered to others after a failure. */
  offeredAgain: number;
  messages: Partial<Record<MessageKind | 'report', number>>;
  /** Of the roles among which work was given out; all roles that the plan names when there is no such choice. */
  roles: Record<string, { busyMs: number; attempts: number; slots: number }>;
}

const defaultTrials = 200;
const unknownDurationMs = 1000;

/** The same plan, model and options give the same numbers. The plan has passed checkPlan. */
export function simulateAllocation(plan: Plan, model: AllocationModel, options: SimulateAllocationOptions): AllocationSimulation {
  const { strategy, seed = 1 } = options;
  const trials = options.trials ?? Math.min(defaultTrials, affordableTrials(plan.subtasks.length));
  const { prepared, isTimed } = prepare(plan, model.basis);
  const settings = settingsOf(prepared, model, strategy);
  const random = seededRandom(seed);
  const draw = stratifyFirstDraws(prepared.plan.subtasks.length, trials, random);
  const makespans = new Float64Array(trials);
  const { kinds, contenders } = findContenders(prepared, model);
  const sums = new Sums(settings, contenders);
  for (let trial = 0; trial < trials; trial++) {
    const trialSeed = random.next() * 2 ** 32;
    const { allocation } = settings;
    const seeded = allocation === undefined ? settings : { ...settings, allocation: { ...allocation, seed: trialSeed } };
    const chance = { random: seededRandom(trialSeed), drawFirst: (at: number) => draw(at, trial) };
    const result = runTrial({ ...prepared, settings: seeded }, chance, (run) => sums.add(watchWork(run)));
    if (result.outcome === 'right') sums.right += 1;
    makespans[trial] = result.makespanMs;
  }
  makespans.sort();
  const { low, high } = wilsonInterval(sums.right, trials);
  return {
    version: 1,
    strategy,
    trials,
    seed,
    kinds,
    success: { mean: sums.right / trials, low, high },
    makespanMs: { p50: quantile(makespans, 0.5), p90: quantile(makespans, 0.9) },
    isTimed,
    ...sums.means(trials),
  };
}

function prepare(plan: Plan, basis: ForecastBasis): { prepared: PreparedTrials; isTimed: boolean } {
  const prepared = prepareTrials(plan, basis);
  if (prepared.isTimed) return { prepared, isTimed: true };
  const prior = { ...basis.prior, durationMs: unknownDurationMs };
  return { prepared: prepareTrials(plan, { ...basis, prior }), isTimed: false };
}

function settingsOf({ settings, basis }: PreparedTrials, model: AllocationModel, strategy: AllocationName): RunSettings {
  const roles = { ...settings.roles };
  for (const [name, { accept, limits, team }] of Object.entries(model.roles)) {
    const { concurrency } = limits;
    roles[name] = {
      ...(roles[name] ?? { model: '', fallback: [], checks: accept.length > 0 }),
      composite: team !== undefined,
      ...(concurrency === undefined ? {} : { concurrency }),
    };
  }
  const allocation = allocateTeam(model.roles, { strategy, estimates: basis.roles, prior: basis.prior });
  return { ...settings, roles, ...(allocation === undefined ? {} : { allocation }) };
}

/** What the trials add up to. */
class Sums {
  right = 0;
  readonly #slots: ReadonlyMap<string, number>;
  readonly #busyMs = new Map<string, number>();
  readonly #attempts = new Map<string, number>();
  readonly #messages: Partial<Record<MessageKind | 'report', number>> = {};
  #balance = { count: 0, variation: 0, maxOverMean: 0 };
  #specialization = { count: 0, sum: 0 };
  #waiting = { count: 0, ms: 0 };
  #failures = 0;
  #offeredAgain = 0;

  constructor(settings: RunSettings, contenders: readonly string[]) {
    this.#slots = new Map(contenders.map((role) => [role, slotsOf(settings, role)]));
  }

  add({ works, waitsMs, failures, offeredAgain, messages }: WatchedWork): void {
    const busy = new Map<string, number>();
    for (const { role, ms } of works) {
      busy.set(role, (busy.get(role) ?? 0) + ms);
      this.#attempts.set(role, (this.#attempts.get(role) ?? 0) + 1);
    }
    for (const [role, ms] of busy) this.#busyMs.set(role, (this.#busyMs.get(role) ?? 0) + ms);
    const balance = measureBalance(Array.from(this.#slots, ([role, slots]) => (busy.get(role) ?? 0) / slots));
    if (balance !== null) {
      this.#balance.count += 1;
      this.#balance.variation += balance.variation;
      this.#balance.maxOverMean += balance.maxOverMean;
    }
    const specialization = measureSpecialization(works);
    if (specialization !== null) {
      this.#specialization.count += 1;
      this.#specialization.sum += specialization;
    }
    for (const ms of waitsMs) {
      this.#waiting.count += 1;
      this.#waiting.ms += ms;
    }
    this.#failures += failures;
    this.#offeredAgain += offeredAgain;
    for (const [kind, count] of Object.entries(messages) as [MessageKind | 'report', number][]) {
      this.#messages[kind] = (this.#messages[kind] ?? 0) + count;
    }
  }

  means(trials: number) {
    const { count, variation, maxOverMean } = this.#balance;
    let attempts = 0;
    for (const ofRole of this.#attempts.values()) attempts += ofRole;
    const roles = Array.from(this.#slots, ([role, slots]) => [
      role,
      { busyMs: (this.#busyMs.get(role) ?? 0) / trials, attempts: (this.#attempts.get(role) ?? 0) / trials, slots },
    ]);
    return {
      balance: count === 0 ? null : { variation: variation / count, maxOverMean: maxOverMean / count },
      specialization: this.#specialization.count === 0 ? null : this.#specialization.sum / this.#specialization.count,
      waitingMs: this.#waiting.count === 0 ? 0 : this.#waiting.ms / this.#waiting.count,
      attempts: attempts / trials,
      failures: this.#failures / trials,
      offeredAgain: this.#offeredAgain / trials,
      messages: Object.fromEntries(Object.entries(this.#messages).map(([kind, sum]) => [kind, sum / trials])),
      roles: Object.fromEntries(roles) as AllocationSimulation['roles'],
    };
  }
}

/** The roles that some of the plan's work is given out among, whatever the strategy makes of it; else all that it names. */
function findContenders({ plan }: PreparedTrials, { roles }: AllocationModel) {
  const kinds = [...new Set(plan.subtasks.map(({ role }) => role))];
  const candidates = allocateTeam(roles, { strategy: 'capability' })?.candidates ?? {};
  const shared = kinds.flatMap((kind) => findByName(candidates, kind) ?? []);
  return {
    kinds: { all: kinds.length, shared: kinds.filter((kind) => Object.hasOwn(candidates, kind)).length },
    contenders: shared.length === 0 ? kinds : [...new Set(shared)],
  };
}

function slotsOf({ roles, limits }: RunSettings, role: string): number {
  const ofRole = findByName(roles, role)?.concurrency;
  return Math.min(ofRole ?? limits.concurrency, limits.concurrency);
}
