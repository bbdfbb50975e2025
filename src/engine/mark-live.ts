/**
 * Which stored values and blobs something still refers to. The mark is conservative: whatever looks like a SHA-256 counts as a
 * reference, wherever it stands, so a reference in a form that this file does not know of is seen too.
 */

export interface Heap {
  /** Undefined when no value has this hash. */
  readValue(hash: string): Promise<string | undefined>;
  /** The bytes as text, each byte a character; undefined when no blob has this hash. */
  readBlob(hash: string): Promise<string | undefined>;
}

/** 64 hex digits; within a longer row of them, at every place. */
const hexRow = /[0-9a-f]{64,}/g;
const hashDigits = 64;

export function* findHashes(text: string): Iterable<string> {
  for (const [row] of text.matchAll(hexRow)) {
    for (let at = 0; at + hashDigits <= row.length; at += 1) yield row.slice(at, at + hashDigits);
  }
}

/**
 * @param roots Texts of all records that are kept for their own sake.
 * @returns every hash that they name, and those named by the values and blobs so found; some may be hashes of nothing.
 */
export async function markLive(roots: AsyncIterable<string> | Iterable<string>, heap: Heap): Promise<ReadonlySet<string>> {
  const live = new Set<string>();
  const unread: string[] = [];
  const mark = (text: string): void => {
    for (const hash of findHashes(text)) {
      if (live.has(hash)) continue;
      live.add(hash);
      unread.push(hash);
    }
  };
  for await (const text of roots) mark(text);
  for (let hash = unread.pop(); hash !== undefined; hash = unread.pop()) {
    const [value, blob] = [await heap.readValue(hash), await heap.readBlob(hash)];
    if (value !== undefined) mark(value);
    if (blob !== undefined) mark(blob);
  }
  return live;
}
