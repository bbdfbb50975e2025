/** What a team is once its file is read and its defaults are filled in. Parsing: team-file.ts. Ready-made ones: presets.ts. */
import type { AllocationName } from '../allocate/allocation-strategy.ts';
import type { GateWeights } from '../gate/weights.ts';
import type { Json } from '../json.ts';
import type { AcceptCheck, JsonSchema } from '../plan/plan.ts';
import type { RedactRules } from '../redact/redact-rules.ts';
import type { McpServer, WebAccess } from './reach.ts';
import type { RemoteAgent } from './remote-agent.ts';

/** Limits on one role's work. */
export interface RoleLimits {
  /** Attempts of this role at once. Default: the run's. */
  concurrency?: number;
  /** Model calls of one attempt, tool rounds included. Default 12. */
  maxSteps: number;
  /** One model call. Default 300,000. */
  callTimeoutMs: number;
  /** Between two parts of a streamed answer. Default 60,000. */
  idleTimeoutMs?: number;
  /** One attempt with all its calls, less the time in which it waits for a person. Default: none. */
  attemptTimeoutMs?: number;
  /** One tool call. Default 30,000. */
  toolTimeoutMs: number;
  /** Output tokens of one model call. Default: the provider's. */
  maxOutputTokens?: number;
  /**
   * Of all results that one attempt is handed (characters ÷ 4): beyond it they arrive as digests. Default 32,000; a team
   * stored by a version without it has no such limit.
   */
  handoffTokens?: number;
}

/** Of calls that coordinate the work instead of doing it. */
export type RolePurpose = 'execute' | 'plan' | 'replan' | 'manage' | 'verify' | 'synthesize';

/** A specialist: what it is told, what it may use, which model it runs on. */
export interface Role {
  name: string;
  /** One line; what the planner is shown. */
  description: string;
  /** The system prompt. */
  instructions: string;
  /** What its work needs besides its tools. A role that has all of another's skills and tools can do the other's work. */
  skills?: string[];
  /** `required`: each attempt starts only after a person has approved it. */
  approval?: 'required';
  /** Tool names; the group names `files` and `calc` stand for the built-in tools, `mcp:SERVER/TOOL` for a server's. */
  tools: string[];
  /** In place of the team's: of a generalist that has tools of sub-teams. */
  mcp?: Record<string, McpServer>;
  webs?: WebAccess[];
  /** Model spec. Default: the team's, then the run's. */
  model?: string;
  /** Specs of the models that stand in, in this order, when `model`'s provider fails. Default: the team's. */
  fallbackModels?: string[];
  temperature?: number;
  limits: RoleLimits;
  /** Checks on every result of this role, before the subtask's own. */
  accept: AcceptCheck[];
  /** Where a rejected subtask goes next, in this order. Default: the generalist. */
  fallback: string[];
  /** A role whose work is one call of this tool, without a model: the instruction is its input. It is in `tools` too. */
  tool?: string;
  /** Where in its tool's result this role's result is: keys and indexes with dots between them. Default: the result itself. */
  result?: string;
  /** The form of its answers, as a JSON Schema: it is asked for, and checked. */
  output?: JsonSchema;
  /** What its calls count as in the ledger. Default `execute`. */
  purpose?: RolePurpose;
  /** A role that is an agent elsewhere: it is sent the work, and has neither model nor tools here. */
  a2a?: RemoteAgent;
  /** A role that is itself a team: its subtasks are runs of their own. */
  team?: Team;
  /** Part of this team's budgets (calls, tokens, USD) that one run of the sub-team may use, 0 to 1. Default: what is left. */
  share?: number;
}

/** What the monitor may do about a result that is not accepted; 0 turns a rung off. */
export interface LadderLimits {
  /** Further attempts by the same role, given the verdict. Per subtask. Default 1. */
  retries: number;
  /** Moves to another role. Per subtask. Default 1. */
  reroutes: number;
  /** Replans of the unfinished suffix. Per run. Default 1. */
  replans: number;
}

/** What a run may spend. Absent: unlimited, except where a default is stated. */
export interface RunLimits extends LadderLimits {
  /** Attempts at once, over the whole tree of a run. Default 8. */
  concurrency: number;
  /** Attempts at once and rates, by model spec; `*` stands for every model not named. */
  perModel: Record<string, ModelLimits>;
  calls?: number;
  /** Input + output tokens. */
  tokens?: number;
  usd?: number;
  /** Wall time while a process drives the run. */
  timeoutMs?: number;
  /** How deep teams within teams may go; 1 = no sub-teams. Default 3. */
  depth: number;
}

export interface ModelLimits {
  concurrency?: number;
  requestsPerMinute?: number;
  tokensPerMinute?: number;
}

/** One of `patterns/`, with its options filled in. */
export interface PatternChoice {
  name: string;
  options: { [key: string]: Json };
}

export interface TeamWorkspace {
  /** Names of files and folders that no patch takes, at any depth. */
  skip: string[];
}

export interface Team {
  version: 1;
  name: string;
  description: string;
  /** Model spec for every role without its own, and for planner and synthesizer. */
  model?: string;
  /** Stand-ins for every role, planner and synthesizer without its own. Default: none. */
  fallbackModels?: string[];
  roles: Record<string, Role>;
  /** The role that takes a task alone. Default: one made of the union of the team's tools. */
  generalist: Role;
  planner: {
    model?: string;
    fallbackModels?: string[];
    instructions?: string;
    /** Default 200. */
    maxSubtasks: number;
    /** Times a bad plan is sent back. Default 1. */
    repairs: number;
    /** Of one planner call: ends a small model's endless answer early. Default: the provider's. */
    maxOutputTokens?: number;
    /** The role that has to accept a plan before anything of it runs; such a plan does not stream. Default: none. */
    critic?: string;
  };
  synthesizer: { model?: string; fallbackModels?: string[]; instructions?: string };
  /** Checks on the deliverable. */
  accept: AcceptCheck[];
  limits: RunLimits;
  /** By name: servers whose tools its roles may name. */
  mcp?: Record<string, McpServer>;
  /** What its roles' `fetch` may ask. Absent: nothing. */
  web?: WebAccess;
  /** Tools, by name or group, of which a person approves every call before it acts, in sub-teams too. */
  approvals?: { tools: string[] };
  /** Who takes a subtask that more than one role could do. Default `assigned`: the role that the plan names. */
  allocation?: AllocationName;
  /** An approval by a critic that is not known to keep to this false-accept rate does not count. Default: every critic's does. */
  requireCalibrated?: { maxFalseAccept: number };
  /** Attempts work in folders of their own, which start as the given files; results are patches. Default: no. */
  workspace?: TeamWorkspace;
  /** What never reaches a model or the store, of this team and of its sub-teams. Absent: nothing is redacted. */
  redact?: RedactRules;
  /** How it plans and goes on, in place of the planner. Absent: the planner plans. */
  pattern?: PatternChoice;
  /** What the gate goes by where it differs from gate/weights.ts. */
  gate?: Partial<GateWeights>;
}
