/** A sub-team's part of the budgets of the team above it. */
import type { RunLimits } from './team.ts';

const budgets = ['calls', 'tokens', 'usd'] as const;

/**
 * The sub-team's own limits, and of each budget that the team above has at most its `share` (0 to 1), when one is given. At
 * least one call: a part that allows none would only be a slower failure.
 */
export function carveLimits(own: RunLimits, above: RunLimits, share: number | undefined): RunLimits {
  if (share === undefined) return own;
  const carved = { ...own };
  for (const name of budgets) {
    const whole = above[name];
    if (whole === undefined) continue;
    const part = name === 'usd' ? whole * share : Math.max(1, Math.floor(whole * share));
    carved[name] = Math.min(part, own[name] ?? Number.POSITIVE_INFINITY);
  }
  return carved;
}

/** Whether a limiter of its own has to watch over them. */
export function hasBudget(limits: RunLimits): boolean {
  return budgets.some((name) => limits[name] !== undefined);
}

/** The budgets alone. */
export function budgetsOf({ calls, tokens, usd }: RunLimits): Pick<RunLimits, 'calls' | 'tokens' | 'usd'> {
  return {
    ...(calls === undefined ? {} : { calls }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(usd === undefined ? {} : { usd }),
  };
}
