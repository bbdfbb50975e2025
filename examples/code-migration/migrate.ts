/** One migration, from the package as it is to what the team made of it. */
import { fileURLToPath } from 'node:url';
import type { LanguageModelV4 } from '@ai-sdk/provider';
import {
  loadRun,
  loadTeam,
  MemoryStore,
  mergePatches,
  type Patch,
  parsePatch,
  type RunEvent,
  type RunResult,
  readTree,
  renderRunPatch,
  runTask,
  type Sandboxes,
  type Store,
} from 'planwright';
import { runSuite, type SuiteEnd, withoutSandbox } from './run-suite.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export const packageFolder = here('package');
export const task =
  'Port the package worklog from callbacks to promises: every function that takes a callback returns a promise instead, and its errors are what they were. Its tests are written for the new version already.';

export interface Migration {
  result: RunResult;
  /** In order. */
  events: RunEvent[];
  /** Of each subtask that succeeded: paths that its attempt's folder had other than the given package. */
  changed: Map<string, string[]>;
  /** A unified diff from the given package. */
  diff: string;
  before: SuiteEnd;
  /** Of the deliverable's files; null when there is no deliverable. */
  after: SuiteEnd | null;
}

export interface MigrateOptions {
  model: LanguageModelV4;
  signal: AbortSignal;
  sandboxes: Sandboxes;
}

/** @throws {PlanwrightError} `check-unavailable` without bubblewrap; whatever `runTask` throws; the signal's reason. */
export async function migrate({ model, signal, sandboxes }: MigrateOptions): Promise<Migration> {
  const found = await sandboxes.bubblewrap();
  if ('missing' in found) throw withoutSandbox(found.missing);
  const store = new MemoryStore();
  const team = await loadTeam(here('team.yaml'));
  const result = await runTask({ task, team, strategy: 'team', files: packageFolder, model, store, signal });
  signal.throwIfAborted();
  const { state, entries } = await loadRun(store, result.runId);
  const patches = new Map<string, Patch>();
  for (const [id, { status, patch }] of state.subtasks) {
    if (status === 'succeeded' && patch !== null) patches.set(id, parsePatch(await store.getValue(patch)));
  }
  const blobs = await store.openBlobs();
  const { tree: given } = await readTree(packageFolder, blobs);
  const { deliverable } = result.plan;
  const handedOver = [...patches].filter(([id]) => deliverable === undefined || id === deliverable).map(([, patch]) => patch);
  const merge = await mergePatches(given, result.status === 'succeeded' ? handedOver : [], { blobs });
  const isThere = result.status === 'succeeded' && merge.kind === 'merged';
  const [before, after] = await Promise.all([
    runSuite(sandboxes, { tree: given, blobs }),
    isThere ? runSuite(sandboxes, { tree: merge.tree, blobs }) : null,
  ]);
  return {
    result,
    events: entries.map(({ event }) => event),
    changed: new Map([...patches].map(([id, { changes }]) => [id, changes.map(({ path }) => path)])),
    diff: await renderDiff(store, result),
    before,
    after,
  };
}

async function renderDiff(store: Store, { runId, status }: RunResult): Promise<string> {
  return status === 'succeeded' ? renderRunPatch(store, runId) : '';
}
