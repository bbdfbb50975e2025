/** Ends an attempt that takes too long. The time in which a person is asked does not count. */
import type { Clock } from '../clock.ts';
import { PlanwrightError } from '../errors.ts';
import type { Role } from '../team/team.ts';
import type { Approver } from './approver.ts';

export interface AttemptLimit {
  /** Aborts with `attempt-timeout` at the limit. */
  signal: AbortSignal;
  /** The approver, in whose questions the time stands still. */
  watch(approver: Approver): Approver;
  /** When the attempt has ended. */
  stop(): void;
}

/** From now on; a role without a limit has all the time it wants. */
export function limitAttempt(role: Role, clock: Clock): AttemptLimit {
  const { attemptTimeoutMs } = role.limits;
  const over = new AbortController();
  if (attemptTimeoutMs === undefined) return { signal: over.signal, watch: (approver) => approver, stop: () => undefined };
  const message = `Role "${role.name}" did not finish its attempt within ${attemptTimeoutMs} ms. Raise limits.attemptTimeoutMs, or give it a smaller subtask.`;
  let leftMs = attemptTimeoutMs;
  let startedMs = 0;
  let asking = 0;
  let timer = new AbortController();
  const go = (): void => {
    startedMs = clock.now();
    timer = new AbortController();
    clock.sleep(leftMs, timer.signal).then(
      () => over.abort(new PlanwrightError('attempt-timeout', message)),
      // Stopped: the attempt has ended, or waits for a person.
      () => undefined,
    );
  };
  const hold = (): void => {
    timer.abort();
    leftMs = Math.max(0, leftMs - (clock.now() - startedMs));
  };
  go();
  return {
    signal: over.signal,
    watch: (approver) => ({
      begin: () => approver.begin(),
      wasAsked: (call) => approver.wasAsked(call),
      ask: async (call, signal) => {
        asking += 1;
        if (asking === 1) hold();
        try {
          return await approver.ask(call, signal);
        } finally {
          asking -= 1;
          if (asking === 0 && !signal.aborted) go();
        }
      },
    }),
    stop: () => timer.abort(),
  };
}
