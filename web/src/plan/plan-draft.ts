/** A plan while a person edits it. Every change gives a new draft; the draft that was proposed is never touched. */
import type { Plan, Subtask } from 'planwright/browser';

export type PlanEdit =
  | { kind: 'add'; role: string }
  | { kind: 'remove'; id: string }
  /** A new id is taken up by what depends on the subtask. */
  | { kind: 'rename'; id: string; to: string }
  | { kind: 'role'; id: string; role: string }
  | { kind: 'instruction'; id: string; instruction: string }
  | { kind: 'depend'; id: string; on: string; holds: boolean }
  | { kind: 'deliver'; id: string | null };

export function editPlan(plan: Plan, edit: PlanEdit): Plan {
  const change = (id: string, how: (subtask: Subtask) => Subtask): Plan => ({
    ...plan,
    subtasks: plan.subtasks.map((subtask) => (subtask.id === id ? how(subtask) : subtask)),
  });
  switch (edit.kind) {
    case 'add':
      return {
        ...plan,
        subtasks: [...plan.subtasks, { id: freeId(plan), role: edit.role, instruction: '', dependsOn: [] }],
      };
    case 'remove': {
      const { deliverable, ...rest } = plan;
      const subtasks = plan.subtasks
        .filter(({ id }) => id !== edit.id)
        .map((subtask) => replaceDependency(subtask, edit.id, null));
      return { ...rest, ...(deliverable === undefined || deliverable === edit.id ? {} : { deliverable }), subtasks };
    }
    case 'rename': {
      const subtasks = plan.subtasks.map((subtask) =>
        replaceDependency(subtask.id === edit.id ? { ...subtask, id: edit.to } : subtask, edit.id, edit.to),
      );
      return { ...plan, ...(plan.deliverable === edit.id ? { deliverable: edit.to } : {}), subtasks };
    }
    case 'role':
      return change(edit.id, (subtask) => ({ ...subtask, role: edit.role }));
    case 'instruction':
      return change(edit.id, (subtask) => ({ ...subtask, instruction: edit.instruction }));
    case 'depend':
      return change(edit.id, (subtask) => {
        const others = subtask.dependsOn.filter((dependency) => dependency !== edit.on);
        return { ...subtask, dependsOn: edit.holds ? [...others, edit.on] : others };
      });
    case 'deliver': {
      const { deliverable: _, ...rest } = plan;
      return edit.id === null ? rest : { ...rest, deliverable: edit.id };
    }
    default:
      return edit satisfies never;
  }
}

function replaceDependency(subtask: Subtask, id: string, by: string | null): Subtask {
  if (!subtask.dependsOn.includes(id)) return subtask;
  const dependsOn = subtask.dependsOn.flatMap((dependency) => (dependency === id ? (by ?? []) : dependency));
  return { ...subtask, dependsOn };
}

function freeId({ subtasks }: Plan): string {
  const taken = new Set(subtasks.map(({ id }) => id));
  let number = subtasks.length + 1;
  while (taken.has(`step-${number}`)) number += 1;
  return `step-${number}`;
}
