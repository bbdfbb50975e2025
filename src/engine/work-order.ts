/**
 * One attempt or one check, with everything that a process needs which knows nothing else of the run: it is kept in the store
 * like any value, and only its hash travels.
 */

import { PlanwrightError } from '../errors.ts';
import type { StoredValue } from '../events.ts';
import { workKey } from '../ids.ts';
import type { BudgetShare } from '../model/limiter.ts';
import type { JsonSchema } from '../plan/plan.ts';
import type { Command } from '../schedule/command.ts';
import type { RunState } from '../schedule/state.ts';
import { createRunState, createSubtaskState, itemsOf, type SubtaskState, type ToolRequest } from '../schedule/state.ts';
import type { Team } from '../team/team.ts';
import { defaultCritic } from '../verify/judge.ts';
import { roleOf } from './role-of.ts';
import type { RunNode } from './run-environment.ts';
import type { RunSetup } from './run-setup.ts';
import { uniteApprovals } from './sub-team.ts';

export type StartCommand = Extract<Command, { kind: 'start' }>;
export type VerifyCommand = Extract<Command, { kind: 'verify' }>;

export interface WorkOrder {
  version: 1;
  /** Names this work for good; a second order of the same key is the same work. */
  key: string;
  runId: string;
  rootRunId: string;
  parentRunId: string | null;
  task: string;
  /** The composite roles that lead from the root run's team to the one that works here. */
  rolePath: string[];
  shares: Omit<BudgetShare, 'spent'>[];
  patches: StoredValue[];
  outputSchema?: JsonSchema;
  command: StartCommand | VerifyCommand;
  /** What it builds on. */
  results: KnownResult[];
  /** Tool calls of this attempt that a person has decided on. */
  requests: ToolRequest[];
  handoffTokens?: number;
  /** Whose worker it is for. */
  place: WorkPlace;
  /** Lower goes first. */
  priority: number;
}

/** `concurrency`: how many of this place may be under way at once, over all runs. Absent: no limit. */
export interface WorkPlace {
  role: string;
  concurrency?: number;
}

/** A subtask that has a result, as far as work that builds on it has to know. */
export interface KnownResult {
  id: string;
  role: string;
  output: StoredValue | null;
  /** Why there is none, of a subtask that has ended without. */
  failed?: { status: 'failed' | 'skipped' | 'cancelled'; reason: string };
  patch: StoredValue | null;
  /** Of a mapped subtask: the patches of its items. */
  itemPatches?: StoredValue[];
}

export function orderAttempt(node: RunNode, state: Readonly<RunState>, command: StartCommand): WorkOrder {
  const { subtask, attempt, role } = command;
  const requests = [...(state.subtasks.get(subtask.id)?.people?.requests.values() ?? [])];
  const { handoffTokens } = state.settings.roles[role] ?? {};
  return {
    ...baseOf(node),
    // Each time that people have decided something, the rest of the attempt is another piece of work.
    key: workKey({ runId: node.runId, subtaskId: subtask.id, attempt }, `work~${requests.length}`),
    command,
    results: subtask.dependsOn.flatMap((id) => resultOf(state, id)),
    requests,
    ...(handoffTokens === undefined ? {} : { handoffTokens }),
    place: placeOf(node, role),
  };
}

export function orderCheck(node: RunNode, state: Readonly<RunState>, command: VerifyCommand): WorkOrder {
  const { subtask, attempt, role } = command;
  return {
    ...baseOf(node),
    key: workKey({ runId: node.runId, subtaskId: subtask.id, attempt }, 'check'),
    command,
    results: resultOf(state, subtask.id),
    requests: [],
    place: placeOf(node, criticOf(node, command) ?? role),
  };
}

/** Whether a check needs what only the workers of a role may have: its sandboxes, its tools, or a critic. */
export function needsPlace(node: RunNode, { subtask, role }: VerifyCommand): boolean {
  if (subtask.map !== undefined) return false;
  return [...roleOf(node, role).accept, ...(subtask.accept ?? [])].some(({ kind }) =>
    ['code', 'command', 'critic'].includes(kind),
  );
}

/** The state of the run as far as the work looks at it. */
export function stateOf({ command, results, requests, handoffTokens }: WorkOrder): RunState {
  const state = createRunState();
  const roles = command.kind === 'start' && handoffTokens !== undefined ? { [command.role]: { ...noRole, handoffTokens } } : {};
  state.settings = { ...state.settings, roles };
  for (const { id, role, output, patch, itemPatches, failed } of results) {
    const item = addKnown(state, id, role);
    item.output = output;
    item.patch = patch;
    item.status = failed?.status ?? 'succeeded';
    if (failed !== undefined) item.error = { code: 'rejected', message: failed.reason, recovery: 'none' };
    if (itemPatches !== undefined) {
      const items = itemPatches.map((itemPatch, at) => {
        const part = createSubtaskState({ id: `${id}[${at}]`, role, instruction: '', dependsOn: [] }, at);
        part.patch = itemPatch;
        return part;
      });
      item.mapping = { kind: 'list', items };
    }
  }
  if (command.kind === 'start') {
    const own = addKnown(state, command.subtask.id, command.role);
    own.attempt = command.attempt;
    own.people = {
      approval: 'none',
      requests: new Map(requests.map((asked) => [asked.request.call, asked])),
      isParked: false,
    };
  }
  return state;
}

/** The run that the work belongs to, from the setup of its root run. */
export function nodeOf(order: WorkOrder, setup: RunSetup): RunNode {
  const { runId, rootRunId, parentRunId, task, rolePath, shares, patches, outputSchema } = order;
  return {
    runId,
    rootRunId,
    parentRunId,
    task,
    team: rolePath.reduce(descend, setup.team),
    rolePath,
    shares,
    patches,
    ...(outputSchema === undefined ? {} : { outputSchema }),
  };
}

function descend(team: Team, role: string): Team {
  const below = Object.hasOwn(team.roles, role) ? team.roles[role]?.team : undefined;
  if (below === undefined) {
    throw new PlanwrightError('internal', `The order names the team of role "${role}", and team "${team.name}" has none.`);
  }
  return { ...below, ...uniteApprovals(below, team) };
}

function baseOf({
  runId,
  rootRunId,
  parentRunId,
  task,
  rolePath = [],
  shares = [],
  patches = [],
  outputSchema,
  priority,
}: RunNode) {
  return {
    version: 1 as const,
    runId,
    rootRunId,
    parentRunId,
    task,
    rolePath,
    shares,
    patches,
    ...(outputSchema === undefined ? {} : { outputSchema }),
    priority: priority ?? 0,
  };
}

function resultOf(state: Readonly<RunState>, id: string): KnownResult[] {
  const item = state.subtasks.get(id);
  if (item === undefined) return [];
  const { role, output, patch } = item;
  const items = itemsOf(item);
  const itemPatches = items === null ? {} : { itemPatches: items.flatMap((part) => part.patch ?? []) };
  return [{ id, role, output: item.status === 'succeeded' ? output : null, patch, ...itemPatches, ...failureOf(item) }];
}

function failureOf({ status, error }: SubtaskState): Pick<KnownResult, 'failed'> {
  if (status !== 'failed' && status !== 'skipped' && status !== 'cancelled') return {};
  return { failed: { status, reason: error?.message ?? `It was ${status}.` } };
}

function placeOf(node: RunNode, role: string): WorkPlace {
  const { concurrency } = roleOf(node, role).limits;
  return { role, ...(concurrency === undefined ? {} : { concurrency }) };
}

function criticOf(node: RunNode, { subtask, role }: VerifyCommand): string | undefined {
  const checks = [...roleOf(node, role).accept, ...(subtask.accept ?? [])];
  const critic = checks.find((check) => check.kind === 'critic');
  return critic?.kind === 'critic' ? (critic.role ?? defaultCritic) : undefined;
}

const noRole = { model: '', fallback: [], composite: false, checks: false };

function addKnown(state: RunState, id: string, role: string) {
  const item = createSubtaskState({ id, role, instruction: '', dependsOn: [] }, state.subtasks.size);
  state.subtasks.set(id, item);
  return item;
}
