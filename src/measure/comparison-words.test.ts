import { expect, test } from 'vitest';
import { seededRandom } from '../clock.ts';
import type { ResultRow } from './comparison-report.ts';
import { judgeResults } from './judge-results.ts';

interface Story {
  both?: number;
  onlySingle?: number;
  onlyTeam?: number;
  neither?: number;
  usd?: [single: number, team: number];
  seconds?: [single: number, team: number];
}

const repeat = (count: number, outcome: [single: boolean, team: boolean]) => Array.from({ length: count }, () => outcome);

/** The same in every pair, so that ratios have no width. */
function makeRows({ both = 0, onlySingle = 0, onlyTeam = 0, neither = 0, usd, seconds }: Story): ResultRow[] {
  const outcomes = [
    ...repeat(both, [true, true]),
    ...repeat(onlySingle, [true, false]),
    ...repeat(onlyTeam, [false, true]),
    ...repeat(neither, [false, false]),
  ];
  return outcomes.flatMap((outcome, at) =>
    outcome.map((success, side) => ({
      task: `t${at}`,
      arm: side === 0 ? 'single' : 'team',
      success,
      ...(usd === undefined ? {} : { usd: usd[side] ?? 0 }),
      ...(seconds === undefined ? {} : { seconds: seconds[side] ?? 0 }),
    })),
  );
}

const tell = (rows: ResultRow[], method: 'fixed' | 'anytime' = 'fixed'): string[] =>
  judgeResults(rows, { method, random: seededRandom(1) }).words;

test('one agent is better', () => {
  expect(tell(makeRows({ both: 20, onlySingle: 20, onlyTeam: 4, neither: 6, usd: [0.02, 0.1], seconds: [8, 6] }))).toEqual([
    'One agent is better: it succeeded on 40 (80.0 %, 67.0 to 88.8 %) of 50 tasks, the team on 24 (48.0 %, 34.8 to 61.5 %).',
    'Only the team succeeded on 4, only one agent on 20, both on 20, neither on 6 (McNemar p = 0.0015, decided at 0.05; e-value 4,560).',
    'The team costs 5.00 times as much as one agent (5.00 to 5.00).',
    'The team takes 0.750 times as long as one agent (0.750 to 0.750).',
    expect.stringMatching(/^For each success the team costs 8\.33 times as much as one agent \(6\.\d\d to 1\d\.\d\)\.$/),
    'Ranges are 95 % intervals.',
  ]);
});

test('the team is better, by evidence that may be looked at any time', () => {
  expect(tell(makeRows({ both: 20, onlySingle: 2, onlyTeam: 18 }), 'anytime').slice(0, 2)).toEqual([
    'The team is better: the team succeeded on 38 (95.0 %, 83.5 to 98.6 %) of 40 tasks, one agent on 22 (55.0 %, 39.8 to 69.3 %).',
    expect.stringMatching(/^Only the team succeeded on 18, .* \(e-value [\d.,]+, decided at 20; McNemar p = 0\.0004\d\)\.$/),
  ]);
});

test('undecided and clearly dearer: the team has not cleared the bar', () => {
  expect(tell(makeRows({ both: 20, onlySingle: 8, onlyTeam: 5, neither: 7, usd: [0.02, 0.1] }))).toEqual([
    'Undecided on success: the team succeeded on 25 (62.5 %, 47.0 to 75.8 %) of 40 tasks, one agent on 28 (70.0 %, 54.6 to 81.9 %); that does not tell them apart.',
    'The team has not cleared the bar of the single agent: it costs clearly more and is not shown to succeed more often.',
    'Only the team succeeded on 5, only one agent on 8, both on 20, neither on 7 (McNemar p = 0.58, decided at 0.05; e-value 8.95).',
    'The team costs 5.00 times as much as one agent (5.00 to 5.00).',
    'Time is not compared: not every paired run states seconds, or one agent’s are 0.',
    expect.stringMatching(/^For each success the team costs 5\.60 times/),
    expect.stringMatching(
      /^If the arms go on to differ as they did, about 4\d\d further tasks would decide it, for a test with 80 % power\.$/,
    ),
    'Ranges are 95 % intervals.',
  ]);
});

test('undecided and clearly cheaper', () => {
  expect(tell(makeRows({ both: 40, usd: [0.02, 0.01] }))[1]).toBe('The team costs clearly less, but may succeed less often.');
});

test('undecided in both', () => {
  expect(tell(makeRows({ both: 40, usd: [1, 1] })).slice(1)).toEqual([
    'The team has not cleared the bar of the single agent: it is not shown to succeed more often, nor to cost less.',
    'Only the team succeeded on 0, only one agent on 0, both on 40, neither on 0 (McNemar p = 1.0, decided at 0.05; e-value 1.00).',
    'The team costs 1.00 times as much as one agent (1.00 to 1.00, so no clear difference).',
    'Time is not compared: not every paired run states seconds, or one agent’s are 0.',
    'For each success the team costs 1.00 times as much as one agent (1.00 to 1.00, so no clear difference).',
    'No number of further pairs can be named: so far neither arm is ahead.',
    'Ranges are 95 % intervals.',
  ]);
});

test('cautions: few pairs, repeats, runs without a partner', () => {
  const rows = [...makeRows({ both: 4, usd: [1, 2] }), ...makeRows({ both: 1, usd: [1, 2] })];
  expect(tell([...rows, { task: 'x', arm: 'team', success: true }]).slice(-4)).toEqual([
    'Caution: 5 pairs can decide nothing about cost or time; 6 is the least.',
    'Caution: the 5 pairs come from 4 tasks; repeats count as if they were further tasks, so the verdict is on these tasks.',
    'Caution: 1 run has no partner on the other arm and is left out; if an arm gave up on hard tasks, that favors it.',
    'Ranges are 95 % intervals.',
  ]);
  expect(tell(rows).slice(3, 6)).toEqual(
    [
      'The team costs 2.00 times as much as one agent (too few for an interval).',
      'Time is not compared: not every paired run states seconds, or one agent’s are 0.',
      'For each success the team costs 2.00 times as much as one agent (too few for an interval).',
    ].slice(0, 3),
  );
});

test('further arms, also without a team', () => {
  const rows = makeRows({ both: 10, onlySingle: 10, usd: [1, 3] }).map((row) =>
    row.arm === 'team' ? { ...row, arm: 'cascade' } : row,
  );
  expect(tell(rows)).toEqual([
    'Undecided: no task was done by both arms, so there is nothing to compare.',
    'Caution: 20 runs have no partner on the other arm and are left out; if an arm gave up on hard tasks, that favors it.',
    'cascade: worse than one agent, with 10 (50.0 %, 29.9 to 70.1 %) against 20 (100.0 %, 83.9 to 100.0 %) of 20 tasks; 3.00 times the cost (3.00 to 3.00).',
  ]);
});
