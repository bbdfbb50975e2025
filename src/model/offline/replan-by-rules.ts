/** A new end for a plan of which something failed: the same work under new ids, the failed part in other hands where there are any. */
import { chooseRoles } from './choose-roles.ts';
import { writeInstruction } from './instructions.ts';
import type { DraftPlan } from './plan-by-rules.ts';
import type { DraftSubtask, ReplanRequest } from './read-plan-request.ts';

export function replanByRules(request: ReplanRequest): DraftPlan {
  const newIds = new Map<string, string>();
  for (const subtask of request.replace) newIds.set(subtask.id, freshId(subtask.id, request.usedIds));
  const finished = new Set(request.finished.map((subtask) => subtask.id));
  const subtasks = request.replace.map((subtask): DraftSubtask => {
    const dependsOn = subtask.dependsOn.flatMap((id) => newIds.get(id) ?? (finished.has(id) ? id : []));
    return {
      id: newIds.get(subtask.id) ?? subtask.id,
      role: roleFor(subtask, request),
      instruction: subtask.instruction === '' ? writeInstruction(request.task) : subtask.instruction,
      dependsOn: [...new Set(dependsOn)],
      assumes: [],
    };
  });
  if (subtasks.length === 0) subtasks.push(report(request, [...finished]));
  const ordered = inOrder(subtasks);
  const needed = new Set(ordered.flatMap((subtask) => subtask.dependsOn));
  const sinks = ordered.filter((subtask) => !needed.has(subtask.id));
  if (sinks.length > 1)
    ordered.push(
      report(
        request,
        sinks.map((subtask) => subtask.id),
      ),
    );
  return { subtasks: ordered, deliverable: ordered.at(-1)?.id ?? '' };
}

function report(request: ReplanRequest, dependsOn: string[]): DraftSubtask {
  const chosen = chooseRoles(request.roles);
  const role = chosen?.write ?? chosen?.research ?? '';
  return { id: freshId('report', request.usedIds), role, instruction: writeInstruction(request.task), dependsOn, assumes: [] };
}

/** The subtask that the failure names goes to another role with the same tools; every other one stays where it was. */
function roleFor(subtask: { id: string; role: string }, request: ReplanRequest): string {
  const known = request.roles.find((role) => role.name === subtask.role);
  if (known === undefined) return chooseRoles(request.roles)?.research ?? subtask.role;
  if (!request.failure.split(/[^\p{L}\p{N}_-]+/u).includes(subtask.id)) return subtask.role;
  const other = request.roles.find(
    (role) => role !== known && known.tools.length > 0 && known.tools.every((tool) => role.tools.includes(tool)),
  );
  return other?.name ?? subtask.role;
}

/** `research-x` becomes `research-x-r1`, `research-x-r1` becomes `research-x-r2`. Takes the id. */
function freshId(id: string, used: Set<string>): string {
  const base = id.replace(/-r\d+$/, '').slice(0, 180);
  let n = 1;
  while (used.has(`${base}-r${n}`)) n += 1;
  used.add(`${base}-r${n}`);
  return `${base}-r${n}`;
}

/** Dependencies before dependents; a cycle is cut where it is met. The sink comes last. */
function inOrder(subtasks: DraftSubtask[]): DraftSubtask[] {
  const byId = new Map(subtasks.map((subtask) => [subtask.id, subtask]));
  const waiting = new Map(subtasks.map((subtask) => [subtask.id, subtask.dependsOn.filter((id) => byId.has(id)).length]));
  const dependents = new Map<string, DraftSubtask[]>();
  for (const subtask of subtasks) {
    for (const id of subtask.dependsOn) {
      const known = dependents.get(id);
      if (known === undefined) dependents.set(id, [subtask]);
      else known.push(subtask);
    }
  }
  const ordered = subtasks.filter((subtask) => waiting.get(subtask.id) === 0);
  for (const subtask of ordered) {
    for (const dependent of dependents.get(subtask.id) ?? []) {
      const left = (waiting.get(dependent.id) ?? 0) - 1;
      waiting.set(dependent.id, left);
      if (left === 0) ordered.push(dependent);
    }
  }
  const done = new Set(ordered.map((subtask) => subtask.id));
  const cyclic = subtasks.filter((subtask) => !done.has(subtask.id));
  return [
    ...ordered,
    ...cyclic.map((subtask) => ({ ...subtask, dependsOn: subtask.dependsOn.filter((id) => done.has(id) || !byId.has(id)) })),
  ];
}
