import { PlanwrightError } from '../errors.ts';
import { type BlobStore, hashBytes } from './blob-store.ts';

/** Keeps blobs as long as it lives: for tests and for runs that leave nothing behind. */
export class MemoryBlobStore implements BlobStore {
  readonly #blobs = new Map<string, Uint8Array>();

  async put(bytes: Uint8Array): Promise<string> {
    const key = hashBytes(bytes);
    if (!this.#blobs.has(key)) this.#blobs.set(key, Uint8Array.from(bytes));
    return key;
  }

  async get(key: string): Promise<Uint8Array> {
    const bytes = this.#blobs.get(key);
    if (bytes === undefined) throw new PlanwrightError('store-corrupt', `Blob ${key} is not in the store.`);
    return Uint8Array.from(bytes);
  }
}
