/** What a blob store of our own lets its owner see and remove; a `BlobStore` in use only grows. */

export interface HeldBlob {
  hash: string;
  bytes: number;
  /** When it was last put, in milliseconds since the Unix epoch. */
  putMs: number;
}

export interface BlobInventory {
  list(): Promise<HeldBlob[]>;
  /** @returns false when it is gone already, or was put again after `notAfterMs`; it then stays. */
  delete(hash: string, notAfterMs: number): Promise<boolean>;
}
