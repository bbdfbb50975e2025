/** What a run has to know of an allocation, fixed at its start: everything bids are made from, and the seed of all chance. */
import type { AttemptEstimate } from '../plan/forecast-basis.ts';
import type { AllocationName, BidEstimate } from './allocation-strategy.ts';
import { type DeclaredRole, findCapableRoles } from './capable-roles.ts';

export interface AllocationSettings {
  strategy: AllocationName;
  seed: number;
  /** By kind of work: the roles that can do it, as an offer lists them, at most 64. Work that one role alone can do is not here. */
  candidates: Record<string, string[]>;
  /** By role; of every role that is a candidate. */
  estimates: Record<string, BidEstimate>;
}

export interface AllocationInput {
  strategy: AllocationName;
  seed: number;
  roles: Readonly<Record<string, DeclaredRole>>;
  estimateOf: (role: string) => Pick<AttemptEstimate, 'p' | 'costUsd' | 'tokens' | 'durationMs'>;
}

/** Of one kind of work, those that match best: the settings stand in an event. */
const mostCandidates = 64;

/** undefined: every subtask goes to the role that the plan names, because that was asked for or because no other can do it. */
export function makeAllocationSettings({ strategy, seed, roles, estimateOf }: AllocationInput): AllocationSettings | undefined {
  if (strategy === 'assigned') return undefined;
  const candidates = [...findCapableRoles(roles)]
    .filter(([, able]) => able.length > 1)
    .map(([kind, able]): [string, string[]] => [kind, able.slice(0, mostCandidates)]);
  if (candidates.length === 0) return undefined;
  const names = [...new Set(candidates.flatMap(([, able]) => able))];
  return { strategy, seed, candidates: Object.fromEntries(candidates), estimates: toBidEstimates(names, estimateOf) };
}

/** Costs can be compared only in one unit: USD when known of all, else tokens, else ms. */
function toBidEstimates(names: readonly string[], estimateOf: AllocationInput['estimateOf']): Record<string, BidEstimate> {
  const known = names.map((name) => ({ name, estimate: estimateOf(name) }));
  const units = ['costUsd', 'tokens', 'durationMs'] as const;
  const unit = units.find((one) => known.every(({ estimate }) => estimate[one] !== null));
  return Object.fromEntries(
    known.map(({ name, estimate }) => [name, { p: estimate.p, cost: unit === undefined ? null : estimate[unit] }]),
  );
}
