import { describe, expect, test } from 'vitest';
import { priorCheckRates } from '../plan/forecast-basis.ts';
import { defineTeam } from '../team/define-team.ts';
import { buildForecastBasis, estimateRoles, listCritics } from './build-forecast-basis.ts';

describe('the basis', () => {
  test('without anything: a given plan, the limits of a team that states none, no checks but the plan’s', () => {
    expect(buildForecastBasis()).toEqual({
      roles: {},
      prior: { p: 0.9, durationMs: null, tokens: null, costUsd: null, calls: 1 },
      limits: { retries: 1, reroutes: 1, replans: 1, concurrency: 8 },
      planner: null,
      synthesizer: { p: 1, durationMs: null, tokens: null, costUsd: null, calls: 1 },
      checks: { roles: [], deliverable: false },
      critic: priorCheckRates,
      reviewers: {},
      fallback: {},
      generalist: 'generalist',
    });
  });

  test('of a team: its limits, checks, fallbacks and generalist, which single options replace', () => {
    const team = defineTeam({
      name: 't',
      roles: { finder: { accept: [{ kind: 'quotes' }], fallback: ['writer'] }, writer: {} },
      generalist: { instructions: 'Do all.' },
      limits: { retries: 3, replans: 0, concurrency: 2 },
    });
    const basis = buildForecastBasis({ team, limits: { concurrency: 5 }, critic: { falseAccept: 0.1 }, planned: true });
    expect(basis.limits).toEqual({ retries: 3, reroutes: 1, replans: 0, concurrency: 5 });
    expect(basis.checks).toEqual({ roles: ['finder'], deliverable: false });
    expect(basis.fallback).toEqual({ finder: ['writer'], writer: [], generalist: [] });
    expect(basis.critic).toEqual({ falseAccept: 0.1, falseReject: priorCheckRates.falseReject });
    expect(basis.planner).toEqual(basis.prior);
  });
});

describe('what was observed of roles', () => {
  const tally = { attempts: 4, accepted: 4, checked: 0, verified: 0, calls: 12, tokens: 4000, costUsd: 0.4, durationMs: 8000 };

  test('sizes are means over all attempts; p moves with checked ones alone', () => {
    const outcomes = [
      { roles: { finder: tally } },
      { roles: { finder: { ...tally, attempts: 6, checked: 6, verified: 3, calls: 18 }, writer: tally } },
    ];
    expect(estimateRoles(outcomes)).toEqual({
      finder: {
        p: (3 + 9) / (6 + 10),
        durationMs: 1600,
        tokens: 800,
        costUsd: expect.closeTo(0.08, 12),
        calls: 3,
        attempts: 6,
      },
      writer: { p: 0.9, durationMs: 2000, tokens: 1000, costUsd: 0.1, calls: 3, attempts: 0 },
    });
  });

  test('one unpriced run makes the price unknown; a role without attempts is left out', () => {
    const none = { attempts: 0, accepted: 0, checked: 0, verified: 0, calls: 0, tokens: 0, costUsd: 0, durationMs: 0 };
    const outcomes = [{ roles: { finder: tally, idle: none } }, { roles: { finder: { ...tally, costUsd: null } } }];
    const estimates = estimateRoles(outcomes);
    expect(Object.keys(estimates)).toEqual(['finder']);
    expect(estimates['finder']?.costUsd).toBeNull();
  });
});

test('critics are known by their names', () => {
  expect(listCritics(['researcher', 'critic', 'Code reviewer', 'fact-checker', 'writer', 'critic'])).toEqual([
    'critic',
    'Code reviewer',
    'fact-checker',
  ]);
});
