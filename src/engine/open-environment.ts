/** From a run's setup and the process's surroundings to what its tree of runs shares. */
import { seededRandom, systemClock } from '../clock.ts';
import type { DriveRunOptions } from '../drive-options.ts';
import { createEvidenceGate } from '../gate/evidence-gate.ts';
import { formClassifier } from '../gate/task-class.ts';
import { createMcpServers } from '../interop/mcp/mcp-servers.ts';
import { spentBy } from '../measure/spent.ts';
import { createLimiter } from '../model/limits.ts';
import { createModelRegistry } from '../model/registry.ts';
import type { RunUpdate } from '../run-handle.ts';
import type { RunEnvironment } from './run-environment.ts';
import { openRunFiles } from './run-files.ts';
import type { RunSetup } from './run-setup.ts';
import { openWorkspaces } from './run-workspaces.ts';
import { createSlots } from './slots.ts';
import type { Store } from './store.ts';

/** Opens what the whole tree of a run shares; budgets go on from what its journaled calls have spent. */
export async function openEnvironment(
  runId: string,
  store: Store,
  setup: RunSetup,
  options: DriveRunOptions,
  push: (updates: RunUpdate[]) => void,
): Promise<RunEnvironment> {
  const clock = options.clock ?? systemClock;
  const { limits } = setup.team;
  const random = options.random ?? seededRandom(clock.now() ^ process.pid);
  const weights = setup.team.gate === undefined ? {} : { weights: setup.team.gate };
  const custom = typeof options.model === 'object' ? { custom: { model: options.model } } : {};
  return {
    store,
    clock,
    models: createModelRegistry({ clock, ...custom, ...(options.env === undefined ? {} : { env: options.env }) }),
    limiter: createLimiter({ limits, spent: spentBy(await store.listCalls(runId)), clock }),
    slots: createSlots(limits.concurrency),
    gate: options.gate ?? createEvidenceGate({ listOutcomes: (filter) => store.listOutcomes(filter), random, ...weights }),
    classifier: options.classifier ?? formClassifier,
    tools: options.tools ?? [],
    servers: createMcpServers({ runId, team: setup.team, store, clock, env: options.env ?? process.env }),
    defaultModel: setup.model,
    ...(setup.seed === undefined ? {} : { seed: setup.seed }),
    ...(setup.workspaceBase === undefined ? {} : { workspaces: await openWorkspaces(store, setup.workspaceBase, setup.team) }),
    ...(setup.filesRoot === undefined ? {} : { files: await openRunFiles(setup.filesRoot) }),
    ...(options.packageFolders === undefined ? {} : { packageFolders: options.packageFolders }),
    onEntries: (id, entries) => push(entries.map((entry) => ({ ...entry, runId: id }))),
    ...(options.onDelta === undefined ? {} : { onDelta: options.onDelta }),
  };
}
