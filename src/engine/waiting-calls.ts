/**
 * Tool calls that wait for a person, in this process. That they wait, and what was answered, is in the run's events; here
 * are only the executors that hold still.
 *
 * Invariants
 * 1. A call acts only after the fold's `go-on`, or when the state says that it went on before.
 * 2. An attempt is blocked while at least one of its calls waits and none acts. It holds no slot of the tree then.
 */
import { PlanwrightError } from '../errors.ts';
import type { ApprovalAnswer } from '../events.ts';
import type { Approver, AskedCall } from '../execute/approver.ts';
import type { Command } from '../schedule/command.ts';
import type { ToolRequest } from '../schedule/state.ts';
import { attemptKey, type RunPort } from './drive.ts';
import type { Place } from './slots.ts';
import type { Store } from './store.ts';

export interface WaitingAttempt {
  subtaskId: string;
  attempt: number;
  role: string;
  store: Pick<Store, 'putValue'>;
  port: RunPort;
  place: Place;
}

export interface WaitingCalls {
  approverFor(attempt: WaitingAttempt): Approver;
  goOn(command: Extract<Command, { kind: 'go-on' }>): void;
  /** Resolves when this call goes on; rejects with the signal's reason. */
  hold(subtaskId: string, attempt: number, held: { call: string; signal: AbortSignal }): Promise<void>;
}

export function createWaitingCalls(): WaitingCalls {
  const waiters = new Map<string, (answer: ApprovalAnswer) => void>();
  return {
    goOn: ({ subtaskId, attempt, call, answer }) => waiters.get(waiterKey(subtaskId, attempt, call))?.(answer),
    approverFor: (attempt) => createApprover(attempt, waiters),
    hold: (subtaskId, attempt, { call, signal }) =>
      new Promise((resolve, reject) => {
        const key = waiterKey(subtaskId, attempt, call);
        const giveUp = (): void => {
          waiters.delete(key);
          reject(signal.reason);
        };
        waiters.set(key, () => {
          waiters.delete(key);
          signal.removeEventListener('abort', giveUp);
          resolve();
        });
        if (signal.aborted) giveUp();
        else signal.addEventListener('abort', giveUp, { once: true });
      }),
  };
}

function createApprover(waiting: WaitingAttempt, waiters: Map<string, (answer: ApprovalAnswer) => void>): Approver {
  const { subtaskId, attempt, role, store, port, place } = waiting;
  /** Calls that have begun and don't wait; calls that wait. */
  let acting = 0;
  let held = 0;
  let isBlocked = false;
  const count = (ofActing: number, ofHeld: number): void => {
    acting += ofActing;
    held += ofHeld;
    const blocks = held > 0 && acting === 0;
    if (blocks === isBlocked) return;
    isBlocked = blocks;
    port.setBlocked(attemptKey(subtaskId, attempt), blocks);
  };
  const hold = (call: string, signal: AbortSignal): Promise<ApprovalAnswer> =>
    new Promise((resolve, reject) => {
      const key = waiterKey(subtaskId, attempt, call);
      const leave = (): void => {
        waiters.delete(key);
        signal.removeEventListener('abort', giveUp);
        count(1, -1);
      };
      const giveUp = (): void => {
        leave();
        reject(signal.reason);
      };
      waiters.set(key, (answer) => {
        leave();
        resolve(answer);
      });
      place.leave();
      count(-1, 1);
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
    });
  const findRequest = (call: string): ToolRequest | undefined => {
    const item = port.state.subtasks.get(subtaskId);
    return item?.attempt === attempt ? item.people?.requests.get(call) : undefined;
  };

  return {
    begin: () => {
      count(1, 0);
      return () => count(-1, 0);
    },
    wasAsked: (call) => findRequest(call) !== undefined,
    ask: async (asked, signal) => {
      const known = findRequest(asked.call);
      if (known !== undefined) refuseOtherRequest(known, asked);
      if (known?.goesOn === true && known.answer !== null) return known.answer;
      const input = known === undefined ? await store.putValue(asked.input) : known.request.input;
      const answered = hold(asked.call, signal);
      if (known === undefined) {
        const { call, tool, requestHash } = asked;
        const request = { kind: 'tool', subtaskId, attempt, role, call, tool, input, requestHash } as const;
        port.post({ type: 'approval-asked', request });
      }
      const answer = await answered;
      if (held === 0) await place.take();
      return answer;
    },
  };
}

/** What a person has seen is what acts: an answer to another input is none. */
function refuseOtherRequest({ request }: ToolRequest, { tool, requestHash, call }: AskedCall): void {
  if (request.requestHash === requestHash) return;
  throw new PlanwrightError(
    'replay-mismatch',
    `A person was asked about call ${call} of "${request.subtaskId}" (${request.tool}), and it is not that call any more ` +
      `(${tool}, with another input). Cancel the run, or resume it with the team and tools that it was started with.`,
    { details: { subtaskId: request.subtaskId, call } },
  );
}

function waiterKey(subtaskId: string, attempt: number, call: string): string {
  return `${call} ${attemptKey(subtaskId, attempt)}`;
}
