/** Timing side by side: contestants take turns, so that a slow moment of the machine hits all of them alike. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface MeasureOptions {
  /** Untimed rounds before the first timed one. */
  warmUps: number;
  rounds: number;
  /**
   * Collects before each turn what another contestant left behind. For turns of a second: a collection also throws
   * compiled code away, which would weigh on short ones. Default false.
   */
  collects?: boolean;
}

/** A contestant may time a part of what it does: then it returns that time in ms. */
export type Contestant = () => unknown;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Median time of each contestant in ms, in their order. */
export async function measureInTurns(contestants: readonly Contestant[], options: MeasureOptions): Promise<number[]> {
  const times = contestants.map((): number[] => []);
  for (let round = -options.warmUps; round < options.rounds; round++) {
    for (const [at, contestant] of contestants.entries()) {
      if (options.collects === true) collectGarbage();
      const startMs = performance.now();
      const own = await contestant();
      const tookMs = typeof own === 'number' ? own : performance.now() - startMs;
      if (round >= 0) times[at]?.push(tookMs);
    }
  }
  return times.map(median);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (upper + lower) / 2;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
