/** A plan too large to be drawn, as counts by level and role. */
import { partOf, type SubtaskState } from 'planwright/browser';

export interface LevelSummary {
  /** 1: what depends on nothing. Several levels in one when there are more than `most`. */
  from: number;
  to: number;
  /** By role, then by state. */
  byRole: Map<string, Map<string, number>>;
}

export function summarizePlan(items: Iterable<SubtaskState>, most: number): { levels: LevelSummary[]; roles: string[] } {
  const own = [...items].filter((item) => partOf(item) === null && item.status !== 'superseded');
  const depths = findDepths(own);
  const deepest = own.reduce((deep, item) => Math.max(deep, depths.get(item.subtask.id) ?? 1), 1);
  const perRow = Math.ceil(deepest / most);
  const levels = Array.from({ length: Math.ceil(deepest / perRow) }, (_, row): LevelSummary => {
    const from = row * perRow + 1;
    return { from, to: Math.min(deepest, from + perRow - 1), byRole: new Map() };
  });
  const totals = new Map<string, number>();
  for (const item of own) {
    const level = levels[Math.floor(((depths.get(item.subtask.id) ?? 1) - 1) / perRow)];
    const counts = level?.byRole.get(item.role) ?? new Map<string, number>();
    counts.set(item.status, (counts.get(item.status) ?? 0) + 1);
    level?.byRole.set(item.role, counts);
    totals.set(item.role, (totals.get(item.role) ?? 0) + 1);
  }
  const roles = [...totals].toSorted(([, a], [, b]) => b - a).map(([role]) => role);
  return { levels, roles };
}

/** By id, from 1. Waits and ends in a loop without recursion: a chain may have 100,000 links. */
function findDepths(items: readonly SubtaskState[]): Map<string, number> {
  const known = new Map(items.map((item) => [item.subtask.id, item]));
  const depths = new Map<string, number>();
  for (const start of items) {
    const stack = [start];
    for (let item = stack.at(-1); item !== undefined; item = stack.at(-1)) {
      const { id, dependsOn } = item.subtask;
      const before = depths.has(id) ? [] : dependsOn.filter((dependency) => known.has(dependency));
      const open = before.filter((dependency) => !depths.has(dependency));
      if (open.length === 0) {
        stack.pop();
        if (!depths.has(id))
          depths.set(id, 1 + before.reduce((deep, dependency) => Math.max(deep, depths.get(dependency) ?? 0), 0));
      } else for (const dependency of open) stack.push(known.get(dependency) ?? item);
    }
  }
  return depths;
}
