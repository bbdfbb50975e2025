import { type Clock, systemClock } from '../clock.ts';
import { PlanwrightError } from '../errors.ts';
import type { BlobInventory, HeldBlob } from './blob-inventory.ts';
import { type BlobStore, hashBytes, refuseLargeBlob } from './blob-store.ts';

/** Keeps blobs as long as it lives: for tests and for runs that leave nothing behind. */
export class MemoryBlobStore implements BlobStore, BlobInventory {
  readonly #blobs = new Map<string, { content: Uint8Array; putMs: number }>();
  readonly #clock: Clock;

  constructor({ clock = systemClock }: { clock?: Clock } = {}) {
    this.#clock = clock;
  }

  async put(bytes: Uint8Array): Promise<string> {
    refuseLargeBlob(bytes);
    const key = hashBytes(bytes);
    const content = this.#blobs.get(key)?.content ?? Uint8Array.from(bytes);
    this.#blobs.set(key, { content, putMs: this.#clock.now() });
    return key;
  }

  async get(key: string): Promise<Uint8Array> {
    const blob = this.#blobs.get(key);
    if (blob === undefined) throw new PlanwrightError('store-corrupt', `Blob ${key} is not in the store.`);
    return Uint8Array.from(blob.content);
  }

  /** Its bytes as text, each byte a character. */
  async find(key: string): Promise<string | undefined> {
    const blob = this.#blobs.get(key);
    return blob === undefined ? undefined : Buffer.from(blob.content).toString('latin1');
  }

  async list(): Promise<HeldBlob[]> {
    return [...this.#blobs].map(([hash, { content, putMs }]) => ({ hash, bytes: content.length, putMs }));
  }

  async delete(hash: string, notAfterMs: number): Promise<boolean> {
    const blob = this.#blobs.get(hash);
    return blob !== undefined && blob.putMs <= notAfterMs && this.#blobs.delete(hash);
  }
}
