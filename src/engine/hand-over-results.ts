/** The results before an attempt, as they are handed to it. */
import type { ExecutorContext } from '../execute/context.ts';
import { type HandedItem, type HandedResult, handOver } from '../handoff/hand-over.ts';
import type { Command, MapItem } from '../schedule/command.ts';
import type { RunState } from '../schedule/state.ts';
import type { RunPort } from './drive.ts';
import type { Store } from './store.ts';

type Handed = Pick<ExecutorContext, 'instruction' | 'dependencies' | 'item' | 'unseen' | 'missing' | 'sources'>;

/** Within the limit of the role that does it, as the run's settings have it. */
export async function handOverTo(
  { store }: { store: Pick<Store, 'getValue'> },
  { state }: Pick<RunPort, 'state'>,
  { subtask, role, item }: Extract<Command, { kind: 'start' }>,
): Promise<Handed> {
  const handed = handOver({
    instruction: subtask.instruction,
    // An item stands for the list that it is from.
    dependencies: await loadOutputs(
      store,
      state,
      subtask.dependsOn.filter((id) => id !== item?.over),
    ),
    ...(item === undefined ? {} : { item: await loadItem(store, item) }),
    handoffTokens: state.settings.roles[role]?.handoffTokens,
  });
  const { instruction, sections, missing, unseen, sources } = handed;
  return {
    instruction,
    ...(handed.item === null ? {} : { item: handed.item }),
    dependencies: sections.map(({ subtaskId, role: from, text, isDigest }) => ({
      subtaskId,
      role: from,
      output: text,
      ...(isDigest ? { isDigest } : {}),
    })),
    ...(missing.length === 0 ? {} : { missing }),
    ...(unseen === '' ? {} : { unseen }),
    ...(sources.size === 0 ? {} : { sources }),
  };
}

export async function loadItem(store: Pick<Store, 'getValue'>, { over, index, of, value }: MapItem): Promise<HandedItem> {
  return { over, index, of, stored: value, value: await store.getValue(value) };
}

/** In the order of the ids; those without a result are left out. */
export async function loadOutputs(
  store: Pick<Store, 'getValue'>,
  state: Readonly<RunState>,
  ids: string[],
): Promise<HandedResult[]> {
  const outputs: HandedResult[] = [];
  for (const subtaskId of ids) {
    const item = state.subtasks.get(subtaskId);
    // A result that was rejected for good is none.
    if (item?.output && item.status === 'succeeded')
      outputs.push({ subtaskId, role: item.role, stored: item.output, output: await store.getValue(item.output) });
  }
  return outputs;
}
