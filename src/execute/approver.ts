/** How an executor has a tool call decided by a person before it acts. */
import type { ApprovalAnswer } from '../events.ts';
import type { Json } from '../json.ts';

/** A call that is about to act. */
export interface AskedCall {
  /** The `step/toolIndex` of its key. */
  call: string;
  tool: string;
  input: Json;
  /** As its journal record will have it: an answer holds for this very request. */
  requestHash: string;
}

/** For one attempt. */
export interface Approver {
  /** Notes that a call has begun. @returns what notes its end. */
  begin(): () => void;
  /** Whether a person was asked about this call before: the answer counts then, whatever the tools say now. */
  wasAsked(call: string): boolean;
  /**
   * Resolves to the answer, which may be given while another process waits.
   * @throws the signal's reason; {PlanwrightError} `replay-mismatch` when another request was asked about.
   */
  ask(call: AskedCall, signal: AbortSignal): Promise<ApprovalAnswer>;
}
