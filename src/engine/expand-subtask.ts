/** The list that a mapped subtask runs over, and the list that its items give. */
import { PlanwrightError, toErrorRecord } from '../errors.ts';
import type { RunEvent, StoredValue } from '../events.ts';
import { parseJson } from '../handoff/digest.ts';
import type { Json } from '../json.ts';
import { defaultMapItems, type MapOver, type Subtask } from '../plan/plan.ts';
import type { Command } from '../schedule/command.ts';
import { readPath, valueAt } from '../value-path.ts';
import type { Store } from './store.ts';

type CommandOf<Kind extends Command['kind']> = Extract<Command, { kind: Kind }>;

/** Values are kept by their hash: played again after a crash it gives the same event. */
export async function expandSubtask(store: Store, { subtask, list }: CommandOf<'expand'>): Promise<RunEvent> {
  const values = readList(await store.getValue(list), subtask);
  const items: StoredValue[] = [];
  for (const value of values) items.push(await store.putValue(value));
  return { type: 'subtask-expanded', subtaskId: subtask.id, items };
}

export async function collectItems(store: Store, { subtask, outputs }: CommandOf<'collect'>): Promise<RunEvent> {
  const values: Json[] = [];
  for (const output of outputs) values.push(await store.getValue(output));
  return { type: 'subtask-collected', subtaskId: subtask.id, output: await store.putValue(values) };
}

export function expansionFailed({ subtask }: CommandOf<'expand'> | CommandOf<'collect'>, thrown: unknown): RunEvent {
  return { type: 'expansion-failed', subtaskId: subtask.id, error: toErrorRecord(thrown) };
}

/** @throws {PlanwrightError} `map-refused` */
function readList(result: Json, { id, map = { over: '' } }: Subtask): Json[] {
  const { over, path, max = defaultMapItems } = map;
  const found = findValue(result, map);
  if (found === undefined) {
    throw new PlanwrightError(
      'map-refused',
      `"${id}" runs over ${JSON.stringify(path)} of "${over}", and its result has no such part.`,
    );
  }
  const list = typeof found === 'string' ? parseJson(found) : found;
  if (!Array.isArray(list)) {
    const where = path === undefined ? `"${over}"` : `${JSON.stringify(path)} of "${over}"`;
    throw new PlanwrightError('map-refused', `"${id}" runs over ${where}, which is no list but ${describe(found)}.`);
  }
  if (list.length > max) {
    throw new PlanwrightError(
      'map-refused',
      `"${over}" gave ${list.length} items, and "${id}" takes at most ${max}. Raise map.max of the subtask, or have fewer given.`,
    );
  }
  return list;
}

function findValue(result: Json, { path }: MapOver): Json | undefined {
  if (path === undefined) return result;
  const keys = readPath(`.${path}`);
  return keys === null ? undefined : valueAt(result, keys, parseJson);
}

function describe(value: Json): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `text of ${value.length} characters`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
