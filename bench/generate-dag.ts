/** Seeded plans for the benchmark: the same seed gives the same plan on every machine. */
import { type Random, seededRandom } from '../src/clock.ts';
import type { Subtask } from '../src/plan/plan.ts';

export type Shape = 'wide' | 'chain' | 'random';
export const shapes: readonly Shape[] = ['wide', 'chain', 'random'];

/** The only role of a generated plan. */
export const workerRole = 'worker';

/** How far back a random plan's dependency may lie, in subtasks. */
const reach = 1000;

/**
 * `wide`: no dependencies but those of a last subtask on ten others. `chain`: each depends on the one before.
 * `random`: each depends on up to three of the 1,000 before it, 1.5 on average.
 */
export function generateDag(shape: Shape, size: number, seed: number): Subtask[] {
  const random = seededRandom(seed);
  return Array.from({ length: size }, (_, at) => newSubtask(at, dependenciesOf(shape, at, size, random)));
}

function dependenciesOf(shape: Shape, at: number, size: number, random: Random): number[] {
  if (at === 0) return [];
  if (shape === 'chain') return [at - 1];
  if (shape === 'wide') return at === size - 1 ? Array.from({ length: Math.min(10, at) }, (_, n) => n) : [];
  return drawSome(random, { count: below(random, 4), from: Math.max(0, at - reach), to: at });
}

/**
 * The layered plans of the makespan figures. Two known schedulers were published with those figures: level barriers
 * take 1.70 × the critical path, and first-in-first-out with 8 slots 1.12 × its lower bound. Over 400 seeds these
 * parameters give 1.71 and 1.12; they were chosen once, on those two alone.
 */
export const layeredPlans = {
  subtasks: 50,
  /** As equal as can be. */
  layers: 7,
  /** Behind the first layer each subtask depends on one of any earlier layer, and with this probability on another. */
  secondDependency: 0.25,
  meanMs: 50,
  /** σ of the latency's logarithm. */
  sigma: 0.8,
} as const;

export interface LayeredPlan {
  subtasks: Subtask[];
  /** Latency of each subtask in ms, in the same order; the plan itself states none. */
  latenciesMs: number[];
}

export function generateLayeredPlan(seed: number): LayeredPlan {
  const { subtasks: size, layers, secondDependency, meanMs, sigma } = layeredPlans;
  const random = seededRandom(seed);
  const subtasks: Subtask[] = [];
  for (let at = 0; at < size; at++) {
    const layer = Math.floor((at * layers) / size);
    const count = random.next() < secondDependency ? 2 : 1;
    subtasks.push(newSubtask(at, drawSome(random, { count, from: 0, to: Math.ceil((layer * size) / layers) })));
  }
  const latenciesMs = subtasks.map(() => drawLognormal(random, meanMs, sigma));
  return { subtasks, latenciesMs };
}

/** The plan as a planner would write it that knows every duration. */
export function withEstimates({ subtasks, latenciesMs }: LayeredPlan): Subtask[] {
  return subtasks.map((subtask, at) => ({ ...subtask, estimate: { durationMs: latenciesMs[at] ?? 0 } }));
}

function newSubtask(at: number, dependencies: number[]): Subtask {
  return { id: `s${at}`, role: workerRole, instruction: 'Do it.', dependsOn: dependencies.map((dependency) => `s${dependency}`) };
}

/** An integer in [0, limit). */
function below(random: Random, limit: number): number {
  return Math.floor(random.next() * limit);
}

/** `count` different integers in [from, to), ascending; all of them if there are fewer. */
function drawSome(random: Random, { count, from, to }: { count: number; from: number; to: number }): number[] {
  const drawn = new Set<number>();
  while (drawn.size < Math.min(count, to - from)) drawn.add(from + below(random, to - from));
  return [...drawn].toSorted((a, b) => a - b);
}

/** By Box and Muller; the mean is that of the latency itself, so μ = ln(mean) − σ²/2. */
function drawLognormal(random: Random, mean: number, sigma: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  const normal = radius * Math.cos(2 * Math.PI * random.next());
  return Math.exp(Math.log(mean) - sigma ** 2 / 2 + sigma * normal);
}
