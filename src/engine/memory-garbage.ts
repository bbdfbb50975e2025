/** Removes what nothing refers to any more from a store in memory. */
import type { Json } from '../json.ts';
import type { MemoryBlobStore } from '../workspace/memory-blob-store.ts';
import { markLive } from './mark-live.ts';
import type { Garbage } from './store.ts';

export interface HeldValue {
  value: Json;
  /** When it was last put. */
  putMs: number;
}

export interface MemoryHeap {
  /** What was put later stays. */
  notAfterMs: number;
  /** Everything that is kept for its own sake, as JSON. */
  records: Iterable<string>;
  values: Map<string, HeldValue>;
  blobs: MemoryBlobStore;
}

export async function collectMemoryGarbage({ notAfterMs, records, values, blobs }: MemoryHeap): Promise<Garbage> {
  const live = await markLive(records, {
    readValue: async (hash) => {
      const held = values.get(hash);
      return held === undefined ? undefined : JSON.stringify(held.value);
    },
    readBlob: (hash) => blobs.find(hash),
  });
  const garbage: Garbage = { values: 0, blobs: 0, bytes: 0 };
  for (const [hash, { value, putMs }] of values) {
    if (putMs > notAfterMs || live.has(hash)) continue;
    values.delete(hash);
    garbage.values += 1;
    garbage.bytes += Buffer.byteLength(JSON.stringify(value));
  }
  for (const { hash, bytes } of await blobs.list()) {
    if (live.has(hash) || !(await blobs.delete(hash, notAfterMs))) continue;
    garbage.blobs += 1;
    garbage.bytes += bytes;
  }
  return garbage;
}
