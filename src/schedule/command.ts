/** What the fold asks an engine to do. Each command is keyed by what it is about, never by when it was issued. */
import type { AllocationRecord } from '../allocate/allocation-strategy.ts';
import type { ApprovalAnswer, ApprovalRequest, EndReason, EndStatus, ReplanCause, StoredValue } from '../events.ts';
import type { Assumption, PlanProblem, Subtask } from '../plan/plan.ts';

export type Command =
  | { kind: 'decide-gate' }
  /** Ask the planner. `soFar`: elements of this attempt that are journaled already; `problems`: why the last draft was refused. */
  | { kind: 'plan'; attempt: number; soFar: Subtask[]; problems: PlanProblem[]; stream: boolean }
  | { kind: 'stop-planner' }
  /**
   * `feedback`: the verdict on the attempt before; `assumptions`: what later work takes for granted about this result;
   * `allocation`: why this role has it, when more than one could; `item`: of a mapped subtask; `delivers`: whether the result, as far as is known, is
   * what the run hands over, so that it needs the asked form.
   */
  | {
      kind: 'start';
      subtask: Subtask;
      attempt: number;
      role: string;
      feedback?: string;
      assumptions?: string[];
      allocation?: AllocationRecord;
      delivers: boolean;
      item?: MapItem;
    }
  /** Read the list that a mapped subtask runs over from the result that gives it. */
  | { kind: 'expand'; subtask: Subtask; list: StoredValue }
  /** Put the results of its items together, in their order. */
  | { kind: 'collect'; subtask: Subtask; outputs: StoredValue[] }
  | { kind: 'verify'; subtask: Subtask; attempt: number; role: string; output: StoredValue; assumptions: Assumption[] }
  /** Have the team's pattern read an accepted result: it may add subtasks. */
  | { kind: 'grow'; subtask: Subtask; attempt: number; output: StoredValue }
  /** Stop an attempt or its verification; its late result is waste. */
  | { kind: 'abort'; subtaskId: string; attempt: number }
  | { kind: 'replan'; epoch: number; cause: ReplanCause; frozen: Subtask[]; fixed: FixedSubtask[]; usedIds: string[] }
  | { kind: 'synthesize'; sinks: string[] }
  | { kind: 'check-deliverable'; output: StoredValue }
  | { kind: 'set-timer'; timerId: string; delayMs: number }
  | { kind: 'stop-timer'; timerId: string }
  /** A person has to decide; nothing is to be done until the answer. */
  | { kind: 'ask'; request: ApprovalRequest }
  /** A tool call that waited for a person goes on with the answer. */
  | { kind: 'go-on'; subtaskId: string; attempt: number; call: string; answer: ApprovalAnswer }
  /** The run waits for a person; its process may end. */
  | { kind: 'wait'; question: string }
  | { kind: 'end'; status: EndStatus; reason: EndReason; deliverable: StoredValue | null; detail?: string };

/** One of the list that a mapped subtask runs over. */
export interface MapItem {
  /** The subtask that gave the list. */
  over: string;
  /** From 0. */
  index: number;
  of: number;
  value: StoredValue;
}

/** A subtask that a replan may build on but not change. */
export interface FixedSubtask {
  subtask: Subtask;
  state: 'succeeded' | 'under-way' | 'waiting';
}
