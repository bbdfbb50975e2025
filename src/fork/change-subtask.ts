/**
 * A fork whose subtask has another instruction, role or model than its parent's: the events that the fork begins with are
 * those of a run that was planned so.
 *
 * 1. Only what defines the subtask, and the start of an attempt that has not ended, is written anew.
 * 2. Another model is another role: a copy of the subtask's role under a name of its own, so that no other work changes.
 */
import { PlanwrightError } from '../errors.ts';
import type { JournalEntry, RunEvent, RunSettings } from '../events.ts';
import type { Subtask } from '../plan/plan.ts';
import { findRole } from '../team/find-role.ts';
import type { Team } from '../team/team.ts';

export interface SubtaskChange {
  instruction?: string;
  /** A role of the run's team. */
  role?: string;
  /** Model spec, for this subtask alone. */
  model?: string;
}

export interface Beginning {
  entries: JournalEntry[];
  /** The run's own. */
  team: Team;
}

/** @throws {PlanwrightError} `usage` when nothing is changed, no plan among the entries has the subtask, or the role can't be. */
export function changeSubtask({ entries, team }: Beginning, subtaskId: string, change: SubtaskChange): Beginning {
  const { instruction, model } = change;
  const planned = entries.flatMap(({ event }) => definitionsOf(event)).findLast(({ id }) => id === subtaskId);
  if (planned === undefined) {
    throw usage(`"${subtaskId}" is made while the run goes, not planned: change the subtask that it is an item of.`);
  }
  if (instruction === undefined && change.role === undefined && model === undefined) {
    throw usage(`Say what is to be other about "${subtaskId}": its instruction, role or model.`);
  }
  if (instruction?.trim() === '') throw usage(`The instruction of "${subtaskId}" is empty.`);
  const role = change.role ?? planned.role;
  const base = findRole(team, role);
  if (base === undefined) {
    const known = [...new Set([...Object.keys(team.roles), team.generalist.name])].join(', ');
    throw usage(`Role "${role}" is not in the run's team. Its roles: ${known}.`);
  }
  if (model === undefined) return { entries: rewrite(entries, { subtaskId, role, instruction, add: {} }), team };
  if (base.team !== undefined || base.a2a !== undefined) {
    throw usage(
      `Role "${role}" has no model of its own to change: it is ${base.team === undefined ? 'a remote agent' : 'a team'}.`,
    );
  }
  if (team.allocation !== undefined && team.allocation !== 'assigned') {
    throw usage(`Roles of team "${team.name}" are chosen while it runs: a model can't be given to one subtask of it.`);
  }
  const name = freeName(team, role);
  return {
    entries: rewrite(entries, { subtaskId, role: name, instruction, add: { [name]: { of: role, model } } }),
    team: { ...team, roles: { ...team.roles, [name]: { ...base, name, model } } },
  };
}

interface Rewriting {
  subtaskId: string;
  role: string;
  instruction: string | undefined;
  /** Roles that are new, by name: copies of others. */
  add: Record<string, { of: string; model: string }>;
}

function rewrite(entries: readonly JournalEntry[], { subtaskId, role, instruction, add }: Rewriting): JournalEntry[] {
  const change = (subtask: Subtask): Subtask =>
    subtask.id === subtaskId ? { ...subtask, role, ...(instruction === undefined ? {} : { instruction }) } : subtask;
  return entries.map((entry) => ({ ...entry, event: rewriteEvent(entry.event, { subtaskId, role, change, add }) }));
}

function rewriteEvent(
  event: RunEvent,
  { subtaskId, role, change, add }: Pick<Rewriting, 'subtaskId' | 'role' | 'add'> & { change: (subtask: Subtask) => Subtask },
): RunEvent {
  switch (event.type) {
    case 'run-started':
      return { ...event, settings: rewriteSettings(event.settings, { change, add }) };
    case 'subtask-proposed':
      return { ...event, subtask: change(event.subtask) };
    case 'plan-accepted':
      return event.subtasks === undefined ? event : { ...event, subtasks: event.subtasks.map(change) };
    case 'plan-approved':
      return event.plan === undefined ? event : { ...event, plan: { ...event.plan, subtasks: event.plan.subtasks.map(change) } };
    case 'plan-revised':
      return { ...event, add: event.add.map(change) };
    case 'attempt-started': {
      if (event.subtaskId !== subtaskId) return event;
      const { allocation: _allocation, ...started } = event;
      return { ...started, role };
    }
    case 'approval-asked':
      return event.request.subtaskId === subtaskId ? { ...event, request: { ...event.request, role } } : event;
    default:
      return event;
  }
}

function rewriteSettings(
  settings: RunSettings,
  { change, add }: Pick<Rewriting, 'add'> & { change: (subtask: Subtask) => Subtask },
): RunSettings {
  const added = Object.entries(add).flatMap(([name, { of, model }]) => {
    const base = settings.roles[of];
    return base === undefined ? [] : [[name, { ...base, model }] as const];
  });
  const plan = settings.plan === undefined ? {} : { plan: { ...settings.plan, subtasks: settings.plan.subtasks.map(change) } };
  return { ...settings, ...plan, roles: { ...settings.roles, ...Object.fromEntries(added) } };
}

function definitionsOf(event: RunEvent): readonly Subtask[] {
  switch (event.type) {
    case 'run-started':
      return event.settings.plan?.subtasks ?? [];
    case 'subtask-proposed':
      return [event.subtask];
    case 'plan-accepted':
      return event.subtasks ?? [];
    case 'plan-approved':
      return event.plan?.subtasks ?? [];
    case 'plan-revised':
      return event.add;
    default:
      return [];
  }
}

/** Names have at most 64 characters. */
const keptCharacters = 50;

function freeName(team: Team, role: string): string {
  const name = `${role.slice(0, keptCharacters)}-changed`;
  for (let number = 2, free = name; ; number += 1) {
    if (findRole(team, free) === undefined) return free;
    free = `${name}-${number}`;
  }
}

function usage(message: string): PlanwrightError {
  return new PlanwrightError('usage', message);
}
