/** Forecasts and what they rest on, in words. */
import type { Forecast, ForecastBasis, OptimizationStep, OptimizedPlan, Plan } from '../index.ts';
import { formatCount, formatDuration, formatNumber, formatUsd } from './figures.ts';
import { toOneLine } from './terminal-text.ts';

const rolesNamed = 12;

/** `right with 72.9 %, 3 calls, 4.0 s with 8 at once`; what is unknown is left out. */
export function describeForecast({ success, calls, tokens, costUsd, makespanMs }: Forecast, workers: number): string {
  const parts = [`right with ${formatPercent(success)}`, `${formatAmount(calls)} ${calls === 1 ? 'call' : 'calls'}`];
  if (tokens !== null) parts.push(`${formatCount(tokens)} tokens`);
  if (costUsd !== null) parts.push(formatUsd(costUsd));
  if (makespanMs !== null) parts.push(`${formatDuration(makespanMs)} with ${formatCount(workers)} at once`);
  return parts.join(', ');
}

/** `59.0 %` */
export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Whole numbers as they are, others to a tenth. */
export function formatAmount(value: number): string {
  if (Math.abs(value - Math.round(value)) < 0.05 || value >= 1000) return formatCount(value);
  return value.toFixed(1);
}

/** Where p comes from, which checks there are, what the limits are. Rows of a name and a text. */
export function describeBasis({ subtasks }: Plan, basis: ForecastBasis): [name: string, text: string][] {
  return [
    ['p', describeReliabilities(subtasks, basis)],
    ['checks', describeChecks(subtasks, basis)],
    ['limits', describeLimits(basis)],
  ];
}

function describeReliabilities(subtasks: Plan['subtasks'], { roles, prior }: ForecastBasis): string {
  const estimated = subtasks.filter(({ estimate }) => estimate?.p !== undefined).length;
  const others = new Set(subtasks.filter(({ estimate }) => estimate?.p === undefined).map(({ role }) => role));
  const texts: string[] = [];
  if (estimated > 0) texts.push(`${formatNumber(estimated, 'subtask')} by the plan’s own estimate`);
  for (const role of [...others].slice(0, rolesNamed)) {
    const known = Object.hasOwn(roles, role) ? roles[role] : undefined;
    const source = known === undefined ? 'assumed' : describeSource(known.attempts);
    texts.push(`${toOneLine(role)} ${trim(known?.p ?? prior.p)} (${source})`);
  }
  if (others.size > rolesNamed) texts.push(`and ${formatNumber(others.size - rolesNamed, 'more role')}`);
  return texts.join(', ');
}

function describeSource(attempts: number | undefined): string {
  if (attempts === undefined) return 'given';
  return attempts === 0 ? 'assumed' : formatNumber(attempts, 'checked attempt');
}

function describeChecks(subtasks: Plan['subtasks'], { checks, critic, reviewers }: ForecastBasis): string {
  const checked = subtasks.filter(({ accept, role }) => (accept ?? []).length > 0 || checks.roles.includes(role)).length;
  const critics = new Set(subtasks.map(({ role }) => role).filter((role) => Object.hasOwn(reviewers, role)));
  if (checked === 0 && critics.size === 0 && !checks.deliverable) return 'none: every result is taken as it is';
  const what = [`${formatCount(checked)} of ${formatNumber(subtasks.length, 'subtask')}`];
  if (checks.deliverable) what.push('the deliverable');
  if (critics.size > 0) what.push(`reviews by ${[...critics].map((role) => toOneLine(role)).join(', ')}`);
  return `${what.join(', ')}; ${formatPercent(critic.falseAccept)} of wrong results pass, ${formatPercent(critic.falseReject)} of right ones don’t`;
}

function describeLimits({ limits, planner }: ForecastBasis): string {
  const { retries, reroutes, replans, concurrency } = limits;
  const ladder = [retries === 1 ? '1 retry' : `${retries} retries`, formatNumber(reroutes, 're-route')];
  ladder.push(planner === null ? 'no replan (the plan is given)' : formatNumber(replans, 'replan'));
  return `${ladder.join(', ')}, ${formatCount(concurrency)} at once`;
}

/** Every step, or that there was none. */
export function describeOptimization({ steps, complete }: OptimizedPlan): string[] {
  const lines = steps.flatMap((step, at) => describeStep(step, at + 1));
  if (steps.length === 0) lines.push('The optimizer found nothing that the forecast would be better for.');
  if (!complete) lines.push('The plan is too large to try everything.');
  return lines;
}

/** `1. fuse: …` and the forecast before and after. */
function describeStep({ pass, explanation, before, after }: OptimizationStep, at: number): string[] {
  const changes = [`right with ${formatPercent(before.success)} → ${formatPercent(after.success)}`];
  changes.push(`calls ${formatAmount(before.calls)} → ${formatAmount(after.calls)}`);
  if (before.tokens !== null && after.tokens !== null) {
    changes.push(`tokens ${formatCount(before.tokens)} → ${formatCount(after.tokens)}`);
  }
  return [`${at}. ${pass}: ${toOneLine(explanation)}`, `   ${changes.join(', ')}`];
}

function trim(p: number): string {
  return String(Number(p.toFixed(3)));
}
