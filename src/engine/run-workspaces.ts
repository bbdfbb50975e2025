/**
 * The workspaces of a run: every attempt works in a folder of its own, which starts as the run's base with the patches of what it
 * depends on merged in, and leaves a patch from the base behind. Nothing an attempt does is seen by another before it is accepted.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlanwrightError } from '../errors.ts';
import type { StoredValue } from '../events.ts';
import type { Json } from '../json.ts';
import { defaultSkip } from '../team/defaults.ts';
import type { Team } from '../team/team.ts';
import { applyPatch } from '../workspace/apply-patch.ts';
import type { BlobStore } from '../workspace/blob-store.ts';
import { describeConflict } from '../workspace/conflict.ts';
import { mergePatches } from '../workspace/merge-patches.ts';
import { parsePatch, parseTree } from '../workspace/parse-patch.ts';
import type { Patch } from '../workspace/patch.ts';
import { readTree } from '../workspace/read-tree.ts';
import type { Tree } from '../workspace/tree.ts';
import { emptyTree } from '../workspace/tree.ts';
import type { Store } from './store.ts';

export interface RunWorkspaces {
  /** What every patch of the run is made from. */
  base: Tree;
  blobs: BlobStore;
  /** Names that no patch takes, at any depth. */
  skip: readonly string[];
  /** The folder in which the folders of attempts are made. */
  root: string;
}

/** Reads the given folder once, at the start of a run: what it is later does not matter to the run. */
export async function takeBase(store: Store, folder: string | undefined, skip: readonly string[]): Promise<StoredValue> {
  const tree = folder === undefined ? emptyTree : (await readTree(folder, await store.openBlobs(), { skip })).tree;
  return store.putValue(toJson(tree));
}

export async function openWorkspaces(store: Store, base: StoredValue, team: Team): Promise<RunWorkspaces> {
  return {
    base: parseTree(await store.getValue(base)),
    blobs: await store.openBlobs(),
    skip: team.workspace?.skip ?? defaultSkip,
    root: join(tmpdir(), 'planwright-workspaces'),
  };
}

/**
 * The base with these patches merged in.
 * @throws {PlanwrightError} `patch-conflict`, with every conflict in the message.
 */
export async function mergeInto(
  { base, blobs }: RunWorkspaces,
  patches: readonly Patch[],
  signal: AbortSignal,
): Promise<{ tree: Tree; patch: Patch }> {
  const merge = await mergePatches(base, patches, { blobs, signal });
  if (merge.kind === 'merged') return merge;
  throw new PlanwrightError(
    'patch-conflict',
    `The work that this builds on does not fit together:\n${merge.conflicts.map((conflict) => describeConflict(conflict)).join('\n')}`,
    { details: { paths: merge.conflicts.map(({ path }) => path) } },
  );
}

export async function loadPatch(store: Pick<Store, 'getValue'>, stored: StoredValue): Promise<Patch> {
  return parsePatch(await store.getValue(stored));
}

export async function storePatch(store: Pick<Store, 'putValue'>, patch: Patch): Promise<StoredValue> {
  return store.putValue(toJson(patch));
}

/** The patches of several results as one, from the run's base. @throws as `mergeInto`. */
export async function mergeStored(
  run: RunWorkspaces,
  store: Pick<Store, 'getValue' | 'putValue'>,
  patches: readonly StoredValue[],
  signal: AbortSignal,
): Promise<StoredValue> {
  const loaded: Patch[] = [];
  for (const stored of patches) loaded.push(await loadPatch(store, stored));
  return storePatch(store, (await mergeInto(run, loaded, signal)).patch);
}

export function treeOf({ base }: RunWorkspaces, patch: Patch): Tree {
  return applyPatch(base, patch);
}

function toJson(value: Tree | Patch): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
