import { describe, expect, test } from 'vitest';
import { seededRandom } from '../clock.ts';
import type { ComparisonReport, ResultRow } from './comparison-report.ts';
import { type JudgeResultsOptions, judgeResults } from './judge-results.ts';
import { discordantPairsToDecide } from './statistics/e-process.ts';
import { mcnemarP, mcnemarPower } from './statistics/mcnemar.ts';

type Outcome = 'both' | 'single' | 'team' | 'neither';

const times = (outcome: Outcome, count: number): Outcome[] => new Array<Outcome>(count).fill(outcome);

/** Two rows a task; `facts` are added to the row of that arm. */
function makeRows(
  outcomes: readonly Outcome[],
  facts: (arm: string, at: number) => Partial<ResultRow> = () => ({}),
): ResultRow[] {
  return outcomes.flatMap((outcome, at) =>
    ['single', 'team'].map((arm) => ({
      task: `t${at}`,
      arm,
      success: outcome === 'both' || outcome === arm,
      ...facts(arm, at),
    })),
  );
}

function judge(rows: readonly ResultRow[], options: Partial<JudgeResultsOptions> = {}): ComparisonReport {
  return judgeResults(rows, { method: 'fixed', random: seededRandom(1), ...options });
}

const counts = ({ pairs, both, onlySingle, onlyTeam, neither }: ComparisonReport) => ({
  pairs,
  both,
  onlySingle,
  onlyTeam,
  neither,
});

/** `team 1 0`: success of the team on task `a`, and which repeat it is if it says so. */
function readShort(text: string): ResultRow {
  const [arm = '', success, repeat] = text.split(' ');
  return { task: 'a', arm, success: success === '1', ...(repeat === undefined ? {} : { repeat: Number(repeat) }) };
}

/** A task’s part in what its runs cost. */
const spread = (at: number): number => 1 + (at % 5) / 10;

const teamCostsTwice = (arm: string) => ({ usd: arm === 'team' ? 2 : 1 });

describe('pairs', () => {
  test('are the rows of one task and repeat, in whatever order they stand', () => {
    const report = judge([
      { task: 'b', arm: 'team', success: true },
      { task: 'a', arm: 'single', success: true },
      { task: 'a', arm: 'team', success: true },
      { task: 'b', arm: 'single', success: false, runId: 'r4' },
      { task: 'c', arm: 'single', success: true },
      { task: 'd', arm: 'team', success: false },
    ]);
    expect(counts(report)).toEqual({ pairs: 2, both: 1, onlySingle: 0, onlyTeam: 1, neither: 0 });
    expect(report.unpaired).toBe(2);
    expect(report.discordant).toEqual([{ task: 'b', repeat: 0, winner: 'team', singleRunId: 'r4' }]);
    expect(report.arms.map(({ arm, success }) => [arm, success.k, success.n])).toEqual([
      ['single', 2, 3],
      ['team', 2, 3],
    ]);
  });

  test('without repeat the k-th row of an arm on a task meets the k-th of the other', () => {
    const outcomes = [...['1', '0'].map((cell) => `single ${cell}`), ...['0', '1', '1'].map((cell) => `team ${cell}`)];
    const report = judge(outcomes.map(readShort));
    expect(report.discordant.map(({ repeat, winner }) => [repeat, winner])).toEqual([
      [0, 'single'],
      [1, 'team'],
    ]);
    expect([report.pairs, report.unpaired]).toEqual([2, 1]);
  });

  test('with repeat the number counts, and a number that comes twice is left out', () => {
    const report = judge(['single 1 1', 'team 1 0', 'team 0 1', 'team 1 1'].map(readShort));
    expect(report.discordant).toEqual([{ task: 'a', repeat: 1, winner: 'single' }]);
    expect([report.pairs, report.unpaired]).toEqual([1, 2]);
  });

  test('tasks and arms may have any names', () => {
    const report = judge([
      { task: '["a",1]', arm: 'single', success: true },
      { task: '__proto__', arm: 'single', success: true },
      { task: '__proto__', arm: 'team', success: true },
      { task: 'constructor', arm: 'toString', success: true },
    ]);
    expect([report.pairs, report.unpaired, report.others.map(({ arm }) => arm)]).toEqual([1, 2, ['toString']]);
  });
});

describe('success, with a number of pairs fixed beforehand', () => {
  test('is McNemar’s exact test, for the arm that is ahead', () => {
    const report = judge(makeRows([...times('both', 10), ...times('single', 12), ...times('team', 3), ...times('neither', 5)]));
    expect(counts(report)).toEqual({ pairs: 30, both: 10, onlySingle: 12, onlyTeam: 3, neither: 5 });
    expect(report.mcnemarP).toBe(mcnemarP(12, 3));
    expect([report.verdict, report.verdicts.success, report.furtherPairs]).toEqual(['single', 'single', 0]);
    expect(judge(makeRows([...times('team', 12), ...times('single', 3)])).verdict).toBe('team');
    expect(judge(makeRows([...times('team', 12), ...times('single', 3)]), { alpha: 0.01 }).verdict).toBe('undecided');
  });

  test('the successes have Wilson’s intervals, the difference a bootstrapped one', () => {
    const { success, difference } = judge(
      makeRows([...times('both', 20), ...times('single', 20), ...times('team', 10), ...times('neither', 10)]),
    );
    expect(success).toEqual({
      single: { k: 40, n: 60, low: expect.closeTo(0.5406, 4), high: expect.closeTo(0.7727, 4) },
      team: { k: 30, n: 60, low: expect.closeTo(0.3774, 4), high: expect.closeTo(0.6226, 4) },
    });
    expect(difference.value).toBeCloseTo(-1 / 6, 12);
    // The usual standard error of a paired difference.
    const standardError = Math.sqrt((30 - 100 / 60) / 60 ** 2);
    expect(difference.low).toBeCloseTo(-1 / 6 - 1.96 * standardError, 1);
    expect(difference.high).toBeCloseTo(-1 / 6 + 1.96 * standardError, 1);
  });

  test('an open question names the pairs that 80 % power takes at these rates', () => {
    const report = judge(makeRows([...times('both', 30), ...times('single', 12), ...times('team', 8), ...times('neither', 10)]));
    const needed = 60 + (report.furtherPairs ?? Number.NaN);
    const rates = { onlySingle: 12 / 60, onlyTeam: 8 / 60 };
    expect(report.verdict).toBe('undecided');
    expect(mcnemarPower(needed, rates, 0.05)).toBeGreaterThanOrEqual(0.8);
    expect(mcnemarPower(needed - 1, rates, 0.05)).toBeLessThan(0.8);
  });
});

describe('success, looked at after every pair', () => {
  test('is decided by evidence that was there once, and not taken back', () => {
    const rows = makeRows([...times('team', 12), ...times('single', 12)]);
    const report = judge(rows, { method: 'anytime' });
    expect([report.verdict, report.furtherPairs]).toEqual(['team', 0]);
    expect(report.eValue).toBeGreaterThan(20);
    expect(judge(rows, { method: 'fixed' }).verdict).toBe('undecided');
  });

  test('the order of pairs is that of their later rows', () => {
    const rows = makeRows([...times('team', 12), ...times('single', 12)]);
    // All single rows first: pairs complete as the team’s rows come, here from the last task to the first.
    const teamLast = [...rows.filter(({ arm }) => arm === 'single'), ...rows.filter(({ arm }) => arm === 'team').toReversed()];
    expect(judge(teamLast, { method: 'anytime' }).verdict).toBe('single');
  });

  test('an open question names the pairs that the evidence grows over at these rates', () => {
    const outcomes = [...times('both', 20), ...times('single', 6), ...times('team', 2), ...times('neither', 4)];
    const report = judge(makeRows(outcomes), { method: 'anytime' });
    const discordant = discordantPairsToDecide(2 / 8, 0.05) ?? Number.NaN;
    expect([report.verdict, report.furtherPairs]).toEqual(['undecided', Math.ceil((discordant * 32) / 8) - 32]);
    expect(report.furtherPairs).toBeGreaterThan(0);
  });
});

test.each(['fixed', 'anytime'] as const)('%s: when neither arm is ahead no number of pairs is in sight', (method) => {
  const even = judge(makeRows([...times('single', 3), ...times('team', 3)]), { method });
  const alike = judge(makeRows(times('both', 40)), { method });
  const none = judge([], { method });
  expect([even, alike, none].map(({ verdict, furtherPairs, mcnemarP: p }) => [verdict, furtherPairs, p])).toEqual([
    ['undecided', null, 1],
    ['undecided', null, 1],
    ['undecided', null, 1],
  ]);
  expect(none).toMatchObject({
    pairs: 0,
    eValue: 1,
    success: { single: { k: 0, n: 0, low: 0, high: 1 } },
    difference: { value: 0, low: -1, high: 1 },
    cost: null,
    time: null,
    costPerSuccess: null,
    arms: [],
    words: ['Undecided: no task was done by both arms, so there is nothing to compare.'],
  });
  expect(JSON.parse(JSON.stringify(none))).toEqual(none);
});

describe('cost and time', () => {
  test('are ratios of means, team to single, and judged by where their intervals end', () => {
    const rows = makeRows(times('both', 40), (arm, at) => ({
      usd: (arm === 'team' ? 0.05 : 0.01) * spread(at),
      seconds: (arm === 'team' ? 3 : 4) * spread(at + 2),
      tokens: 100 * spread(arm === 'team' ? at : at + 3),
    }));
    const { cost, time, costPerSuccess, verdicts } = judge(rows);
    expect(cost).toEqual({ ratio: expect.closeTo(5, 9), low: expect.closeTo(5, 9), high: expect.closeTo(5, 9), unit: 'usd' });
    expect([time?.ratio, time?.unit]).toEqual([expect.closeTo(0.75, 9), 'seconds']);
    expect(costPerSuccess?.ratio).toBeCloseTo(5, 9);
    expect(verdicts).toEqual({ success: 'undecided', cost: 'single', time: 'team', costPerSuccess: 'single' });
  });

  test('cost per success divides by what succeeded', () => {
    const outcomes = [...times('both', 20), ...times('single', 20)];
    const { cost, costPerSuccess } = judge(makeRows(outcomes, () => ({ tokens: 10 })));
    expect([cost?.ratio, cost?.unit, costPerSuccess?.ratio]).toEqual([1, 'tokens', 2]);
    expect([(costPerSuccess?.low ?? 0) > 1.3, (costPerSuccess?.high ?? 9) < 3.5]).toEqual([true, true]);
  });

  test.each<[string, (arm: string, at: number) => Partial<ResultRow>, 'usd' | 'tokens' | undefined]>([
    ['a pair without usd: tokens', (_, at) => (at === 3 ? { tokens: 5 } : { tokens: 5, usd: 1 }), 'tokens'],
    ['models that cost nothing: tokens', () => ({ tokens: 5, usd: 0 }), 'tokens'],
    ['an agent that costs nothing has no ratio: tokens', (arm) => ({ tokens: 5, usd: arm === 'team' ? 1 : 0 }), 'tokens'],
    ['neither everywhere: nothing', (_, at) => (at % 2 === 0 ? { tokens: 5 } : { usd: 5 }), undefined],
    ['usd everywhere', () => ({ tokens: 5, usd: 1 }), 'usd'],
  ])('%s', (_, facts, unit) => {
    expect(judge(makeRows(times('both', 20), facts)).cost?.unit).toBe(unit);
  });

  test('few pairs decide nothing, however equal they are', () => {
    const verdicts = [5, 6].map((count) => judge(makeRows(times('both', count), teamCostsTwice)).verdicts.cost);
    expect(verdicts).toEqual(['undecided', 'single']);
  });

  test('an arm without a success has no cost per success', () => {
    const report = judge(makeRows(times('team', 10), () => ({ usd: 1 })));
    expect([report.cost?.ratio, report.costPerSuccess]).toEqual([1, null]);
  });
});

describe('classes', () => {
  const rows = makeRows([...times('single', 7), ...times('team', 7), ...times('both', 6)], (_, at) => ({
    class: ['typo', 'migration', 'question'][Math.floor(at / 7)] ?? '',
  }));

  test('each is judged at α ÷ their number', () => {
    // 7 to nothing: p = 0.0156, below 0.05 ÷ 3; below 0.025 ÷ 3 it is not.
    expect(judge(rows).classes.map((item) => [item.class, item.pairs, item.verdict])).toEqual([
      ['typo', 7, 'single'],
      ['migration', 7, 'team'],
      ['question', 6, 'undecided'],
    ]);
    expect(judge(rows, { alpha: 0.025 }).classes.map(({ verdict }) => verdict)).toEqual(['undecided', 'undecided', 'undecided']);
    expect(judge(rows).verdict).toBe('undecided');
    expect(judge(rows).words).toContain(
      'By class, each judged at 0.0167: the team is better on migration; one agent is better on typo; undecided on question.',
    );
  });

  test('there are none when no row has one; rows without one are in none', () => {
    expect(judge(makeRows(times('both', 3))).classes).toEqual([]);
    const some = judge(makeRows(times('both', 3), (_, at) => (at === 0 ? { class: 'x' } : {})));
    expect(some.classes.map((item) => [item.class, item.pairs])).toEqual([['x', 1]]);
  });
});

test('every further arm is set against the single agent, at α ÷ their number', () => {
  const rows = makeRows(times('single', 6)).flatMap((row) =>
    row.arm === 'single'
      ? [row, { ...row, arm: 'cascade', success: false }, { ...row, arm: 'best-of-3', success: true, tokens: 9 }]
      : [row],
  );
  const report = judge(rows);
  // 6 to nothing: p = 0.03125, below 0.05 and above half of it.
  expect(report.verdict).toBe('single');
  expect(report.others.map(({ arm, verdict, onlySingle, both }) => [arm, verdict, onlySingle, both])).toEqual([
    ['cascade', 'undecided', 6, 0],
    ['best-of-3', 'undecided', 0, 6],
  ]);
  expect(report.arms.map(({ arm, tokens }) => [arm, tokens])).toEqual([
    ['single', null],
    ['team', null],
    ['cascade', null],
    ['best-of-3', 9],
  ]);
});

test('α is between 0 and 1', () => {
  for (const alpha of [0, 1, -1, Number.NaN])
    expect(() => judge([], { alpha })).toThrow(/^alpha is .*Give a number between 0 and 1/);
});

test('100,000 rows with classes and costs are a matter of seconds', { timeout: 60_000 }, () => {
  const random = seededRandom(1);
  const outcomes = Array.from({ length: 50_000 }, (): Outcome => (random.next() < 0.3 ? 'single' : 'both'));
  const rows = makeRows(outcomes, (_, at) => ({ usd: random.next(), class: `c${at % 10}` }));
  const report = judge(rows);
  expect([report.pairs, report.verdict, report.classes.length]).toEqual([50_000, 'single', 10]);
  expect(report.eValue).toBe(Number.MAX_VALUE);
});
