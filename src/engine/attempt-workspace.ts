/**
 * The workspace of one attempt, as its tools see it.
 *
 * 1. Changes are made one at a time, and each leaves a checkpoint: the state of the folder as a patch, kept in the store.
 * 2. A replayed change is not made again: the folder is put to its checkpoint instead, unless a later one is there already.
 */

import type { StoredValue } from '../events.ts';
import type { Checkpoint, WorkspaceContext } from '../execute/workspace-context.ts';
import type { ConfinedOutcome } from '../sandbox/confined-command.ts';
import type { WorkspaceCommand } from '../verify/workspace-checks.ts';
import { composePatches } from '../workspace/compose-patches.ts';
import { diffTrees } from '../workspace/diff-trees.ts';
import type { Patch } from '../workspace/patch.ts';
import type { Tree } from '../workspace/tree.ts';
import { openWorkspace, type Workspace } from '../workspace/workspace.ts';
import { loadPatch, mergeInto, type RunWorkspaces, storePatch, treeOf } from './run-workspaces.ts';
import type { Store } from './store.ts';
import { runOnTree } from './workspace-view.ts';

export interface AttemptWorkspace extends AsyncDisposable {
  context: WorkspaceContext;
  /** What the attempt leaves behind, from the run's base. */
  finish(): Promise<StoredValue>;
}

export interface AttemptWorkspaceOptions {
  run: RunWorkspaces;
  store: Store;
  /** Of what the attempt depends on. */
  patches: readonly StoredValue[];
  signal: AbortSignal;
}

/** @throws {PlanwrightError} `patch-conflict`, `workspace-failed`. */
export async function openAttemptWorkspace(options: AttemptWorkspaceOptions): Promise<AttemptWorkspace> {
  const { run, store, signal } = options;
  const patches: Patch[] = [];
  for (const stored of options.patches) patches.push(await loadPatch(store, stored));
  const start = await mergeInto(run, patches, signal);
  const opened = new ReplaceableWorkspace(options, start, await openAt(options, start.tree));
  return {
    context: opened,
    finish: async () => storePatch(store, await opened.snapshot()),
    [Symbol.asyncDispose]: () => opened.dispose(),
  };
}

function openAt({ run, signal }: AttemptWorkspaceOptions, base: Tree): Promise<Workspace> {
  const { blobs, skip, root } = run;
  return openWorkspace({ base, blobs, skip, root, signal });
}

/** What the attempt builds on, merged. */
type Start = { tree: Tree; patch: Patch };

class ReplaceableWorkspace implements WorkspaceContext {
  readonly #options: AttemptWorkspaceOptions;
  readonly #start: Start;
  #workspace: Workspace;
  #changes = 0;
  /** The last change or restoration under way. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: AttemptWorkspaceOptions, start: Start, workspace: Workspace) {
    this.#options = options;
    this.#start = start;
    this.#workspace = workspace;
  }

  get folder(): string {
    return this.#workspace.folder;
  }

  change<Result>(action: () => Promise<Result>): Promise<{ result: Result; checkpoint: Checkpoint }> {
    return this.#inTurn(async () => {
      const result = await action();
      this.#changes += 1;
      const change = this.#changes;
      const patch = await storePatch(this.#options.store, await this.snapshot());
      return { result, checkpoint: { change, patch } };
    });
  }

  restore({ change, patch }: Checkpoint): Promise<void> {
    return this.#inTurn(async () => {
      if (change <= this.#changes) return;
      const tree = treeOf(this.#options.run, await loadPatch(this.#options.store, patch));
      const restored = await openAt(this.#options, tree);
      await this.#workspace.dispose();
      this.#workspace = restored;
      this.#changes = change;
    });
  }

  run(command: WorkspaceCommand, signal?: AbortSignal): Promise<ConfinedOutcome | { missing: string }> {
    return this.#inTurn(async () => {
      const { tree } = await this.#workspace.snapshot();
      return runOnTree(this.#options.run, tree, command, signal ?? this.#options.signal);
    });
  }

  async snapshot(): Promise<Patch> {
    const { tree } = await this.#workspace.snapshot();
    // On top of what it started from: a merge later on knows what each change was made from.
    return composePatches(this.#start.patch, diffTrees(this.#start.tree, tree));
  }

  async dispose(): Promise<void> {
    await this.#last.catch(() => {});
    await this.#workspace.dispose();
  }

  #inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(action, action);
    this.#last = turn;
    turn.catch(() => {});
    return turn;
  }
}
