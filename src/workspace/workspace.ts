/**
 * A workspace: a private folder in which one attempt works on its own copy of a base. Invariants:
 * 1. It starts as the base, exactly, and nothing done in it is seen in another workspace or in the base.
 * 2. What leaves it is a patch made from the base.
 * 3. It is removed by `dispose`, when its signal aborts, and when it cannot be filled.
 */
import { mkdir, mkdtemp, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PlanwrightError } from '../errors.ts';
import { type AnchoredFolder, openFolder } from './anchored-folder.ts';
import type { BlobStore } from './blob-store.ts';
import { diffTrees } from './diff-trees.ts';
import { emptyFolder } from './empty-folder.ts';
import { errnoOf, toFileError } from './file-error.ts';
import { fillFolder } from './materialize.ts';
import type { Patch } from './patch.ts';
import { type FolderReading, readOpenFolder } from './read-tree.ts';
import { checkTree, type Tree } from './tree.ts';
import { showPath, type TreeRules } from './tree-rules.ts';

export interface OpenWorkspaceOptions {
  base: Tree;
  /** Has the contents of `base`; gets those of the snapshots. */
  blobs: BlobStore;
  /** The folder in which the workspace's folder is made; made itself when it is missing, for this user only. */
  root: string;
  /** Names of files and folders that no snapshot takes, at any depth: `node_modules`. Default: none. */
  skip?: readonly string[];
  rules?: TreeRules;
  /** Ends what is under way and removes the workspace. */
  signal?: AbortSignal;
}

export interface Snapshot extends FolderReading {
  /** From the base to what stands in the folder. */
  patch: Patch;
}

export interface Workspace extends AsyncDisposable {
  /** An absolute path; readable by this user only (mode 700). */
  readonly folder: string;
  /**
   * What the folder has become. The workspace can be worked in and snapped again afterwards.
   * @throws {PlanwrightError} as `readTree`; `usage` when the workspace has been disposed of.
   */
  snapshot(): Promise<Snapshot>;
  /**
   * Ends snapshots under way and removes the folder; a second call waits for the first.
   * @throws {PlanwrightError} `workspace-failed` when it cannot be removed.
   */
  dispose(): Promise<void>;
}

/**
 * @throws {PlanwrightError} `workspace-failed` when the folder cannot be made or written, as `checkTree`, as `BlobStore.get`; no
 *   folder is left then. Rejects with the signal's reason when it has aborted.
 */
export async function openWorkspace(options: OpenWorkspaceOptions): Promise<Workspace> {
  const { base, blobs, rules, signal } = options;
  signal?.throwIfAborted();
  checkTree(base, rules);
  const anchor = await makePrivateFolder(resolve(options.root));
  const workspace = new FolderWorkspace(anchor, options);
  try {
    await fillFolder(anchor, base, { blobs, signal });
    signal?.throwIfAborted();
  } catch (thrown) {
    await workspace.dispose();
    throw thrown;
  }
  workspace.disposeOnAbort();
  return workspace;
}

async function makePrivateFolder(root: string): Promise<AnchoredFolder> {
  try {
    await mkdir(root, { recursive: true, mode: 0o700 });
    return await openFolder(await mkdtemp(join(root, 'workspace-')));
  } catch (thrown) {
    throw toFileError('workspace-failed', `No workspace can be made in ${showPath(root)}`, thrown);
  }
}

class FolderWorkspace implements Workspace {
  readonly folder: string;
  readonly #anchor: AnchoredFolder;
  readonly #options: OpenWorkspaceOptions;
  readonly #ended = new AbortController();
  readonly #underWay = new Set<Promise<Snapshot>>();
  readonly #abort = () => {
    // Whoever disposes of the workspace hears of a folder that stays.
    this.dispose().catch(() => undefined);
  };
  #disposal: Promise<void> | undefined;

  constructor(anchor: AnchoredFolder, options: OpenWorkspaceOptions) {
    this.folder = anchor.realPath;
    this.#anchor = anchor;
    this.#options = options;
  }

  disposeOnAbort(): void {
    this.#options.signal?.addEventListener('abort', this.#abort, { once: true });
  }

  async snapshot(): Promise<Snapshot> {
    this.#options.signal?.throwIfAborted();
    if (this.#disposal !== undefined) throw disposed(this.folder);
    const taken = this.#take();
    this.#underWay.add(taken);
    try {
      return await taken;
    } finally {
      this.#underWay.delete(taken);
    }
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.#remove();
    return this.#disposal;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #take(): Promise<Snapshot> {
    const { base, blobs, skip = [], rules } = this.#options;
    const limits = rules === undefined ? {} : { rules };
    const reading = await readOpenFolder(this.#anchor, blobs, { base, skip, signal: this.#ended.signal, ...limits });
    return { ...reading, patch: diffTrees(base, reading.tree) };
  }

  async #remove(): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#abort);
    this.#ended.abort(this.#options.signal?.reason ?? disposed(this.folder));
    await Promise.allSettled(this.#underWay);
    try {
      await emptyFolder(this.#anchor);
    } finally {
      await this.#anchor.handle.close();
    }
    await rmdir(this.folder).catch((thrown: unknown) => {
      if (errnoOf(thrown) !== 'ENOENT')
        throw toFileError('workspace-failed', `${showPath(this.folder)} cannot be removed`, thrown);
    });
  }
}

function disposed(folder: string): PlanwrightError {
  return new PlanwrightError('usage', `Workspace ${showPath(folder)} has been disposed of. Open another one.`);
}
