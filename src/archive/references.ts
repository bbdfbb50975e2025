/** What a run's records refer to outside themselves: values by hash, and through patches and trees the contents of files. */
import { z } from 'zod';
import type { AttemptOutcome, RunEvent, StoredValue } from '../events.ts';
import type { Json } from '../json.ts';
import type { CallRecord } from '../model/call-record.ts';
import { parsePatch, parseTree } from '../workspace/parse-patch.ts';
import { afterOf, beforeOf, historyOf } from '../workspace/patch.ts';

/** `holds`: what the value is; only patches and trees name contents of files. */
export interface Reference {
  stored: StoredValue;
  holds: 'result' | 'patch' | 'tree';
}

const storedSchema = z.union([
  z.object({ kind: z.literal('inline'), value: z.custom<Json>((value) => value !== undefined) }),
  z.object({ kind: z.literal('stored'), hash: z.string(), characters: z.number() }),
]);
const setupSchema = z.object({ workspaceBase: storedSchema });

/** Inline values included, as everywhere here. */
export function referencesOfSetup(setup: Json): Reference[] {
  const parsed = setupSchema.safeParse(setup);
  return parsed.success ? [{ stored: parsed.data.workspaceBase, holds: 'tree' }] : [];
}

/** @throws {TypeError} for an event that is not of its type's shape, where it should refer to something. */
export function referencesOfEvent(event: RunEvent): Reference[] {
  const references = listReferences(event);
  if (references.every(({ stored }) => storedSchema.safeParse(stored).success)) return references;
  throw new TypeError('what it refers to is no value');
}

function listReferences(event: RunEvent): Reference[] {
  switch (event.type) {
    case 'attempt-finished':
    case 'synthesis-finished':
      return referencesOfOutcome(event.outcome);
    case 'approval-asked':
      return event.request.kind === 'tool' ? [{ stored: event.request.input, holds: 'result' }] : [];
    case 'subtask-expanded':
      return event.items.map((stored) => ({ stored, holds: 'result' }));
    case 'subtask-collected':
      return [{ stored: event.output, holds: 'result' }];
    case 'plan-grown':
      return event.output === undefined ? [] : [{ stored: event.output, holds: 'result' }];
    case 'run-ended':
      return event.deliverable === null ? [] : [{ stored: event.deliverable, holds: 'result' }];
    default:
      return [];
  }
}

function referencesOfOutcome(outcome: AttemptOutcome): Reference[] {
  if (outcome.kind !== 'succeeded') return [];
  const { output, patch } = outcome;
  return [{ stored: output, holds: 'result' }, ...(patch === undefined ? [] : [{ stored: patch, holds: 'patch' } as const])];
}

const checkpointSchema = z.object({ checkpoint: z.object({ patch: storedSchema }) });

/** A change in a workspace leaves a checkpoint in its tool's result: a resumed run puts the folder back to it. */
export function referencesOfCall({ kind, response }: Pick<CallRecord, 'kind' | 'response'>): Reference[] {
  if (kind !== 'tool' || response?.includes('"checkpoint"') !== true) return [];
  const parsed = checkpointSchema.safeParse(readJson(response));
  return parsed.success ? [{ stored: parsed.data.checkpoint.patch, holds: 'patch' }] : [];
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Hashes of the contents that a referenced value names, each once.
 * @throws {PlanwrightError} `usage` when it is no patch, or no tree, although it should be one.
 */
export function contentsOf({ holds }: Reference, value: Json): string[] {
  if (holds === 'result') return [];
  if (holds === 'tree') return [...new Set(parseTree(value).files.map((file) => file.hash))];
  const versions = parsePatch(value).changes.flatMap((change) => [
    beforeOf(change),
    afterOf(change),
    ...historyOf(change).map(({ version }) => version),
  ]);
  return [...new Set(versions.flatMap((version) => (version === null ? [] : [version.hash])))];
}
