import { expect, test } from 'vitest';
import { seededRandom } from '../clock.ts';
import type { RunOutcome } from '../measure/outcome.ts';
import { createEvidenceGate, decideByEvidence, weighArms } from './evidence-gate.ts';
import { explainGate } from './explain-gate.ts';
import { makeOutcome } from './fixtures/make-outcome.ts';
import type { GateInput } from './gate.ts';
import { decideByPrior } from './prior-gate.ts';
import { defaultGateWeights } from './weights.ts';

const input: GateInput = {
  task: 'What is a handoff?',
  roles: ['finder', 'writer'],
  materialTokens: 100,
  contextTokens: 100_000,
  team: 'small',
  checksDeliverable: false,
  taskClass: 'one-part',
};
const severalParts = { ...input, task: 'What is a handoff? What is a verdict?', taskClass: 'several-parts' };
const still = { ...defaultGateWeights, exploration: 0 };

/** Held-out outcomes of so many pairs, the first of which were right. */
function held(arm: string, right: number, of: number, changes: Partial<RunOutcome> = {}): RunOutcome[] {
  return Array.from({ length: of }, (_, at) =>
    makeOutcome({
      arm,
      pair: { comparisonId: 'c', pairId: String(at) },
      label: { success: at < right, source: 'held-out' },
      ...changes,
    }),
  );
}

test('without evidence the stated prior decides, word for word and without chance', () => {
  for (const subject of [input, severalParts]) {
    const decision = decideByEvidence(subject, [], defaultGateWeights, seededRandom(1));
    expect(decision).toEqual(decideByPrior(subject));
  }
  expect(decideByPrior(input).strategy).toBe('single');
  expect(decideByPrior(severalParts).strategy).toBe('team');
});

test('one failure is no evidence', () => {
  const failed = makeOutcome({ arm: 'single', delivered: false, label: { success: false, source: 'run' } });
  expect(decideByEvidence(input, [failed], still, seededRandom(1)).strategy).toBe('single');
});

test('evidence demotes a team that the prior would have chosen, and promotes one that it would not', () => {
  const demoted = decideByEvidence(severalParts, [...held('team', 11, 20), ...held('single', 16, 20)], still, seededRandom(1));
  expect(demoted).toMatchObject({ strategy: 'single', propensity: 1 });
  const promoted = decideByEvidence(input, [...held('team', 18, 20), ...held('single', 9, 20)], still, seededRandom(1));
  expect(promoted).toMatchObject({ strategy: 'team', propensity: 1 });
  expect(promoted.reasons[0]).toMatch(/^The team: right in 0\.8\d of tasks \(.*20 runs\).*One agent: right in 0\.\d\d/);
  expect(promoted.input).toEqual(input);
});

test('what a right result is worth decides whether more success is worth its price', () => {
  const outcomes = [...held('team', 38, 40, { costUsd: 0.5 }), ...held('single', 32, 40, { costUsd: 0.05 })];
  expect(decideByEvidence(input, outcomes, { ...still, successUsd: 0.5 }, seededRandom(1)).strategy).toBe('single');
  expect(decideByEvidence(input, outcomes, { ...still, successUsd: 50 }, seededRandom(1)).strategy).toBe('team');
  const slow = [...held('team', 40, 40, { durationMs: 3_600_000 }), ...held('single', 36, 40)];
  expect(decideByEvidence(input, slow, { ...still, hourUsd: 0 }, seededRandom(1)).strategy).toBe('team');
  expect(decideByEvidence(input, slow, { ...still, hourUsd: 5 }, seededRandom(1)).strategy).toBe('single');
});

test('a cascade is offered only where the deliverable is checked, and wins where the checks catch failures cheaply', () => {
  const outcomes = [
    ...held('single', 24, 40).map((outcome) =>
      outcome.label?.success ? outcome : { ...outcome, delivered: false, ownVerdict: 'rejected' as const },
    ),
    ...held('team', 38, 40, { costUsd: 0.3 }),
  ];
  const checked = { ...input, checksDeliverable: true };
  expect(decideByEvidence(checked, outcomes, still, seededRandom(1)).strategy).toBe('cascade');
  expect(weighArms(input, outcomes, still).arms.map(({ arm }) => arm)).not.toContain('cascade');
});

test('an arm that looks worse is tried within the bound, with its probability in the decision', () => {
  const outcomes = [...held('team', 6, 10), ...held('single', 7, 10)];
  const random = seededRandom(3);
  const decisions = Array.from({ length: 4000 }, () => decideByEvidence(input, outcomes, defaultGateWeights, random));
  const tried = decisions.filter(({ strategy }) => strategy === 'team');
  expect(tried.length / decisions.length).toBeGreaterThan(0.03);
  expect(tried.length / decisions.length).toBeLessThan(0.07);
  expect(tried.every(({ propensity, explored }) => propensity === defaultGateWeights.exploration && explored === true)).toBe(
    true,
  );
  expect(
    decisions.every(({ strategy, propensity }) => strategy === 'team' || propensity === 1 - defaultGateWeights.exploration),
  ).toBe(true);
  const never = Array.from({ length: 500 }, () => decideByEvidence(input, outcomes, still, random).strategy);
  expect(new Set(never)).toEqual(new Set(['single']));
});

test('an arm that is surely worse is not tried for the sake of it', () => {
  const outcomes = [...held('team', 20, 200), ...held('single', 190, 200)];
  const [, team] = weighArms(input, outcomes, defaultGateWeights).arms;
  expect(team?.propensity).toBeLessThan(1e-6);
});

test('the gate asks for its class and its team alone', async () => {
  const asked: object[] = [];
  const gate = createEvidenceGate({
    listOutcomes: (filter) => {
      asked.push(filter);
      return Promise.resolve([]);
    },
    random: seededRandom(1),
  });
  await gate.decide(input);
  expect(asked).toEqual([{ taskClass: 'one-part', team: 'small', limit: 5000 }]);
});

test('the explanation says what would change the decision, and it does', () => {
  const outcomes = [...held('team', 30, 40, { costUsd: 0.2 }), ...held('single', 28, 40, { costUsd: 0.02 })];
  const told = explainGate(input, outcomes, still);
  expect(told).toMatchObject({ strategy: 'single', basis: 'evidence', outcomes: 80, judged: 80 });
  const worth = Number(/worth \$([\d.]+) or more/.exec(told.wouldChange.join('\n'))?.[1]);
  expect(explainGate(input, outcomes, { ...still, successUsd: worth * 1.1 }).strategy).toBe('team');
  expect(explainGate(input, outcomes, { ...still, successUsd: worth * 0.9 }).strategy).toBe('single');
  const needed = Number(/right in ([\d.]+) of tasks or more/.exec(told.wouldChange.join('\n'))?.[1]);
  expect(needed).toBeGreaterThan(0.75);
});
