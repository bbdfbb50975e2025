/** Has the team's pattern read an accepted result that says how the plan goes on. */
import { PlanwrightError, toErrorRecord } from '../errors.ts';
import type { RunEvent } from '../events.ts';
import type { PatternResult } from '../patterns/pattern.ts';
import { checkRevision } from '../plan/revision.ts';
import type { Command } from '../schedule/command.ts';
import { isOpen, partOf, type RunState } from '../schedule/state.ts';
import { type PlanningSurroundings, patternOf, planningOf } from './plan-by-pattern.ts';
import type { RunNode } from './run-environment.ts';
import type { Store } from './store.ts';

type GrowCommand = Extract<Command, { kind: 'grow' }>;

/** Pure but for what it reads from the store: played again after a crash it may see more results, and is entered once. */
export async function growPlan(
  env: PlanningSurroundings & { store: Pick<Store, 'getValue' | 'putValue'> },
  node: RunNode,
  command: GrowCommand,
  state: Readonly<RunState>,
): Promise<RunEvent> {
  const { subtask, attempt, output } = command;
  const { store } = env;
  const { team } = node;
  const { pattern: choice } = team;
  const pattern = choice === undefined ? undefined : patternOf(choice);
  if (choice === undefined || pattern?.grow === undefined) {
    const message = `"${subtask.id}" is to add subtasks, and the team follows no pattern that says which. Leave "grow" out of the plan.`;
    throw new PlanwrightError('plan-invalid', message);
  }
  const ids = new Set([...state.subtasks.keys(), ...state.attemptFloor.keys()]);
  const growth = pattern.grow({
    ...planningOf(env, node, choice),
    subtask,
    output: await store.getValue(output),
    results: await readResults(store, state, subtask.id),
    ids,
  });
  const { add, deliverable } = growth;
  refuseMisfit(state, ids, { add, deliverable, most: team.planner.maxSubtasks, roles: Object.keys(team.roles) });
  return {
    type: 'plan-grown',
    subtaskId: subtask.id,
    attempt,
    add,
    ...(deliverable === undefined ? {} : { deliverable }),
    ...(growth.output === undefined ? {} : { output: await store.putValue(growth.output) }),
  };
}

export function growthFailed({ subtask, attempt }: GrowCommand, thrown: unknown): RunEvent {
  return { type: 'growth-failed', subtaskId: subtask.id, attempt, error: toErrorRecord(thrown) };
}

async function readResults(
  store: Pick<Store, 'getValue'>,
  { subtasks }: Readonly<RunState>,
  except: string,
): Promise<PatternResult[]> {
  const results: PatternResult[] = [];
  for (const item of subtasks.values()) {
    const { subtask, status, output, error } = item;
    if (isOpen(item) || status === 'superseded' || partOf(item) !== null || subtask.id === except) continue;
    const value = status === 'succeeded' && output !== null ? await store.getValue(output) : null;
    const ended = status === 'succeeded' || status === 'failed' || status === 'skipped' ? status : 'cancelled';
    results.push({ subtask, status: ended, output: value, ...(error === null ? {} : { error: error.message }) });
  }
  return results;
}

interface Addition {
  add: Parameters<typeof checkRevision>[0]['add'];
  deliverable: string | undefined;
  most: number;
  roles: string[];
}

/** @throws {PlanwrightError} `growth-refused` */
function refuseMisfit(
  { subtasks }: Readonly<RunState>,
  ids: ReadonlySet<string>,
  { add, deliverable, most, roles }: Addition,
): void {
  if (subtasks.size + add.length > most) {
    throw new PlanwrightError(
      'growth-refused',
      `The plan would grow to ${subtasks.size + add.length} subtasks; planner.maxSubtasks is ${most}.`,
    );
  }
  if (add.length === 0) return;
  const problems = checkRevision({
    add,
    fixedIds: ids,
    usedIds: ids,
    roles,
    maxSubtasks: most,
    ...(deliverable === undefined ? {} : { deliverable }),
  });
  const [first] = problems;
  if (first !== undefined) throw new PlanwrightError('growth-refused', `What is to be added does not fit: ${first.message}`);
}
