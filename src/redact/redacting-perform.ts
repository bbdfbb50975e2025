/** What is carried out enters the fold without secrets and redacted: what is stored, or sent by a worker, is then what was folded. */
import type { Perform } from '../engine/drive.ts';
import { hideInErrors, redactEvent } from './redact-run.ts';
import type { TextRedactor } from './redactor.ts';

/** @param redactor Absent: only secrets in errors are hidden. */
export function redactingPerform(perform: Perform, redactor: TextRedactor | undefined): Perform {
  return (command, port) =>
    perform(command, {
      runId: port.runId,
      state: port.state,
      signalFor: (key) => port.signalFor(key),
      setBlocked: (key, isBlocked) => port.setBlocked(key, isBlocked),
      post: (event) => {
        const safe = hideInErrors(event);
        port.post(redactor === undefined ? safe : redactEvent(safe, redactor));
      },
    });
}
