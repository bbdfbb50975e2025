/** The folder given with a task, for processes that can't see it: kept in the store when the run is queued, laid out where it is worked on. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredValue } from '../events.ts';
import { defaultSkip } from '../team/defaults.ts';
import { parseTree } from '../workspace/parse-patch.ts';
import { openWorkspace, type Workspace } from '../workspace/workspace.ts';
import { takeBase } from './run-workspaces.ts';
import type { Store } from './store.ts';

/** @throws {PlanwrightError} as `readTree`: a folder that is not there, or too large. */
export function takeFiles(store: Store, folder: string): Promise<StoredValue> {
  return takeBase(store, folder, defaultSkip);
}

/** A folder of its own with these files, until it is disposed of. */
export async function placeFiles(store: Store, tree: StoredValue): Promise<Workspace> {
  return openWorkspace({
    base: parseTree(await store.getValue(tree)),
    blobs: await store.openBlobs(),
    root: join(tmpdir(), 'planwright-files'),
  });
}
