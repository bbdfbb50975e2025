/**
 * The events of a run: everything that was chosen or came from outside, in order. Folding them (schedule/decide.ts)
 * gives the run's state; nothing else does. Live deltas, which are not journaled, are in live.ts.
 */
import type { AllocationSettings } from './allocate/allocation-settings.ts';
import type { AllocationRecord } from './allocate/allocation-strategy.ts';
import type { ErrorRecord } from './errors.ts';
import type { GateDecision, Strategy } from './gate/gate.ts';
import type { Json } from './json.ts';
import type { PlanProblem, Subtask } from './plan/plan.ts';
import type { RunLimits } from './team/team.ts';
import type { Verdict } from './verify/verdict.ts';

/** A result: small ones stand in the event, larger ones once in the store, by SHA-256 of their JSON text. */
export type StoredValue =
  | { kind: 'inline'; value: Json }
  | { kind: 'stored'; hash: string /** Length of the JSON text. */; characters: number };

/** What the fold needs to know of a run; fixed at its start. */
export interface RunSettings {
  /** `auto` asks the gate first. */
  strategy: Strategy | 'auto';
  limits: RunLimits;
  /** The role that takes a task alone, and the instruction it then gets. */
  generalist: string;
  /** Facts of each role that choices depend on. */
  roles: Record<string, RoleSettings>;
  /** Work that other roles than the planned one may take. Absent: none. */
  allocation?: AllocationSettings;
  /** Name of the pattern that plans and goes on. Absent: the planner does. */
  pattern?: string;
  /** A given plan runs as written: no gate, no planner. */
  plan?: GivenPlan;
  /** A person approves the plan before anything runs; nothing streams. */
  approve: boolean;
  planRepairs: number;
  /** A critic has to accept a plan before anything of it runs; nothing streams. Absent: no. */
  reviewsPlan?: boolean;
  /** Whether the deliverable has checks of its own: the team's `accept`, or a form. */
  checksDeliverable: boolean;
  /** Whether the deliverable must have a given form. */
  typed: boolean;
}

/** A plan that a person wrote. */
export interface GivenPlan {
  subtasks: Subtask[];
  deliverable?: string;
}

export interface RoleSettings {
  /** Model spec, for the per-model limits. */
  model: string;
  concurrency?: number;
  fallback: string[];
  /** A composite holds no slot: its children do. */
  composite: boolean;
  /** One tool call without a model: what it gives is evidence, and no generalist's word takes its place. */
  tool?: true;
  /** Whether a result of this role is always verified. */
  checks: boolean;
  /** A person approves each attempt before it starts. */
  approval?: 'required';
  /** Of all results that an attempt is handed together. Absent: no limit, and references in instructions are plain text. */
  handoffTokens?: number;
}

/** Something that a person decides on before it happens. */
export type ApprovalRequest =
  /** The attempt's number is used up, whatever the answer. */
  | { kind: 'attempt'; subtaskId: string; attempt: number; role: string }
  /** A tool call of a running attempt. `call`: the `step/toolIndex` of its key; `requestHash`: of its journal record. */
  | {
      kind: 'tool';
      subtaskId: string;
      attempt: number;
      role: string;
      call: string;
      tool: string;
      input: StoredValue;
      requestHash: string;
    };

export type ApprovalAnswer = { kind: 'approved'; by: string } | { kind: 'denied'; by: string; reason: string };

/** Names a request of a run; without `call` that of an attempt. */
export interface RequestName {
  subtaskId: string;
  attempt: number;
  call?: string;
}

export type AttemptOutcome =
  | {
      kind: 'succeeded';
      output: StoredValue;
      /** What the attempt's workspace has become, as a patch from the run's base, what it builds on included. */
      patch?: StoredValue;
      /** Assumptions of later work that the executor found to be untrue. */
      contradictions?: Contradiction[];
    }
  | { kind: 'failed'; error: ErrorRecord }
  | { kind: 'cancelled' };

export interface Contradiction {
  assumption: string;
  evidence: string;
}

export type EndReason =
  | 'completed'
  | 'failed-subtasks'
  | 'plan-refused'
  | 'planner-failed'
  | 'budget'
  /** A sub-team used up its own part of a budget. */
  | 'share'
  | 'time'
  | 'cancelled'
  | 'stalled';
export type EndStatus = 'succeeded' | 'partial' | 'failed' | 'cancelled';

/** Why the rest of the plan no longer fits. */
export type ReplanCause =
  | { kind: 'subtask-failed'; subtaskId: string; reason: string }
  | { kind: 'assumption-contradicted'; subtaskId: string; assumption: string; evidence: string };

export type RunEvent =
  | { type: 'run-started'; task: string; settings: RunSettings }
  /** A process took the run up again. */
  | { type: 'run-resumed' }
  | { type: 'gate-decided'; decision: GateDecision }
  /** One element of a plan that is still being written. */
  | { type: 'subtask-proposed'; attempt: number; subtask: Subtask }
  /** The plan is whole and valid. `subtasks` only when they were not proposed one by one. */
  | { type: 'plan-accepted'; attempt: number; deliverable?: string; subtasks?: Subtask[] }
  | { type: 'plan-refused'; attempt: number; problems: PlanProblem[] }
  | { type: 'planner-failed'; attempt: number; error: ErrorRecord }
  /** `plan` takes the place of the one that was shown. */
  | { type: 'plan-approved'; by: string; plan?: GivenPlan }
  | { type: 'plan-denied'; by: string; reason: string }
  | { type: 'approval-asked'; request: ApprovalRequest }
  | { type: 'approval-given'; request: RequestName; by: string }
  | { type: 'approval-denied'; request: RequestName; by: string; reason: string }
  /** Nothing can go on without a person. Until the next event no time passes for the run. */
  | { type: 'wait-began' }
  /** Something below this run, in a sub-team, goes on. */
  | { type: 'wait-ended' }
  /** `role` may differ from the plan's after a re-route, or by an allocation, which then says why. */
  | { type: 'attempt-started'; subtaskId: string; attempt: number; role: string; allocation?: AllocationRecord }
  | { type: 'attempt-finished'; subtaskId: string; attempt: number; outcome: AttemptOutcome }
  | { type: 'verdict-given'; subtaskId: string; attempt: number; verdict: Verdict; contradicted?: Contradiction[] }
  /** The list that a mapped subtask runs over, item by item. */
  | { type: 'subtask-expanded'; subtaskId: string; items: StoredValue[] }
  | { type: 'expansion-failed'; subtaskId: string; error: ErrorRecord }
  /** The results of all its items, as one list. */
  | { type: 'subtask-collected'; subtaskId: string; output: StoredValue }
  /** What the team's pattern made of an accepted result: `add` joins the plan, `output` takes its place. The subtask has succeeded. */
  | { type: 'plan-grown'; subtaskId: string; attempt: number; add: Subtask[]; deliverable?: string; output?: StoredValue }
  /** The pattern could not read the result, or may not go on. */
  | { type: 'growth-failed'; subtaskId: string; attempt: number; error: ErrorRecord }
  /** The answer to a `replan` command of this epoch: `add` takes the place of the frozen suffix. */
  | { type: 'plan-revised'; epoch: number; add: Subtask[]; deliverable?: string }
  | { type: 'replan-failed'; epoch: number; error: ErrorRecord }
  | { type: 'synthesis-finished'; outcome: AttemptOutcome }
  | { type: 'deliverable-checked'; verdict: Verdict }
  | { type: 'timer-fired'; timerId: string }
  | { type: 'cancel-requested'; reason: string }
  | { type: 'run-ended'; status: EndStatus; reason: EndReason; deliverable: StoredValue | null; detail?: string };

export type RunEventType = RunEvent['type'];

/** An event as it is journaled. */
export interface JournalEntry {
  version: 1;
  /** From 1, without gaps. */
  seq: number;
  /** When it was entered, ms since the Unix epoch. */
  atMs: number;
  event: RunEvent;
}

/** For the pure rooms, which know only the root's types. */
export type { Strategy } from './gate/gate.ts';
export type { Verdict } from './verify/verdict.ts';
