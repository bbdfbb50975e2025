/** A planner's answer to a failure, as plain as can be: the same plan again, from the failed subtask on, under new ids. */
import type { Subtask } from '../plan/plan.ts';
import type { Command } from '../schedule/command.ts';

export interface SimulatedRevision {
  add: Subtask[];
  /** New ids by the ids whose place they take. */
  renamed: Map<string, string>;
  /** Set when the deliverable is among them. */
  deliverable?: string;
}

/**
 * One new subtask stands for the failed one, and what was frozen is issued again behind it. Assumptions are left out.
 * null when a subtask rests on something that is gone for good.
 *
 * @param deliverable The run's, or null when it names none.
 */
export function reviseAround(
  { epoch, frozen, fixed, usedIds }: Extract<Command, { kind: 'replan' }>,
  deliverable: string | null,
): SimulatedRevision | null {
  const used = new Set(usedIds);
  const renamed = new Map(frozen.map(({ id }) => [id, nextId(id, epoch, used)]));
  const stays = new Set(fixed.map(({ subtask }) => subtask.id));
  const add: Subtask[] = [];
  for (const { assumes: _, ...subtask } of frozen) {
    const dependsOn: string[] = [];
    for (const dependency of subtask.dependsOn) {
      const known = renamed.get(dependency) ?? (stays.has(dependency) ? dependency : undefined);
      if (known === undefined) return null;
      dependsOn.push(known);
    }
    add.push({ ...subtask, id: renamed.get(subtask.id) ?? subtask.id, dependsOn });
  }
  const delivered = deliverable === null ? undefined : renamed.get(deliverable);
  return { add, renamed, ...(delivered === undefined ? {} : { deliverable: delivered }) };
}

function nextId(id: string, epoch: number, used: ReadonlySet<string>): string {
  let next = `${id}~${epoch}`;
  while (used.has(next)) next += '~';
  return next;
}
