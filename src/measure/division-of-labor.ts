/** How work is spread over roles: how evenly, and how far each keeps to one kind of it. */

export interface LoadBalance {
  /** Standard deviation ÷ mean of the loads: 0 when all are alike. */
  variation: number;
  /** Largest load ÷ mean: 1 when all are alike, the number of roles when one does everything. */
  maxOverMean: number;
}

/** `loads`: busy time ÷ slots of each role that could have worked. null: nobody did. */
export function measureBalance(loads: readonly number[]): LoadBalance | null {
  const mean = loads.reduce((sum, load) => sum + load, 0) / loads.length;
  if (loads.length === 0 || mean === 0) return null;
  const variance = loads.reduce((sum, load) => sum + (load - mean) ** 2, 0) / loads.length;
  return { variation: Math.sqrt(variance) / mean, maxOverMean: Math.max(...loads) / mean };
}

/**
 * I(kind; role) ÷ H(kind): what it tells of a subtask's kind to know who did it, as a share of what there is to tell. 1: each
 * role does one kind; 0: kinds are spread over roles alike. null with fewer than two kinds. Few subtasks make it too large by
 * chance, about (kinds − 1)(roles − 1) ÷ (2 · subtasks) ÷ H(kind), H in nats, so it compares ways of doing the same work.
 * Source: R. Gorelick et al., Normalized mutual entropy in biology, American Naturalist 164 (2004).
 */
export function measureSpecialization(works: readonly { kind: string; role: string }[]): number | null {
  const kinds = countBy(works, ({ kind }) => kind);
  if (kinds.size < 2) return null;
  const uncertainty = entropy(kinds, works.length);
  const pairs = countBy(works, ({ kind, role }) => JSON.stringify([kind, role]));
  const roles = countBy(works, ({ role }) => role);
  const shared = uncertainty + entropy(roles, works.length) - entropy(pairs, works.length);
  return Math.min(1, Math.max(0, shared / uncertainty));
}

function countBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  return counts;
}

/** In nats. */
function entropy(counts: ReadonlyMap<string, number>, total: number): number {
  let sum = 0;
  for (const count of counts.values()) sum -= (count / total) * Math.log(count / total);
  return sum;
}
