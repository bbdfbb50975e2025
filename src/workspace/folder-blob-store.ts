/**
 * Blobs as files of one folder, `<first two digits>/<other 62>`. Invariants:
 * 1. A file under its hash's name holds all its bytes: it is written under another name, made durable, then renamed. When
 *    `put` has resolved, the name is durable too: a journal may refer to it.
 * 2. Bytes are checked against their hash whenever they are read.
 * 3. Any number of processes may write at once: equal names mean equal bytes, so either's rename may win.
 * 4. A file's time of modification is when its bytes were last put. It is deleted under another name, after a look at that
 *    time: who puts the bytes meanwhile finds it gone and writes it anew, or has it put back.
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, stat, unlink, utimes } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { systemClock } from '../clock.ts';
import { PlanwrightError } from '../errors.ts';
import type { BlobInventory, HeldBlob } from './blob-inventory.ts';
import { type BlobStore, hashBytes, refuseLargeBlob } from './blob-store.ts';
import { errnoOf, toFileError } from './file-error.ts';

/** What was being written when a process died stays here; nothing reads it. */
const incomingName = 'incoming';
const folderPattern = /^[0-9a-f]{2}$/;
const hashPattern = /^[0-9a-f]{64}$/;

export class FolderBlobStore implements BlobStore, BlobInventory {
  readonly #root: string;
  #written = 0;

  /** @param folder An absolute path; `openBlobFolder` makes the folder. */
  constructor(folder: string) {
    this.#root = folder;
  }

  async put(bytes: Uint8Array): Promise<string> {
    refuseLargeBlob(bytes);
    const hash = hashBytes(bytes);
    const target = this.#pathOf(hash);
    // A shorter file is one that a power failure cut: it is replaced.
    const standing = await stat(target).catch(() => undefined);
    if (standing?.isFile() === true && standing.size === bytes.length && (await touch(target))) return hash;
    try {
      const made = await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      if (made !== undefined) await syncFolder(this.#root);
      await this.#write(bytes, target);
    } catch (thrown) {
      throw toFileError('store-failed', `Blob ${hash} cannot be kept in ${this.#root}`, thrown);
    }
    return hash;
  }

  async get(hash: string): Promise<Uint8Array> {
    const file = this.#pathOf(hash);
    const bytes = await readPlainFile(file).catch((thrown: unknown) => {
      if (errnoOf(thrown) !== 'ENOENT') throw toFileError('store-failed', `Blob ${file} cannot be read`, thrown);
      throw new PlanwrightError('store-corrupt', `Blob ${hash} is not in ${this.#root}.`, { cause: thrown, location: { file } });
    });
    const found = hashBytes(bytes);
    if (found === hash) return bytes;
    throw new PlanwrightError(
      'store-corrupt',
      `Blob ${file} is damaged: its bytes have the hash ${found}. Restore it from a copy, or delete it so that it is made again.`,
      { location: { file } },
    );
  }

  async list(): Promise<HeldBlob[]> {
    const held: HeldBlob[] = [];
    try {
      for (const folder of (await readdir(this.#root)).filter((name) => folderPattern.test(name))) {
        for (const rest of await readdir(join(this.#root, folder))) {
          const hash = `${folder}${rest}`;
          if (!hashPattern.test(hash)) continue;
          const found = await stat(this.#pathOf(hash)).catch(() => undefined);
          if (found?.isFile() === true) held.push({ hash, bytes: found.size, putMs: Math.floor(found.mtimeMs) });
        }
      }
    } catch (thrown) {
      throw toFileError('store-failed', `The blobs of ${this.#root} cannot be listed`, thrown);
    }
    return held;
  }

  async delete(hash: string, notAfterMs: number): Promise<boolean> {
    const file = this.#pathOf(hash);
    this.#written += 1;
    const aside = join(this.#root, incomingName, `${process.pid}-${this.#written}-leaving`);
    try {
      await rename(file, aside);
      if (Math.floor((await stat(aside)).mtimeMs) > notAfterMs) {
        await rename(aside, file);
        return false;
      }
      await unlink(aside);
      return true;
    } catch (thrown) {
      if (errnoOf(thrown) === 'ENOENT') return false;
      throw toFileError('store-failed', `Blob ${file} cannot be deleted`, thrown);
    }
  }

  #pathOf(hash: string): string {
    if (!hashPattern.test(hash)) throw new PlanwrightError('usage', `"${hash.slice(0, 80)}" is no SHA-256 in lower-case hex.`);
    return join(this.#root, hash.slice(0, 2), hash.slice(2));
  }

  async #write(bytes: Uint8Array, target: string): Promise<void> {
    const { handle, path } = await this.#openIncoming();
    try {
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(path, target);
      await syncFolder(dirname(target));
    } catch (thrown) {
      await unlink(path).catch(() => undefined);
      throw thrown;
    }
  }

  /** A name that no other process has: its number, ours, and the next one when a dead process left that. */
  async #openIncoming(): Promise<{ handle: FileHandle; path: string }> {
    for (;;) {
      this.#written += 1;
      const path = join(this.#root, incomingName, `${process.pid}-${this.#written}`);
      try {
        return { handle: await open(path, 'wx', 0o600), path };
      } catch (thrown) {
        if (errnoOf(thrown) !== 'EEXIST') throw thrown;
      }
    }
  }
}

/**
 * @param folder Made when it is missing, for this user only.
 * @throws {PlanwrightError} `store-failed` when it cannot be made.
 */
export async function openBlobFolder(folder: string): Promise<FolderBlobStore> {
  const root = resolve(folder);
  await mkdir(join(root, incomingName), { recursive: true, mode: 0o700 }).catch((thrown: unknown) => {
    throw toFileError('store-failed', `The folder ${root} cannot be made`, thrown);
  });
  return new FolderBlobStore(root);
}

async function readPlainFile(file: string): Promise<Uint8Array> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** @returns false when the file is gone. */
async function touch(file: string): Promise<boolean> {
  const now = new Date(systemClock.now());
  return utimes(file, now, now).then(
    () => true,
    () => false,
  );
}

/** A rename lasts through a power failure once its folder has been synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
