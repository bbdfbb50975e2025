/** Shares, ratios and crossings with their intervals. The blocks of questions are what is resampled. */
import { type Random, seededRandom } from 'planwright';
import type { Arm } from './arms.ts';
import { type Crossing, findCrossing, placeOf } from './crossing.ts';
import { drawInteger } from './draw.ts';
import type { TaskResult } from './measure.ts';
import { type QuestionKind, questionKinds } from './questions.ts';

export interface Interval {
  low: number;
  high: number;
}

export interface ArmFigures {
  /** Right answers ÷ questions, with its interval. */
  share: Interval & { value: number };
  /** Tasks of which every answer was right, of `tasks`. */
  allRight: number;
  rightPerThousandTokens: number;
}

export interface SizeFigures {
  size: number;
  tasks: number;
  single: ArmFigures;
  team: ArmFigures;
  /** Team ÷ single. */
  calls: number;
  tokens: number;
}

/** high is infinite when the curves don't cross in range in more than 2.5 % of the resamples. */
export type CrossingFigure = Crossing & Interval;

export interface Summary {
  sizes: SizeFigures[];
  /** In right answers, and in right answers per token. */
  crossing: { success: CrossingFigure; perToken: CrossingFigure };
  /** At the smallest size: questions that one arm alone is right on. */
  apart: { size: number; questions: number; onlySingle: number; onlyTeam: number };
  /** At the largest size, by kind: right answers ÷ questions of each arm. */
  kinds: { kind: QuestionKind; questions: number; single: number; team: number }[];
}

/** Of one block at one size by one arm. */
interface Tally {
  right: number;
  asked: number;
  allRight: number;
  tasks: number;
  calls: number;
  tokens: number;
}

/** tallies[block][size][arm] */
type BlockTallies = Map<number, Record<Arm, Tally>>[];

const resamples = 2000;

/** Intervals are the 2.5th and 97.5th percentiles of 2,000 bootstrap samples of the blocks, drawn by `seed`. */
export function summarize(results: readonly TaskResult[], seed: number): Summary {
  const blocks = tally(results);
  const sizes = [...(blocks[0]?.keys() ?? [])];
  const whole = sizes.map((size) => addUp(blocks, size));
  const random = seededRandom(seed);
  const samples = Array.from({ length: resamples }, () => {
    const drawn = resample(blocks, random);
    return sizes.map((size) => addUp(drawn, size));
  });
  const figures = sizes.map((size, at) => {
    const { single, team } = whole[at] ?? emptyPair();
    const spread = (arm: Arm) => intervalOf(samples.map((sample) => shareOf(sample[at]?.[arm])));
    return {
      size,
      tasks: single.tasks,
      single: armFigures(single, spread('single')),
      team: armFigures(team, spread('team')),
      calls: team.calls / single.calls,
      tokens: team.tokens / single.tokens,
    };
  });
  const cross = (rate: (tallied: Tally) => number): CrossingFigure => {
    const find = (pairs: Record<Arm, Tally>[]) =>
      findCrossing(pairs.map(({ single, team }, at) => ({ size: sizes[at] ?? 0, value: rate(team) - rate(single) })));
    return { ...find(whole), ...intervalOf(samples.map((sample) => placeOf(find(sample), sizes[0] ?? 0))) };
  };
  return {
    sizes: figures,
    crossing: { success: cross(shareOf), perToken: cross(perTokenOf) },
    apart: tallyApart(results, sizes[0] ?? 0),
    kinds: tallyKinds(results),
  };
}

function armFigures(tallied: Tally, interval: Interval): ArmFigures {
  return {
    share: { value: shareOf(tallied), ...interval },
    allRight: tallied.allRight,
    rightPerThousandTokens: 1000 * perTokenOf(tallied),
  };
}

function tally(results: readonly TaskResult[]): BlockTallies {
  const blocks: BlockTallies = [];
  for (const { block, size, arm, right, calls, tokens } of results) {
    const bySize = (blocks[block] ??= new Map());
    const pair = bySize.get(size) ?? emptyPair();
    bySize.set(size, pair);
    const count = right.filter(Boolean).length;
    add(pair[arm], { right: count, asked: right.length, allRight: count === right.length ? 1 : 0, tasks: 1, calls, tokens });
  }
  return blocks;
}

function resample(blocks: BlockTallies, random: Random): BlockTallies {
  return blocks.map(() => blocks[drawInteger(random, 0, blocks.length - 1)] ?? new Map());
}

function addUp(blocks: BlockTallies, size: number): Record<Arm, Tally> {
  const sum = emptyPair();
  for (const block of blocks) {
    const pair = block.get(size);
    if (pair === undefined) continue;
    add(sum.single, pair.single);
    add(sum.team, pair.team);
  }
  return sum;
}

function add(sum: Tally, more: Tally): void {
  sum.right += more.right;
  sum.asked += more.asked;
  sum.allRight += more.allRight;
  sum.tasks += more.tasks;
  sum.calls += more.calls;
  sum.tokens += more.tokens;
}

function emptyPair(): Record<Arm, Tally> {
  return { single: emptyTally(), team: emptyTally() };
}

function emptyTally(): Tally {
  return { right: 0, asked: 0, allRight: 0, tasks: 0, calls: 0, tokens: 0 };
}

function shareOf(tallied: Tally | undefined): number {
  return tallied === undefined || tallied.asked === 0 ? 0 : tallied.right / tallied.asked;
}

function perTokenOf({ right, tokens }: Tally): number {
  return tokens === 0 ? 0 : right / tokens;
}

function intervalOf(values: number[]): Interval {
  const sorted = values.toSorted((a, b) => (a === b ? 0 : a - b));
  const at = (part: number) => sorted[Math.round(part * (sorted.length - 1))] ?? 0;
  return { low: at(0.025), high: at(0.975) };
}

function tallyApart(results: readonly TaskResult[], size: number): Summary['apart'] {
  // In the same order for both arms.
  const marksOf = (wanted: Arm) =>
    results.filter((result) => result.size === size && result.arm === wanted).flatMap(({ right }) => right);
  const [single, team] = [marksOf('single'), marksOf('team')];
  return { size, questions: single.length, onlySingle: countAlone(single, team), onlyTeam: countAlone(team, single) };
}

function countAlone(marks: boolean[], others: boolean[]): number {
  return marks.filter((mark, at) => mark && others[at] === false).length;
}

function tallyKinds(results: readonly TaskResult[]): Summary['kinds'] {
  const largest = Math.max(...results.map(({ size }) => size));
  return questionKinds.flatMap((kind) => {
    const share = (arm: Arm) => {
      const marks = results
        .filter((result) => result.size === largest && result.arm === arm)
        .flatMap(({ questions, right }) => right.filter((_, index) => questions[index]?.kind === kind));
      return { questions: marks.length, value: marks.filter(Boolean).length / marks.length };
    };
    const single = share('single');
    return single.questions === 0 ? [] : [{ kind, questions: single.questions, single: single.value, team: share('team').value }];
  });
}
