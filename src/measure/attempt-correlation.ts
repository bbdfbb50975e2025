/**
 * How alike repeated attempts at the same task are. Attempts share the task's difficulty, so "any of n is right" is
 * rarer than independence says, and so is "all of n are right" more frequent.
 */
import { PlanwrightError } from '../errors.ts';
import type { Estimated } from './statistics/interval.ts';
import { normalQuantile } from './statistics/normal.ts';

export interface AttemptCorrelation {
  /** One-way ANOVA estimator of the intraclass correlation (Ridout, Demétrio & Firth 1999), with a jackknife interval over tasks. */
  rho: Estimated;
  estimator: 'anova';
  /** Share of all attempts that are right. */
  p: number;
  tasks: number;
  attempts: number;
}

/** Task by task, what the sums of the estimator are made of. */
interface TaskCount {
  right: number;
  attempts: number;
}

const z95 = normalQuantile(0.975);

/**
 * `tries[t]`: right or wrong of each attempt at task t; lists may differ in length, empty ones are left out. null when
 * nothing can be said: fewer than two tasks, no task with two attempts, or all attempts alike.
 */
export function measureAttemptCorrelation(tries: readonly (readonly boolean[])[]): AttemptCorrelation | null {
  const counts = tries
    .filter((list) => list.length > 0)
    .map((list) => ({ right: list.filter(Boolean).length, attempts: list.length }));
  const sums = counts.reduce(addCount, noSums);
  const rho = estimateRho(sums);
  if (rho === null) return null;
  const interval = jackknife(counts, sums, rho);
  const { tasks, attempts } = sums;
  return { rho: { value: rho, ...interval }, estimator: 'anova', p: sums.right / attempts, tasks, attempts };
}

/**
 * Probability that at least one of `n` attempts is right when each is with probability `p` and any two correlate by
 * `rho`: 1 − Π ((1−p)(1−ρ) + iρ) ÷ (1−ρ + iρ), i = 0 … n−1, the beta-binomial distribution. ρ = 0 is independence,
 * 1 − (1−p)ⁿ; ρ = 1 is p, however many. A ρ below what n attempts can have is raised to that (Prentice 1986).
 * @throws {PlanwrightError} `usage` unless n is a positive integer, 0 ≤ p ≤ 1 and −1 ≤ ρ ≤ 1.
 */
export function forecastAnyOf(n: number, p: number, rho: number): number {
  if (!Number.isSafeInteger(n) || n < 1) throw new PlanwrightError('usage', `n must be a positive integer, not ${n}.`);
  if (!(p >= 0 && p <= 1)) throw new PlanwrightError('usage', `p must lie between 0 and 1, not ${p}.`);
  if (!(rho >= -1 && rho <= 1)) throw new PlanwrightError('usage', `rho must lie between -1 and 1, not ${rho}.`);
  if (p === 0 || p === 1 || n === 1) return p;
  const r = Math.max(rho, -p / (n - p - 1), -(1 - p) / (n + p - 2));
  let noneRight = 1 - p;
  for (let i = 1; i < n; i++) noneRight *= Math.max(0, ((1 - p) * (1 - r) + i * r) / (1 - r + i * r));
  return 1 - noneRight;
}

interface Sums {
  tasks: number;
  attempts: number;
  right: number;
  /** Σ right² ÷ attempts. */
  squares: number;
  /** Σ attempts². */
  sizes: number;
}

const noSums: Sums = { tasks: 0, attempts: 0, right: 0, squares: 0, sizes: 0 };

function addCount(sums: Sums, { right, attempts }: TaskCount): Sums {
  return {
    tasks: sums.tasks + 1,
    attempts: sums.attempts + attempts,
    right: sums.right + right,
    squares: sums.squares + right ** 2 / attempts,
    sizes: sums.sizes + attempts ** 2,
  };
}

function removeCount(sums: Sums, { right, attempts }: TaskCount): Sums {
  return {
    tasks: sums.tasks - 1,
    attempts: sums.attempts - attempts,
    right: sums.right - right,
    squares: sums.squares - right ** 2 / attempts,
    sizes: sums.sizes - attempts ** 2,
  };
}

/** ρ = (MSB − MSW) ÷ (MSB + (n₀ − 1) MSW), n₀ = (N − Σ nᵢ² ÷ N) ÷ (k − 1). */
function estimateRho({ tasks, attempts, right, squares, sizes }: Sums): number | null {
  if (tasks < 2 || attempts <= tasks) return null;
  const between = (squares - right ** 2 / attempts) / (tasks - 1);
  const within = (right - squares) / (attempts - tasks);
  const size = (attempts - sizes / attempts) / (tasks - 1);
  const total = between + (size - 1) * within;
  return total > 1e-12 ? (between - within) / total : null;
}

/** Leave one task out at a time: tasks are the independent units, attempts are not. */
function jackknife(counts: TaskCount[], sums: Sums, rho: number): { low: number; high: number } {
  const without = counts.flatMap((count) => estimateRho(removeCount(sums, count)) ?? []);
  const mean = without.reduce((total, value) => total + value, 0) / without.length;
  const spread = without.reduce((total, value) => total + (value - mean) ** 2, 0);
  const reach = without.length < 2 ? 2 : z95 * Math.sqrt(((without.length - 1) / without.length) * spread);
  return { low: Math.max(-1, rho - reach), high: Math.min(1, rho + reach) };
}
