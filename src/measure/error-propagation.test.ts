import { describe, expect, test } from 'vitest';
import { type Random, seededRandom } from '../clock.ts';
import { measureErrorAmplification, measureErrorPropagation } from './error-propagation.ts';
import { checked, type Ending, scriptRun, subtaskOf } from './fixtures/scripted-run.ts';
import type { RunView } from './run-view.ts';

const part = ({ k, n }: { k: number; n: number }) => `${k}/${n}`;
const chain = (length: number) => Array.from({ length }, (_, at) => subtaskOf(`s${at}`, at === 0 ? [] : [`s${at - 1}`], checked));

const chains = new Map<string, RunView>();

/** Six steps; the first attempt of each is rejected with `rate(whether an earlier one was)`, the second is accepted. */
function randomChain(random: Random, rate: (hadTrouble: boolean) => number): RunView {
  const endings: Record<string, Ending> = {};
  let hadTrouble = false;
  for (let at = 0; at < 6; at++) {
    if (random.next() >= rate(hadTrouble)) continue;
    endings[`s${at}#1`] = 'reject';
    hadTrouble = true;
  }
  const key = Object.keys(endings).join();
  const view = chains.get(key) ?? scriptRun({ subtasks: chain(6), endings });
  chains.set(key, view);
  return view;
}

/** Runs of two steps, whose first attempts are rejected or not. */
const pairsOfSteps = (runs: number, upstream: boolean, own: boolean) =>
  Array.from({ length: runs }, () =>
    scriptRun({ subtasks: chain(2), endings: { ...(upstream && { 's0#1': 'reject' }), ...(own && { 's1#1': 'reject' }) } }),
  );

const pairsOf = (both: number, onlySingle: number, onlyTeam: number, neither: number) => [
  ...Array.from({ length: both }, () => ({ single: true, team: true })),
  ...Array.from({ length: onlySingle }, () => ({ single: true, team: false })),
  ...Array.from({ length: onlyTeam }, () => ({ single: false, team: true })),
  ...Array.from({ length: neither }, () => ({ single: false, team: false })),
];

describe('along the edges', () => {
  test('a subtask’s trouble is counted by whether any ancestor had trouble', () => {
    // a ← b ← d, c apart from them: c and the roots are not downstream of trouble.
    const subtasks = [
      subtaskOf('a', [], checked),
      subtaskOf('c', [], checked),
      subtaskOf('b', ['a'], checked),
      subtaskOf('d', ['b'], checked),
      subtaskOf('e', ['c'], checked),
      subtaskOf('f', ['c'], checked),
    ];
    const view = scriptRun({ subtasks, endings: { 'a#1': 'reject', 'd#1': 'fail', 'e#1': 'reject' } });
    const report = measureErrorPropagation([view]);
    expect([report.afterTrouble, report.afterNone, report.followed].map(part)).toEqual(['1/2', '1/2', '1/2']);
    // One run is one independent observation: no interval.
    expect(report).toMatchObject({ runs: 1, blocked: 0, uncheckedUpstream: 0, ratio: null });
  });

  test('what never started because of a failure upstream is apart; what the run’s end kept from starting is not blocked', () => {
    const failing = scriptRun({ subtasks: chain(3), endings: { 's0#1': 'fail', 's0#2': 'fail' } });
    expect(measureErrorPropagation([failing])).toMatchObject({ blocked: 2, afterTrouble: { n: 0 }, afterNone: { n: 0 } });
    const stopped = scriptRun({ subtasks: [...chain(2), subtaskOf('z')], endings: { 'z#1': 'budget' } });
    expect(measureErrorPropagation([stopped]).blocked).toBe(0);
  });

  test('an accepted result that contradicts what later work assumes is trouble upstream', () => {
    const assumes = [{ subtask: 's0', holds: { contains: 'x' } }];
    const subtasks = [subtaskOf('s0', [], checked), subtaskOf('s1', ['s0'], checked), subtaskOf('late', [], { assumes })];
    const contradicted = [{ assumption: 'x', evidence: 'y' }];
    const view = scriptRun({ subtasks });
    for (const { event } of view.entries) {
      if (event.type === 'verdict-given' && event.subtaskId === 's0') event.contradicted = contradicted;
    }
    expect(part(measureErrorPropagation([view]).afterTrouble)).toBe('0/1');
    expect(part(measureErrorPropagation([scriptRun({ subtasks })]).afterTrouble)).toBe('0/0');
  });

  test('where nothing checks the results upstream, trouble there would not be seen, and that is said', () => {
    const view = scriptRun({ subtasks: [subtaskOf('a'), subtaskOf('b', ['a'], checked), subtaskOf('c', ['b'], checked)] });
    expect(measureErrorPropagation([view])).toMatchObject({ uncheckedUpstream: 2, afterNone: { k: 0, n: 2 } });
  });

  test('with one downstream subtask a run, the interval of the ratio is Katz’s, a factor m ÷ (m − 1) aside', () => {
    const views = [
      ...pairsOfSteps(6, true, true),
      ...pairsOfSteps(4, true, false),
      ...pairsOfSteps(5, false, true),
      ...pairsOfSteps(15, false, false),
    ];
    const { afterTrouble, afterNone, followed, ratio } = measureErrorPropagation(views);
    expect([afterTrouble, afterNone, followed].map(part)).toEqual(['6/10', '5/20', '6/11']);
    expect(ratio?.value).toBeCloseTo(2.4, 12);
    const variance = (1 / 6 - 1 / 10 + 1 / 5 - 1 / 20) * (30 / 29);
    expect(ratio?.low).toBeCloseTo(2.4 * Math.exp(-1.96 * Math.sqrt(variance)), 4);
    expect(ratio?.high).toBeCloseTo(2.4 * Math.exp(1.96 * Math.sqrt(variance)), 3);
  });

  test('the interval of the ratio covers the truth about as often as it says, with and without trouble that travels', () => {
    const random = seededRandom(77);
    for (const { at, after } of [
      { at: 0.3, after: 0.3 },
      { at: 0.2, after: 0.5 },
    ]) {
      let covered = 0;
      for (let trial = 0; trial < 200; trial++) {
        const views = Array.from({ length: 60 }, () => randomChain(random, (hadTrouble) => (hadTrouble ? after : at)));
        const { ratio } = measureErrorPropagation(views);
        if (ratio !== null && ratio.low <= after / at && ratio.high >= after / at) covered += 1;
      }
      expect(covered / 200).toBeGreaterThan(0.91);
      expect(covered / 200).toBeLessThan(0.99);
    }
  });

  test('hard tasks alone make the ratio rise, though nothing travels: tasks are to be of one kind', () => {
    const random = seededRandom(11);
    const views = Array.from({ length: 300 }, (_, at) => randomChain(random, () => (at % 2 === 0 ? 0.6 : 0.05)));
    expect(measureErrorPropagation(views).ratio?.low).toBeGreaterThan(2);
  });
});

describe('amplification', () => {
  test('failures of the team ÷ failures of the single agent, with the interval of a paired ratio', () => {
    const { pairs, team, single, ratio } = measureErrorAmplification(pairsOf(30, 20, 5, 10));
    expect([pairs, part(team), part(single), ratio?.value]).toEqual([65, '30/65', '15/65', 2]);
    // ln 2 ± 1.96 √(25 ÷ (30 × 15)).
    expect(Math.log(ratio?.low ?? 0)).toBeCloseTo(Math.log(2) - 1.96 * Math.sqrt(25 / 450), 4);
    expect(Math.log(ratio?.high ?? 0)).toBeCloseTo(Math.log(2) + 1.96 * Math.sqrt(25 / 450), 4);
  });

  test('no ratio while one of them never failed', () => {
    expect(measureErrorAmplification(pairsOf(5, 0, 2, 0))).toMatchObject({ ratio: null, team: { k: 0 }, single: { k: 2 } });
    expect(measureErrorAmplification([])).toMatchObject({ pairs: 0, ratio: null });
  });

  test('the interval covers the true ratio about as often as it says', () => {
    const random = seededRandom(5);
    let covered = 0;
    for (let trial = 0; trial < 600; trial++) {
      const pairs = Array.from({ length: 120 }, () => {
        const hard = random.next() < 0.5;
        return { single: random.next() >= (hard ? 0.7 : 0.1), team: random.next() >= (hard ? 0.8 : 0.3) };
      });
      const { ratio } = measureErrorAmplification(pairs);
      // (0.8 + 0.3) ÷ (0.7 + 0.1)
      if (ratio !== null && ratio.low <= 1.375 && ratio.high >= 1.375) covered += 1;
    }
    expect(covered / 600).toBeGreaterThan(0.93);
    expect(covered / 600).toBeLessThan(0.97);
  });
});
