/** Which runs stand against each other: the same task and repeat, on the single agent and on another arm. */
import type { ResultRow } from './comparison-report.ts';

export const singleArm = 'single';
export const teamArm = 'team';

/** `team` is the row of whatever arm is set against the single agent. */
export interface ResultPair {
  task: string;
  repeat: number;
  class?: string;
  single: ResultRow;
  team: ResultRow;
}

export interface PairedResults {
  /** Every arm but `single`, in order of appearance; its pairs in the order in which they became complete. */
  byArm: Map<string, ResultPair[]>;
  /** Rows of `single` that have no partner on `team`, and rows of other arms that have none on `single`. */
  unpaired: number;
}

/** Time and space are linear in the rows, times the arms. A row that repeats task, arm and repeat of an earlier one stays unpaired. */
export function pairResults(rows: readonly ResultRow[]): PairedResults {
  const byArm = new Map<string, ResultPair[]>();
  const rowsByKey = new Map<string, Map<string, ResultRow>>();
  const appearances = new Map<string, number>();
  for (const row of rows) {
    if (row.arm !== singleArm && !byArm.has(row.arm)) byArm.set(row.arm, []);
    const appearance = nextCount(appearances, JSON.stringify([row.task, row.arm]));
    const repeat = row.repeat ?? appearance;
    const key = JSON.stringify([row.task, repeat]);
    const arms = rowsByKey.get(key) ?? new Map<string, ResultRow>();
    rowsByKey.set(key, arms);
    if (arms.has(row.arm)) continue;
    arms.set(row.arm, row);
    const single = arms.get(singleArm);
    if (single === undefined) continue;
    const partners = row.arm === singleArm ? [...arms.values()] : [row];
    for (const team of partners) {
      if (team.arm !== singleArm) byArm.get(team.arm)?.push(makePair(single, team, repeat));
    }
  }
  let unpaired = rows.length - (byArm.get(teamArm)?.length ?? 0);
  for (const pairs of byArm.values()) unpaired -= pairs.length;
  return { byArm, unpaired };
}

function makePair(single: ResultRow, team: ResultRow, repeat: number): ResultPair {
  const taskClass = single.class ?? team.class;
  return { task: single.task, repeat, ...(taskClass === undefined ? {} : { class: taskClass }), single, team };
}

/** How often it was called for the key before. */
function nextCount(counts: Map<string, number>, key: string): number {
  const count = counts.get(key) ?? 0;
  counts.set(key, count + 1);
  return count;
}
