/** What a forecast rests on, from a team, from what was observed of its roles, and from stated defaults. */
import {
  type AttemptEstimate,
  type ErrorRates,
  type ForecastBasis,
  type ForecastLimits,
  priorAttempt,
  priorCheckRates,
  priorP,
  priorSynthesis,
  type RoleEstimate,
} from '../plan/forecast-basis.ts';
import { defaultRunLimits, generalistName } from '../team/defaults.ts';
import type { Team } from '../team/team.ts';
import type { RoleTally, RunOutcome } from './outcome.ts';

export interface ForecastBasisOptions {
  /** Its limits, checks, fallbacks and generalist. Default: the limits of a team that states none, no checks but the plan's own. */
  team?: Team;
  /** By role. Default: nothing is known of any. */
  roles?: Record<string, RoleEstimate>;
  /** Of every other role. Default: `priorAttempt`. */
  prior?: Partial<AttemptEstimate>;
  /** Replaces single limits. */
  limits?: Partial<ForecastLimits>;
  /** Of the checks. Default: `priorCheckRates`. */
  critic?: Partial<ErrorRates>;
  /** Roles that review others' results. Default: none, for nobody has measured how well they do. */
  reviewers?: Record<string, ErrorRates>;
  /** Whether the planner makes the plan: its call is counted and failed subtasks may be replanned. Default false: the plan is given. */
  planned?: boolean;
}

export function buildForecastBasis(options: ForecastBasisOptions = {}): ForecastBasis {
  const { team, planned = false } = options;
  const prior = { ...priorAttempt, ...options.prior };
  const { retries, reroutes, replans, concurrency } = { ...(team?.limits ?? defaultRunLimits), ...options.limits };
  const roles = team === undefined ? [] : [...Object.values(team.roles), team.generalist];
  return {
    roles: options.roles ?? {},
    prior,
    limits: { retries, reroutes, replans, concurrency },
    planner: planned ? prior : null,
    synthesizer: { ...prior, p: priorSynthesis.p },
    checks: {
      roles: roles.filter(({ accept }) => accept.length > 0).map(({ name }) => name),
      deliverable: team !== undefined && team.accept.length > 0,
    },
    critic: { ...priorCheckRates, ...options.critic },
    reviewers: options.reviewers ?? {},
    fallback: Object.fromEntries(roles.map(({ name, fallback }) => [name, fallback])),
    generalist: team?.generalist.name ?? generalistName,
  };
}

/** Roles that are critics by their name, for rates that are stated for "the critic". */
export function listCritics(roles: Iterable<string>): string[] {
  return [...new Set(roles)].filter((role) => /critic|review|verifier|checker/i.test(role));
}

/** The prior p counts as so many checked attempts: a role's first few verdicts move it, some dozens replace it. */
const priorAttempts = 10;

/**
 * What earlier runs say of each role. Sizes are means over all its attempts. p rests on checked attempts alone, because a
 * result that nobody looked at proves nothing: the prior's 9 of 10 and the verified k of n together, (k + 9) ÷ (n + 10).
 */
export function estimateRoles(outcomes: readonly Pick<RunOutcome, 'roles'>[]): Record<string, RoleEstimate> {
  const sums = new Map<string, RoleTally>();
  for (const { roles } of outcomes) {
    for (const [role, tally] of Object.entries(roles)) sums.set(role, addTallies(sums.get(role), tally));
  }
  const estimates: [string, RoleEstimate][] = [];
  for (const [role, { attempts, checked, verified, calls, tokens, costUsd, durationMs }] of sums) {
    if (attempts === 0) continue;
    estimates.push([
      role,
      {
        p: (verified + priorP * priorAttempts) / (checked + priorAttempts),
        durationMs: durationMs / attempts,
        tokens: tokens / attempts,
        costUsd: costUsd === null ? null : costUsd / attempts,
        calls: calls / attempts,
        attempts: checked,
      },
    ]);
  }
  return Object.fromEntries(estimates);
}

function addTallies(sum: RoleTally | undefined, tally: RoleTally): RoleTally {
  if (sum === undefined) return tally;
  return {
    attempts: sum.attempts + tally.attempts,
    accepted: sum.accepted + tally.accepted,
    checked: sum.checked + tally.checked,
    verified: sum.verified + tally.verified,
    calls: sum.calls + tally.calls,
    tokens: sum.tokens + tally.tokens,
    costUsd: sum.costUsd === null || tally.costUsd === null ? null : sum.costUsd + tally.costUsd,
    durationMs: sum.durationMs + tally.durationMs,
  };
}
