/** PostgreSQL's SQLSTATE codes (Appendix A of its manual) and a socket's errors as Planwright's. */
import { PlanwrightError } from '../../errors.ts';

/** Administrator's shutdown, crash, starting up; serialization, deadlock, too many connections. */
const passingStates = new Set(['57P01', '57P02', '57P03', '40001', '40P01', '53300']);
const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);
/** What pg says without a code. */
const connectionMessages =
  /connection terminated|timeout exceeded when trying to connect|query read timeout|not queryable|connection ended/i;

/** The SQLSTATE, or the socket's code; undefined for any other error. */
export function codeOf(thrown: unknown): string | undefined {
  if (thrown instanceof AggregateError) return thrown.errors.map(codeOf).find((code) => code !== undefined);
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return undefined;
  return thrown.code;
}

/** Whether the same may succeed on another connection or a little later. */
export function isPassing(thrown: unknown): boolean {
  if (thrown instanceof PlanwrightError) return false;
  const code = codeOf(thrown);
  if (code !== undefined && (passingStates.has(code) || socketCodes.has(code) || code.startsWith('08'))) return true;
  return thrown instanceof Error && connectionMessages.test(thrown.message);
}

/** @param thrown What an access threw; a PlanwrightError passes as it is. */
export function toPostgresError(thrown: unknown, location: string): PlanwrightError {
  if (thrown instanceof PlanwrightError) return thrown;
  return new PlanwrightError(
    'store-failed',
    `The store ${location} could not be used: ${messageOf(thrown)}. ${adviceFor(thrown)}`,
    {
      cause: thrown,
    },
  );
}

/** @param afterMs How long it was tried. */
export function unreachable(thrown: unknown, location: string, afterMs: number): PlanwrightError {
  return new PlanwrightError(
    'store-failed',
    `The store ${location} could not be reached for ${Math.round(afterMs / 1000)} s: ${messageOf(thrown)}. Check that PostgreSQL runs there, then go on; whatever was not confirmed is either there whole or not at all.`,
    { cause: thrown },
  );
}

export function storeDamaged(location: string, why: string, cause?: unknown): PlanwrightError {
  return new PlanwrightError('store-corrupt', `The store ${location} is damaged: ${why}. Restore it from a backup.`, { cause });
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return messageOf(thrown.errors[0]);
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function adviceFor(thrown: unknown): string {
  const code = codeOf(thrown);
  if (code?.startsWith('28') === true) return 'Check the user and the password (PGPASSWORD or ~/.pgpass keep it out of the URL).';
  if (code === '3D000') return 'Create the database first, or name another one.';
  if (code === '42501') return 'Give the role the right, or use one that owns the schema.';
  if (code === '53100') return 'Nothing of this write was kept; make room on the disk of PostgreSQL and try again.';
  return 'Nothing of this write was kept.';
}
