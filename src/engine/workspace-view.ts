/** The files of a result for its checks: read from the blobs, copied only when a program has to run on them. */
import type { StoredValue } from '../events.ts';
import { defaultFolderLimits } from '../sandbox/folder-command.ts';
import { sharedSandboxes } from '../sandbox/sandboxes.ts';
import type { WorkspaceCommand, WorkspaceView } from '../verify/workspace-checks.ts';
import { getFile } from '../workspace/get-file.ts';
import type { Tree } from '../workspace/tree.ts';
import { openWorkspace } from '../workspace/workspace.ts';
import { loadPatch, type RunWorkspaces, treeOf } from './run-workspaces.ts';
import type { Store } from './store.ts';

/** @param patch What the result made of the run's base. */
export async function viewWorkspace(run: RunWorkspaces, store: Store, patch: StoredValue): Promise<WorkspaceView> {
  const tree = treeOf(run, await loadPatch(store, patch));
  return {
    readText: async (path) => {
      const file = tree.files.find((each) => each.path === path);
      return file === undefined ? null : new TextDecoder().decode(await getFile(run.blobs, file, path));
    },
    run: (command, signal) => runOnTree(run, tree, command, signal),
  };
}

/** On a copy of its own, which is gone afterwards. @throws the signal's reason when it aborts. */
export async function runOnTree(run: RunWorkspaces, tree: Tree, command: WorkspaceCommand, signal?: AbortSignal) {
  const sandboxes = sharedSandboxes();
  const sandbox = await sandboxes.bubblewrap();
  if ('missing' in sandbox) return sandbox;
  const { blobs, skip, root } = run;
  await using copy = await openWorkspace({ base: tree, blobs, skip, root, ...(signal === undefined ? {} : { signal }) });
  const { program, args, limits } = command;
  return await sandboxes.pool.use(
    () => sandbox.runInFolder({ program, args, folder: copy.folder, limits: { ...defaultFolderLimits, ...limits } }, signal),
    signal,
  );
}
