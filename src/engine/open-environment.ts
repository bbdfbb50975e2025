/** From a run's setup and the process's surroundings to what its tree of runs shares. */
import { type Clock, systemClock, systemRandom } from '../clock.ts';
import type { DriveRunOptions } from '../drive-options.ts';
import { createEvidenceGate } from '../gate/evidence-gate.ts';
import { formClassifier } from '../gate/task-class.ts';
import { createRemoteAgents } from '../interop/a2a/remote-agents.ts';
import { createMcpServers } from '../interop/mcp/mcp-servers.ts';
import type { Limiter } from '../model/limiter.ts';
import { createLimiter } from '../model/limits.ts';
import { createModelRegistry } from '../model/registry.ts';
import { toolRedactor } from '../redact/hide-secrets.ts';
import { redactingRegistry } from '../redact/redact-answer.ts';
import { redactingStore } from '../redact/redacting-store.ts';
import { createRedactor } from '../redact/redactor.ts';
import type { RunUpdate } from '../run-handle.ts';
import type { RunLimits } from '../team/team.ts';
import { withoutUndefined } from '../team/without-undefined.ts';
import { placeFiles } from './placed-files.ts';
import { createClusterLimiter } from './postgres/cluster-limiter.ts';
import type { RunEnvironment } from './run-environment.ts';
import { openRunFiles } from './run-files.ts';
import type { RunSetup } from './run-setup.ts';
import { openWorkspaces } from './run-workspaces.ts';
import { createSlots } from './slots.ts';
import type { Store } from './store.ts';

/** Opens what the whole tree of a run shares; budgets go on from what its journaled calls have spent. */
export async function openEnvironment(
  runId: string,
  given: Store,
  setup: RunSetup,
  options: DriveRunOptions,
  push: (updates: RunUpdate[]) => void,
): Promise<RunEnvironment> {
  const clock = options.clock ?? systemClock;
  const redactor = setup.team.redact === undefined ? undefined : createRedactor(setup.team.redact);
  const store = redactor === undefined ? given : redactingStore(given, redactor);
  const { limits } = setup.team;
  const random = options.random ?? systemRandom;
  const weights = setup.team.gate === undefined ? {} : { weights: setup.team.gate };
  const custom = typeof options.model === 'object' ? { custom: { model: options.model } } : {};
  const models = createModelRegistry({ clock, ...custom, ...(options.env === undefined ? {} : { env: options.env }) });
  const placed = setup.filesTree === undefined ? undefined : await placeFiles(store, setup.filesTree);
  const filesRoot = placed?.folder ?? setup.filesRoot;
  const hiding = toolRedactor(setup.team, options.env ?? process.env, redactor);
  return {
    store,
    clock,
    models: redactor === undefined ? models : redactingRegistry(models, redactor),
    ...withoutUndefined({ redactor, toolRedactor: hiding }),
    limiter: await openLimiter(runId, store, limits, clock),
    slots: createSlots(limits.concurrency),
    gate: options.gate ?? createEvidenceGate({ listOutcomes: (filter) => store.listOutcomes(filter), random, ...weights }),
    classifier: options.classifier ?? formClassifier,
    tools: options.tools ?? [],
    // What a server says of its tools is kept as it is: their names are called by.
    servers: createMcpServers({ runId, team: setup.team, store: given, clock, env: options.env ?? process.env }),
    agents: createRemoteAgents({ clock, env: options.env ?? process.env, ...(hiding === undefined ? {} : { redactor: hiding }) }),
    defaultModel: setup.model,
    ...(setup.seed === undefined ? {} : { seed: setup.seed }),
    ...(setup.workspaceBase === undefined ? {} : { workspaces: await openWorkspaces(store, setup.workspaceBase, setup.team) }),
    ...(placed === undefined ? {} : { placedFiles: placed }),
    ...(filesRoot === undefined ? {} : { files: await openRunFiles(filesRoot, redactor) }),
    ...(options.packageFolders === undefined ? {} : { packageFolders: options.packageFolders }),
    onEntries: (id, entries) => push(entries.map((entry) => ({ ...entry, runId: id }))),
    ...(options.onDelta === undefined ? {} : { onDelta: options.onDelta }),
  };
}

/** What an environment holds outside the store: servers of tools, and a folder of files that came with the run. */
export async function closeEnvironment({ servers, placedFiles }: RunEnvironment): Promise<void> {
  try {
    await servers.close();
  } finally {
    await placedFiles?.dispose();
  }
}

/** Where several processes work on one run, its budgets are the store's; else this process keeps them. */
async function openLimiter(runId: string, store: Store, limits: RunLimits, clock: Clock): Promise<Limiter> {
  const { limits: shared } = store;
  if (shared.keepsBudgets) return createClusterLimiter({ shared, rootRunId: runId, limits });
  return createLimiter({ limits, spent: await store.sumCalls(runId), clock, shared });
}
