import { PlanwrightError } from '../errors.ts';
import type { BlobStore } from './blob-store.ts';
import type { FileState } from './tree.ts';
import { showPath } from './tree-rules.ts';

/**
 * The content of a file.
 * @throws {PlanwrightError} as `BlobStore.get`; `usage` when it has another size than the tree or patch says.
 */
export async function getFile(blobs: BlobStore, { hash, size }: FileState, path: string): Promise<Uint8Array> {
  const bytes = await blobs.get(hash);
  if (bytes.length === size) return bytes;
  throw new PlanwrightError('usage', `${showPath(path)} is listed with ${size} bytes; its content ${hash} has ${bytes.length}.`, {
    details: { path },
  });
}
