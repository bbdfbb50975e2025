/** What forecasts rest on, as the command line gives it: reliabilities, limits, error rates of checks, a team. */
import {
  buildForecastBasis,
  type ErrorRates,
  type ForecastBasis,
  type ForecastLimits,
  listCritics,
  loadTeam,
  type Plan,
  PlanwrightError,
  priorAttempt,
  type RoleEstimate,
  type Team,
} from '../index.ts';
import { toOneLine } from './terminal-text.ts';

export interface EstimateFlags {
  /** `.9`, `role=.9,role=.8`, or both. */
  p?: string;
  workers?: number;
  retries?: number;
  falseAccept?: number;
  falseReject?: number;
  planned?: boolean;
}

export interface Estimates {
  /** Without the estimates of p that the command line replaces. */
  plan: Plan;
  basis: ForecastBasis;
}

/** @param team Default: the plan's roles alone, which have no checks and no limits of their own. */
export function makeEstimates(plan: Plan, flags: EstimateFlags, team?: Team): Estimates {
  const { workers, retries, falseAccept, falseReject, planned = false } = flags;
  const limits: Partial<ForecastLimits> = {};
  if (workers !== undefined) limits.concurrency = workers;
  if (retries !== undefined) limits.retries = retries;
  const critic: Partial<ErrorRates> = {};
  if (falseAccept !== undefined) critic.falseAccept = falseAccept;
  if (falseReject !== undefined) critic.falseReject = falseReject;
  const options = { planned, limits, critic, ...(team === undefined ? {} : { team }) };
  const basis = buildForecastBasis(options);
  const names = new Set([...plan.subtasks.map(({ role }) => role), ...Object.keys(basis.fallback), basis.generalist]);
  // A critic's worth is known only when somebody states its error rates.
  const critics = Object.keys(critic).length === 0 ? [] : listCritics(names);
  const reviewers = Object.fromEntries(critics.map((name) => [name, basis.critic]));
  const given = flags.p === undefined ? new Map<string, number>() : readReliabilities(flags.p, names);
  const roles = Object.fromEntries([...given].map(([role, p]): [string, RoleEstimate] => [role, { ...priorAttempt, p }]));
  const subtasks = plan.subtasks.map((subtask) => {
    if (!given.has(subtask.role) || subtask.estimate?.p === undefined) return subtask;
    const { p: _, ...estimate } = subtask.estimate;
    return { ...subtask, estimate };
  });
  return { plan: { ...plan, subtasks }, basis: buildForecastBasis({ ...options, reviewers, roles }) };
}

export async function loadTeamIfNamed(reference: string | undefined): Promise<Team | undefined> {
  return reference === undefined ? undefined : loadTeam(reference);
}

/** By role. A number without a role is for every role that is not named. */
function readReliabilities(text: string, names: ReadonlySet<string>): Map<string, number> {
  const named = new Map<string, number>();
  let others: number | undefined;
  for (const part of text.split(',')) {
    const at = part.lastIndexOf('=');
    const p = readProbability(part.slice(at + 1), text);
    const role = part.slice(0, Math.max(0, at)).trim();
    if (at === -1) others = p;
    else if (names.has(role)) named.set(role, p);
    else {
      const known = [...names].slice(0, 20).map((name) => toOneLine(name));
      throw new PlanwrightError(
        'usage',
        `--p names the role "${toOneLine(role)}", which is neither in the plan nor in the team. Known roles: ${known.join(', ')}.`,
      );
    }
  }
  if (others !== undefined) for (const name of names) if (!named.has(name)) named.set(name, others);
  return named;
}

function readProbability(text: string, whole: string): number {
  const value = Number(text);
  if (/^(?:\d+(?:\.\d*)?|\.\d+)$/.test(text.trim()) && value <= 1) return value;
  throw new PlanwrightError(
    'usage',
    `--p ${toOneLine(whole)}: give a number from 0 to 1, as in --p .9 or --p researcher=.8,writer=.95.`,
  );
}
