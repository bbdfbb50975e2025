/** A change of a plan that can be taken back: subtasks out, subtasks in, everything else untouched. */
import { PlanwrightError } from '../../errors.ts';
import type { Plan, Subtask } from '../plan.ts';
import { quoteText } from '../quote-value.ts';

export interface PlanChange {
  /** Ids of the subtasks that leave. */
  remove: string[];
  /** Subtasks that come, each with its place in the changed list; ascending. */
  put: { position: number; subtask: Subtask }[];
}

/** @throws {PlanwrightError} `usage`: the change was made for another plan. */
export function applyChange(plan: Plan, { remove, put }: PlanChange): Plan {
  const leaving = new Set(remove);
  const stay = plan.subtasks.filter(({ id }) => !leaving.has(id));
  if (stay.length !== plan.subtasks.length - leaving.size) {
    const known = new Set(plan.subtasks.map(({ id }) => id));
    throw mismatch(remove.find((id) => !known.has(id)) ?? '', 'is not in the plan');
  }
  const ids = new Set(stay.map(({ id }) => id));
  const subtasks: Subtask[] = [];
  const coming = put.values();
  let next = coming.next();
  for (const staying of [...stay, undefined]) {
    for (; next.done !== true && (staying === undefined || next.value.position === subtasks.length); next = coming.next()) {
      const { subtask } = next.value;
      if (ids.has(subtask.id)) throw mismatch(subtask.id, 'is in the plan already');
      subtasks.push(subtask);
    }
    if (staying !== undefined) subtasks.push(staying);
  }
  return { ...plan, subtasks };
}

/** What gives `plan` back once `change` has been applied to it, order included. */
export function invertChange(plan: Plan, { remove, put }: PlanChange): PlanChange {
  const leaving = new Set(remove);
  const back: PlanChange['put'] = [];
  for (const [position, subtask] of plan.subtasks.entries()) if (leaving.has(subtask.id)) back.push({ position, subtask });
  return { remove: put.map(({ subtask }) => subtask.id), put: back };
}

/** Puts others in the place of each subtask that `replace` gives them for: none removes it, `undefined` keeps it. */
export function changeSubtasks(plan: Plan, replace: (subtask: Subtask) => Subtask[] | undefined): PlanChange {
  const change: PlanChange = { remove: [], put: [] };
  let position = 0;
  for (const subtask of plan.subtasks) {
    const others = replace(subtask);
    if (others === undefined) {
      position += 1;
      continue;
    }
    change.remove.push(subtask.id);
    for (const other of others) change.put.push({ position: position++, subtask: other });
  }
  return change;
}

function mismatch(id: string, what: string): PlanwrightError {
  return new PlanwrightError('usage', `Subtask ${quoteText(id)} ${what}: take steps back from the last one on.`);
}
