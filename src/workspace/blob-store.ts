/** Where the contents of files are kept, each once, by its hash. */
import { hash } from 'node:crypto';
import { PlanwrightError } from '../errors.ts';

/** The largest blob: 256 MiB. */
export const blobLimitBytes = 256 * 1024 * 1024;

/** A port: any number of processes may use one store at once. */
export interface BlobStore {
  /**
   * Keeps the bytes; the caller may change them afterwards. Keeping what is there already is cheap.
   * @returns their SHA-256, 64 lower-case hex digits.
   * @throws {PlanwrightError} `value-too-large` beyond `blobLimitBytes`; `store-failed` when they cannot be kept; nothing is then
   *   found under their hash.
   */
  put(bytes: Uint8Array): Promise<string>;
  /**
   * @returns bytes of the caller's own, which have this hash.
   * @throws {PlanwrightError} `store-corrupt` when they are missing or damaged, `store-failed` when they cannot be read.
   */
  get(hash: string): Promise<Uint8Array>;
}

export function hashBytes(bytes: Uint8Array): string {
  return hash('sha256', bytes);
}

/** @throws {PlanwrightError} `value-too-large`; nothing was kept. */
export function refuseLargeBlob({ length }: Uint8Array, limitBytes: number = blobLimitBytes): void {
  if (length <= limitBytes) return;
  throw new PlanwrightError(
    'value-too-large',
    `The content of a file has ${length} bytes; the store keeps at most ${limitBytes} of one file. Split it, or leave it out of the workspace with workspace.skip.`,
  );
}
