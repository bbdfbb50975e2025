/** The operating system's errors as Planwright's, with what to do. */
import { PlanwrightError } from '../errors.ts';

/** `ENOENT`, `EACCES`, …; empty for anything else that was thrown. */
export function errnoOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

const advice: Record<string, string> = {
  ENOSPC: 'The disk is full: make room and try again.',
  EDQUOT: 'The disk quota is used up: make room and try again.',
  EFBIG: 'The process may not write files of this size: raise the limit (ulimit -f).',
  EACCES: 'The process has no permission for it.',
  EPERM: 'The process has no permission for it.',
  EROFS: 'The file system is read-only.',
  EMFILE: 'The process has too many files open: raise the limit (ulimit -n).',
  ENFILE: 'The machine has too many files open.',
  EIO: 'The disk reports a fault.',
};

/**
 * @param code `workspace-failed` for a folder of files, `store-failed` for the blobs.
 * @param what A sentence's beginning: `"src/a.ts" cannot be read`.
 * @returns `thrown` itself when it is a PlanwrightError.
 */
export function toFileError(code: 'workspace-failed' | 'store-failed', what: string, thrown: unknown): PlanwrightError {
  if (thrown instanceof PlanwrightError) return thrown;
  const errno = errnoOf(thrown);
  const why = advice[errno] ?? (thrown instanceof Error ? thrown.message : String(thrown));
  return new PlanwrightError(code, `${what}${errno === '' ? '' : ` (${errno})`}. ${why}`, { cause: thrown });
}
