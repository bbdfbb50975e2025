import { expect, test } from 'vitest';
import { seededRandom } from '../clock.ts';
import type { RunOutcome } from '../measure/outcome.ts';
import { makeOutcome } from './fixtures/make-outcome.ts';
import { readApproval, weighEvidence } from './weigh-evidence.ts';

const weights = { halfLife: Number.POSITIVE_INFINITY, millionTokensUsd: 1 };
const armOf = (outcomes: RunOutcome[], arm: string, halfLife = Number.POSITIVE_INFINITY) =>
  weighEvidence(outcomes, { ...weights, halfLife }).arms.get(arm);

test('held-out outcomes of pairs count in full, whatever their propensity', () => {
  const pair = { comparisonId: 'c', pairId: 'p' };
  const outcomes = [true, true, false, true].map((success) =>
    makeOutcome({ arm: 'team', pair, propensity: null, label: { success, source: 'held-out' } }),
  );
  expect(armOf(outcomes, 'team')).toMatchObject({ runs: 4, paired: 4, right: { mean: 0.75, effective: 4 } });
});

test('a team that mostly saw the hard tasks is not judged by them', () => {
  // Right in 40 % of hard and 90 % of easy tasks, half of all tasks are hard: 65 %. The team got nine in ten of the hard
  // ones and one in ten of the easy ones.
  const random = seededRandom(5);
  const outcomes: RunOutcome[] = [];
  for (let task = 0; task < 8000; task++) {
    const isHard = random.next() < 0.5;
    const teamShare = isHard ? 0.9 : 0.1;
    const arm = random.next() < teamShare ? 'team' : 'single';
    const success = random.next() < (isHard ? 0.4 : 0.9);
    const propensity = arm === 'team' ? teamShare : 1 - teamShare;
    outcomes.push(makeOutcome({ arm, propensity, label: { success, source: 'held-out' } }));
  }
  const naive = outcomes.filter(({ arm }) => arm === 'team');
  expect(naive.filter(({ label }) => label?.success).length / naive.length).toBeLessThan(0.5);
  expect(armOf(outcomes, 'team')?.right?.mean).toBeCloseTo(0.65, 1);
  expect(armOf(outcomes, 'single')?.right?.mean).toBeCloseTo(0.65, 1);
  // What was mended by weights is worth fewer outcomes.
  expect(armOf(outcomes, 'team')?.right?.effective).toBeLessThan(naive.length * 0.6);
});

test('an arm that chance has chosen alike for every task is not weighted by its propensity', () => {
  const outcomes = Array.from({ length: 60 }, (_, at) =>
    makeOutcome({
      arm: at % 10 === 0 ? 'team' : 'single',
      propensity: at % 10 === 0 ? 0.1 : 0.9,
      label: { success: true, source: 'held-out' },
    }),
  );
  expect(armOf(outcomes, 'team')?.right?.effective).toBeCloseTo(6, 6);
  expect(armOf(outcomes, 'single')?.right?.effective).toBeCloseTo(54, 6);
});

test('an arm that somebody ordered says a quarter of one that was drawn', () => {
  const outcomes = Array.from({ length: 8 }, () =>
    makeOutcome({ arm: 'team', propensity: null, label: { success: true, source: 'held-out' } }),
  );
  expect(armOf(outcomes, 'team')?.right).toEqual({ mean: 1, effective: 2 });
});

test('an outcome counts half after as many later runs as the half-life; pairs do not age each other', () => {
  const one = makeOutcome({ arm: 'team', propensity: 1, label: { success: true, source: 'held-out' } });
  const alone = [one, { ...one }];
  expect(armOf(alone, 'team', 1)?.right?.effective).toBeCloseTo(1.5, 6);
  const paired = alone.map((outcome) => ({ ...outcome, pair: { comparisonId: 'c', pairId: 'p' } }));
  expect(armOf(paired, 'team', 1)?.right?.effective).toBeCloseTo(2, 6);
});

test('an approval counts by the measured error of the checks that gave it', () => {
  const approved = makeOutcome({ ownVerdict: 'accepted', label: { success: true, source: 'checks' } });
  const stated = weighEvidence([approved], weights);
  expect(stated.checkError).toEqual({ falseAccept: 0.5, falseReject: 0.05, measuredOn: 0 });
  // .8 · .95 ÷ (.8 · .95 + .2 · .5), worth (1 − .5 − .05)².
  expect(stated.arms.get('team')?.right).toEqual({ mean: expect.closeTo(0.8837, 4), effective: expect.closeTo(0.2025, 4) });

  // Checks that passed 40 results which a held-out check found wrong approve of everything.
  const exposed = Array.from({ length: 40 }, () =>
    makeOutcome({ ownVerdict: 'accepted', arm: 'single', label: { success: false, source: 'held-out' } }),
  );
  const agreeable = weighEvidence([approved, ...exposed], weights);
  expect(agreeable.checkError.falseAccept).toBeCloseTo((40 + 2) / 44, 6);
  expect(agreeable.arms.get('team')?.right?.effective ?? 0).toBeLessThan(0.01);
  expect(readApproval(true, { falseAccept: 1, falseReject: 0, measuredOn: 0 })).toEqual({
    right: expect.closeTo(0.8, 6),
    worth: 0,
  });
});

test('a run that handed nothing over is a failure that needs no judge, and says nothing of what is handed over', () => {
  const outcomes = [
    makeOutcome({ delivered: false, label: { success: false, source: 'run' } }),
    makeOutcome({ delivered: true, label: null }),
  ];
  expect(armOf(outcomes, 'team')).toMatchObject({
    runs: 2,
    delivered: { mean: 0.5, effective: 2 },
    right: null,
    labels: { run: 1, none: 1 },
  });
});

test('tokens stand in for a price that is not known', () => {
  expect(armOf([makeOutcome({ costUsd: null, tokens: 50_000 })], 'team')?.usd?.mean).toBeCloseTo(0.05, 6);
  expect(armOf([makeOutcome({ costUsd: 0, tokens: 50_000 })], 'team')?.usd?.mean).toBe(0);
});
