/**
 * Checks as subtasks: a critic between a producer and those who use its result. One is taken out where it does not pay, or
 * put in where it does. Only roles whose error rates are known are critics here; of any other nobody can say what it is worth.
 */
import type { Plan, Subtask } from '../plan.ts';
import { buildSubtaskGraph } from '../shape.ts';
import { changeSubtasks, type PlanChange } from './change.ts';
import { hasSentences, namedByAssumptions } from './fuse.ts';

export interface CriticOptions {
  started: ReadonlySet<string>;
  /** Names of roles. The first one is put in. */
  critics: readonly string[];
  /** Ids that may not be used again, besides the plan's. */
  usedIds: ReadonlySet<string>;
}

export interface CriticChange {
  /** The critic's id, the producers', the users'. */
  subtasks: string[];
  change: PlanChange;
}

/** Every critic that could leave: its users get what it was given, so that no producer's result is lost to them. */
export function* listDrops(plan: Plan, { started, critics }: CriticOptions): Generator<CriticChange> {
  const { users, assumed } = survey(plan);
  for (const critic of plan.subtasks) {
    const after = users.get(critic.id) ?? [];
    const isCritic = critics.includes(critic.role) && critic.dependsOn.length > 0 && after.length > 0;
    if (!isCritic || critic.id === plan.deliverable || assumed.has(critic.id) || started.has(critic.id)) continue;
    if ((critic.accept ?? []).length > 0 || (critic.assumes ?? []).length > 0 || !mayChange(after, started)) continue;
    const changed = new Map(after.map((user) => [user.id, withoutCritic(user, critic)]));
    yield {
      subtasks: [critic.id, ...critic.dependsOn, ...changed.keys()],
      change: changeSubtasks(plan, (subtask) =>
        subtask === critic ? [] : changed.has(subtask.id) ? [changed.get(subtask.id) ?? subtask] : undefined,
      ),
    };
  }
}

/** Every place where a critic could come: behind a result that others use and no critic has seen. */
export function* listAdditions(plan: Plan, { started, critics, usedIds }: CriticOptions): Generator<CriticChange> {
  const [role] = critics;
  if (role === undefined) return;
  const { users, ids } = survey(plan);
  for (const producer of plan.subtasks) {
    const after = users.get(producer.id) ?? [];
    if (critics.includes(producer.role) || after.length === 0 || producer.id === plan.deliverable) continue;
    if (after.some((user) => critics.includes(user.role)) || !mayChange(after, started)) continue;
    const id = newId(producer.id, (candidate) => ids.has(candidate) || usedIds.has(candidate));
    const critic: Subtask = { id, role, instruction: instructionFor(producer), dependsOn: [producer.id] };
    const changed = new Map(after.map((user) => [user.id, { ...user, dependsOn: [...user.dependsOn, id] }]));
    let isPut = false;
    const change = changeSubtasks(plan, (subtask) => {
      const user = changed.get(subtask.id);
      if (user === undefined) return undefined;
      // Before its first user: the producer, which may have started, stays as it is.
      const put = isPut ? [user] : [critic, user];
      isPut = true;
      return put;
    });
    yield { subtasks: [id, producer.id, ...changed.keys()], change };
  }
}

interface Survey {
  /** Those that are given a subtask's result, by its id. */
  users: Map<string, Subtask[]>;
  assumed: Set<string>;
  ids: Set<string>;
}

function survey(plan: Plan): Survey {
  const graph = buildSubtaskGraph(plan.subtasks);
  const users = new Map(
    plan.subtasks.map(({ id }, node) => [id, (graph.dependents[node] ?? []).flatMap((user) => plan.subtasks[user] ?? [])]),
  );
  return { users, assumed: new Set(namedByAssumptions(plan)), ids: new Set(plan.subtasks.map(({ id }) => id)) };
}

/** A sentence of a user is about all it depends on, which would change under it. */
function mayChange(users: readonly Subtask[], started: ReadonlySet<string>): boolean {
  return users.every((user) => !started.has(user.id) && !hasSentences(user));
}

function withoutCritic(user: Subtask, critic: Subtask): Subtask {
  const dependsOn = new Set(user.dependsOn.flatMap((id) => (id === critic.id ? critic.dependsOn : [id])));
  return { ...user, dependsOn: [...dependsOn] };
}

function instructionFor({ id, instruction }: Subtask): string {
  return `Check the result of "${id}". Try to refute it: find what is wrong, prove each fault, and say what is right instead. It was asked for this: ${instruction}`;
}

/** An id has at most 200 characters. */
function newId(producer: string, isTaken: (id: string) => boolean): string {
  const base = `${producer.slice(0, 180)}-check`;
  let id = base;
  for (let n = 2; isTaken(id); n++) id = `${base}-${n}`;
  return id;
}
