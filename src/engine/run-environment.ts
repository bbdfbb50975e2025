/** What a run in a tree of runs is given: by the tree, and as its own. */
import type { Clock } from '../clock.ts';
import type { JournalEntry, RunSettings, StoredValue } from '../events.ts';
import type { Tool } from '../execute/tool.ts';
import type { Gate } from '../gate/gate.ts';
import type { TaskClassifier } from '../gate/task-class.ts';
import type { RemoteAgents } from '../interop/a2a/remote-agents.ts';
import type { McpServers } from '../interop/mcp/mcp-servers.ts';
import type { Json } from '../json.ts';
import type { LiveDelta } from '../live.ts';
import type { BudgetShare, Limiter } from '../model/limiter.ts';
import type { ModelRegistry } from '../model/model.ts';
import type { JsonSchema } from '../plan/plan.ts';
import type { Redactor, TextRedactor } from '../redact/redactor.ts';
import type { Team } from '../team/team.ts';
import type { PackageFolders } from '../verify/code-check.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { DriveOutcome } from './drive.ts';
import type { RunWorkspaces } from './run-workspaces.ts';
import type { Slots } from './slots.ts';
import type { Store } from './store.ts';

/** What a whole tree of runs shares. */
export interface RunEnvironment {
  store: Store;
  clock: Clock;
  models: ModelRegistry;
  limiter: Limiter;
  slots: Slots;
  gate: Gate;
  classifier: TaskClassifier;
  /** Tools beyond the built-in ones. */
  tools: Tool[];
  /** To be closed when the run is left. */
  servers: McpServers;
  /** Roles that are agents elsewhere. */
  agents: RemoteAgents;
  /** The model of every role and planner that names none. */
  defaultModel: string;
  /** Handed to models with every call. */
  seed?: number;
  files?: RunFiles;
  /** The folder of `files`, when it was made for this environment: to be removed with it. */
  placedFiles?: Workspace;
  packageFolders?: PackageFolders;
  /** Absent: attempts share the given folder and change nothing. */
  workspaces?: RunWorkspaces;
  /** Every text is passed through it where it enters the run. Absent: none is. */
  redactor?: Redactor;
  /** The same for what tools give, which may hold secrets too. */
  toolRedactor?: TextRedactor;
  /** Absent: attempts and checks are carried out by the process that drives the run. */
  dispatcher?: Dispatcher;
  onEntries?: (runId: string, entries: JournalEntry[]) => void;
  onDelta?: (runId: string, delta: LiveDelta) => void;
}

/** The folder given with a task. */
export interface RunFiles {
  root: string;
  /** One line a file, for the planner. */
  listing: string;
  /** Size of it all (characters ÷ 4). */
  tokens: number;
  /** Readable text of raw lines `from` to `to`, from 1. */
  readLines(file: string, from: number, to: number): Promise<string[]>;
}

export interface RunNode {
  runId: string;
  rootRunId: string;
  parentRunId: string | null;
  task: string;
  team: Team;
  /** The composite roles that lead from the root run's team to this one's. Absent for the root run. */
  rolePath?: string[];
  /** The parts of sub-teams that this run's calls count in besides the root run's budgets, from above down to its own. */
  shares?: Omit<BudgetShare, 'spent'>[];
  /** Of a sub-team's run: what the composite subtask builds on. */
  patches?: StoredValue[];
  /** Where workers choose among runs, the lowest goes first. Absent: 0. */
  priority?: number;
  /** The class of its task, for the evidence; the runs of sub-teams have none. */
  taskClass?: string;
  /** The form the deliverable must have. */
  outputSchema?: JsonSchema;
}

export interface RunNodeOptions {
  /** Absent for a run that has events already. `setup`: what else has to be stored to drive it again. */
  start?: { settings: RunSettings; setup: Json };
  /** Stops without journaling: the run can be resumed. */
  signal?: AbortSignal;
  onCancelable?: (cancel: (reason: string) => void) => void;
  /** Given for a run below another: it stays while it waits for a person, and says when it begins to and when it goes on. */
  onWaiting?: (isWaiting: boolean) => void;
}

/** Drives one run of the tree until it ends or waits: driveNode, handed to those that it is built from. */
export type DriveNode = (node: RunNode, options: RunNodeOptions) => Promise<DriveOutcome>;
