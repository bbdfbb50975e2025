/** SQLite's result codes (sqlite.org/rescode.html) as Planwright's errors. */
import { PlanwrightError } from '../errors.ts';

/** Primary codes; an extended code holds its primary code in the lowest eight bits. */
const resultCode = { busy: 5, locked: 6, readOnly: 8, corrupt: 11, full: 13, cannotOpen: 14, notDatabase: 26 } as const;

/** The primary result code of an error that node:sqlite threw; undefined for any other error. */
function primaryCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown) || typeof thrown.errcode !== 'number') return undefined;
  return thrown.errcode & 0xff;
}

export function isBusy(thrown: unknown): boolean {
  const code = primaryCode(thrown);
  return code === resultCode.busy || code === resultCode.locked;
}

export function isDamage(thrown: unknown): boolean {
  const code = primaryCode(thrown);
  return code === resultCode.corrupt || code === resultCode.notDatabase;
}

export function storeCorrupt(file: string, why: string, cause?: unknown): PlanwrightError {
  return new PlanwrightError(
    'store-corrupt',
    `${file} ${why}. It was left untouched: restore it from a copy, or give another path with --store.`,
    { cause, location: { file } },
  );
}

/** @param thrown What an access to the open store threw; a PlanwrightError passes as it is. */
export function toStoreError(thrown: unknown, file: string): PlanwrightError {
  if (thrown instanceof PlanwrightError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (isDamage(thrown)) {
    return new PlanwrightError('store-corrupt', `The store ${file} is damaged (${message}). Restore it from a copy.`, {
      cause: thrown,
      location: { file },
    });
  }
  return new PlanwrightError('store-failed', `The store ${file} could not be used: ${message}. ${adviceFor(thrown)}`, {
    cause: thrown,
    location: { file },
  });
}

function adviceFor(thrown: unknown): string {
  switch (primaryCode(thrown)) {
    case resultCode.busy:
    case resultCode.locked:
      return 'Another process has held its write lock for too long; stop that process or try again.';
    case resultCode.full:
      return 'Nothing of this write was kept; make room on the disk and try again.';
    case resultCode.readOnly:
    case resultCode.cannotOpen:
      return 'Check that the file and its folder can be written.';
    default:
      return 'Nothing of this write was kept.';
  }
}
