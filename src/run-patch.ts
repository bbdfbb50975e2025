/** What a run with workspaces has made of its files, for people and for other tools. */

import { readSetup } from './engine/run-setup.ts';
import { mergeStored, openWorkspaces } from './engine/run-workspaces.ts';
import type { Store } from './engine/store.ts';
import { PlanwrightError } from './errors.ts';
import { deliverablePatches } from './measure/deliverable-patches.ts';
import { loadRun } from './measure/load-run.ts';
import { parsePatch } from './workspace/parse-patch.ts';
import { renderPatch } from './workspace/render-patch.ts';

/**
 * The run's result as a unified diff from the files it was given, such as `git apply` takes; empty when nothing was changed.
 * @throws {PlanwrightError} `run-unknown`; `usage` for a run without workspaces; `patch-conflict`.
 */
export async function renderRunPatch(store: Store, runId: string): Promise<string> {
  const view = await loadRun(store, runId);
  const record = await store.getRun(runId);
  const { team, workspaceBase } = readSetup(record?.setup ?? null);
  if (workspaceBase === undefined) {
    throw new PlanwrightError(
      'usage',
      `Run "${runId}" has no workspaces, so it changed no files: its team file has no "workspace".`,
    );
  }
  const run = await openWorkspaces(store, workspaceBase, team);
  const merged = await mergeStored(run, store, deliverablePatches(view.state), new AbortController().signal);
  return renderPatch(parsePatch(await store.getValue(merged)), run.blobs);
}
