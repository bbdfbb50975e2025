/** A team and one agent on the same task, side by side: what each took, what of it can be checked, and what follows. */
import type { RunReport } from '../index.ts';
import { formatCount, formatNumber } from './figures.ts';

export interface Side {
  status: RunReport['status'];
  calls: number;
  tokens: number;
  seconds: number;
  /** Different citations of the deliverable whose quote stands where it is said to. */
  checkedCitations: number;
}

export interface Comparison {
  team: Side;
  single: Side;
  /** Of this one pair of runs; it proves nothing about the next task. */
  better: 'team' | 'single' | 'neither';
  verdict: string;
}

export function measureSide({ status, ledger }: RunReport, checkedCitations: number): Side {
  const { calls, inputTokens, outputTokens, makespanMs } = ledger;
  return { status, calls, tokens: inputTokens + outputTokens, seconds: makespanMs / 1000, checkedCitations };
}

/**
 * An agent that finishes beats one that does not; more checked citations beat fewer; with as many, fewer tokens. Checked
 * citations are a count of what can be verified, not of what is worth reading.
 */
export function compareSides(team: Side, single: Side): Comparison {
  return { team, single, ...judge(team, single) };
}

/** One line without a line feed. */
export function describeComparison({ team, single, verdict }: Comparison): string {
  return `team: ${describeSide(team)} · one agent: ${describeSide(single)} → ${verdict}`;
}

function describeSide({ calls, tokens, seconds, checkedCitations }: Side): string {
  return `${formatNumber(calls, 'call')}, ${formatCount(tokens)} tokens, ${seconds.toFixed(1)} s, ${formatNumber(checkedCitations, 'checked citation')}`;
}

function judge(team: Side, single: Side): Pick<Comparison, 'better' | 'verdict'> {
  const teamDone = team.status === 'succeeded';
  const singleDone = single.status === 'succeeded';
  if (!teamDone && !singleDone)
    return { better: 'neither', verdict: `neither finished (team ${team.status}, one agent ${single.status})` };
  if (!singleDone) return { better: 'team', verdict: `only the team finished (one agent ${single.status})` };
  if (!teamDone) return { better: 'single', verdict: `only one agent finished (team ${team.status})` };
  const price = describePrice(team, single);
  const found = team.checkedCitations - single.checkedCitations;
  if (found > 0) return { better: 'team', verdict: `the team has ${formatNumber(found, 'more checked citation')} for ${price}` };
  if (found < 0)
    return {
      better: 'single',
      verdict: `one agent was enough: ${formatNumber(-found, 'more checked citation')}; the team took ${price}`,
    };
  if (team.tokens < single.tokens) return { better: 'team', verdict: `the team has as many checked citations for ${price}` };
  const none = team.checkedCitations === 0 ? 'neither has a checked citation' : 'as many checked citations';
  return { better: 'single', verdict: `one agent was enough: ${none}; the team took ${price}` };
}

/** What the team took, measured in what one agent took. */
function describePrice(team: Side, single: Side): string {
  if (single.tokens === 0) return `${formatCount(team.tokens)} tokens`;
  return `${(team.tokens / single.tokens).toFixed(1)} × the tokens`;
}
