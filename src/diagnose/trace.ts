/** What happened in a run of any system, in one shape: importers make it, detectors and the judge read it. */

export type TraceLayout = 'planwright' | 'messages' | 'agentrx' | 'who-and-when';

export interface Trace {
  /** The source's own id; else its file, with `#n` (from 1) where the file holds several. */
  id: string;
  layout: TraceLayout;
  /** What was to be done; empty when the source does not say. */
  task: string;
  /** At most 100,000, in order. */
  steps: TraceStep[];
  /** By name; those of which the source says more than that they speak. */
  agents: ReadonlyMap<string, TraceAgent>;
  /** Tools that any agent could call, when the source lists them. */
  tools: readonly string[] | null;
  outcome: 'succeeded' | 'failed' | 'unknown';
  ending: TraceEnding;
  /** Exact data flow, where the source has it (Planwright's own runs). */
  work: readonly WorkItem[] | null;
  /** What people found (Who&When). Neither detectors nor the judge are shown it. */
  known: { agent: string; step: number | null } | null;
}

export interface TraceAgent {
  instructions: string;
  /** null: the source does not say what it may call. */
  tools: readonly string[] | null;
}

export interface TraceEnding {
  /** `limit`: turns, steps, tokens, money or time were used up. */
  kind: 'completed' | 'limit' | 'stopped' | 'unknown';
  /** In the source's words. */
  detail: string;
}

/**
 * `instruction`: told to an agent before it begins. `request`: from whoever wants something done. `message`: an agent's. `result`: what
 * a tool or an environment gave back.
 */
export type StepKind = 'instruction' | 'request' | 'message' | 'result';

export interface TraceStep {
  /** As the source counts: AgentRx's `index` (from 1), else the place in its list from 0. Rises. */
  number: number;
  kind: StepKind;
  /** Who speaks; of a result, the tool or environment. */
  agent: string;
  /** Whom it is meant for, where the source says so. */
  to: string | null;
  /** Cut in the middle when it is very long. */
  text: string;
  calls: readonly TraceCall[];
  /** Of a result. */
  result: { tool: string; callId: string | null; failed: boolean } | null;
}

export interface TraceCall {
  id: string | null;
  tool: string;
  /** JSON text with sorted keys where it was JSON, else as it was written. */
  input: string;
}

/** One subtask, with who was given its result. */
export interface WorkItem {
  id: string;
  agent: string;
  status: string;
  output: string;
  /** Ids of the items that were given its result. */
  usedBy: readonly string[];
  isDeliverable: boolean;
  /** Something of the plan as it stands depends on it. */
  isWanted: boolean;
  verdict: 'accepted' | 'rejected' | 'unverified' | 'none';
  /** Why it failed or was rejected; empty otherwise. */
  reason: string;
  /** Its error's code, or null. */
  errorCode: string | null;
  /** Number of its last step; null when it has none. */
  step: number | null;
}

/** Beyond it a trace is refused. */
export const maxSteps = 100_000;

/** Messages of agents, the acts that can be at fault. */
export function listActs(trace: Trace): TraceStep[] {
  return trace.steps.filter(({ kind }) => kind === 'message');
}

export function lastAct(trace: Trace): TraceStep | undefined {
  return trace.steps.findLast(({ kind }) => kind === 'message');
}

/** Agents that act, in order of first appearance. */
export function listActors(trace: Trace): string[] {
  return [...new Set(listActs(trace).map(({ agent }) => agent))];
}
