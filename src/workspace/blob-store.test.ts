/** What holds of every blob store, and what holds of one that keeps files. */
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../../test/support/temporary-folder.ts';
import { blobLimitBytes, hashBytes } from './blob-store.ts';
import { openBlobFolder } from './folder-blob-store.ts';
import { MemoryBlobStore } from './memory-blob-store.ts';

describe.each([
  { name: 'in memory', open: async () => new MemoryBlobStore() },
  { name: 'in a folder', open: () => openBlobFolder(join(makeTemporaryFolder(), 'made', 'blobs')) },
])('blobs $name', ({ open }) => {
  it('come back byte by byte, by their SHA-256', async () => {
    const blobs = await open();
    const [empty, binary] = [new Uint8Array(0), Uint8Array.from({ length: 70_000 }, (_, index) => index % 256)];
    expect(await blobs.put(empty)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    const hash = await blobs.put(binary);
    expect(hash).toBe(hashBytes(binary));
    expect(await blobs.put(binary)).toBe(hash);
    expect(Buffer.from(await blobs.get(hash))).toEqual(Buffer.from(binary));
    expect(await blobs.get(await blobs.put(empty))).toHaveLength(0);
  });

  it('belong to the store: neither what was put nor what was got changes them', async () => {
    const blobs = await open();
    const bytes = Buffer.from('abc');
    const hash = await blobs.put(bytes);
    bytes[0] = 0;
    (await blobs.get(hash))[1] = 0;
    expect(Buffer.from(await blobs.get(hash)).toString()).toBe('abc');
  });

  it('that are missing are an error that names them', async () => {
    const hash = hashBytes(Buffer.from('never put'));
    await expect((await open()).get(hash)).rejects.toMatchObject({
      code: 'store-corrupt',
      message: expect.stringContaining(hash),
    });
  });

  it('are refused beyond 256 MiB, and nothing is kept', async () => {
    const blobs = await open();
    const large = Buffer.alloc(blobLimitBytes + 1);
    await expect(blobs.put(large)).rejects.toThrow(
      expect.objectContaining({ code: 'value-too-large', message: expect.stringContaining('at most 268435456 of one file') }),
    );
  });

  it('are listed with their sizes, and deleted unless they were put again meanwhile', async () => {
    const blobs = await open();
    const [a, b] = [await blobs.put(Buffer.from('aaa')), await blobs.put(Buffer.from('b'))];
    const held = (await blobs.list()).toSorted((one, other) => one.bytes - other.bytes);
    expect(held.map(({ hash, bytes }) => ({ hash, bytes }))).toEqual([
      { hash: b, bytes: 1 },
      { hash: a, bytes: 3 },
    ]);
    const putMs = held[1]?.putMs ?? 0;
    expect(putMs).toBeGreaterThan(0);
    expect(await blobs.delete(a, putMs - 1)).toBe(false);
    expect(Buffer.from(await blobs.get(a)).toString()).toBe('aaa');
    expect(await blobs.delete(a, putMs)).toBe(true);
    expect(await blobs.delete(a, putMs)).toBe(false);
    await expect(blobs.get(a)).rejects.toMatchObject({ code: 'store-corrupt' });
    expect((await blobs.list()).map(({ hash }) => hash)).toEqual([b]);
  });

  it('can be put by many at once', async () => {
    const blobs = await open();
    const hashes = await Promise.all(Array.from({ length: 50 }, (_, index) => blobs.put(Buffer.from(`blob ${index % 5}`))));
    expect(new Set(hashes).size).toBe(5);
    expect(Buffer.from(await blobs.get(hashes[7] ?? '')).toString()).toBe('blob 2');
  });
});

describe('a folder of blobs', () => {
  const bytes = Buffer.from('some content');
  const hash = hashBytes(bytes);
  const fileIn = (folder: string) => join(folder, hash.slice(0, 2), hash.slice(2));

  it('is for its user only, and holds each blob under its hash and nothing else', async () => {
    const folder = join(makeTemporaryFolder(), 'blobs');
    await (await openBlobFolder(folder)).put(bytes);
    expect(readdirSync(folder).toSorted()).toEqual([hash.slice(0, 2), 'incoming'].toSorted());
    expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
    expect(readFileSync(fileIn(folder))).toEqual(bytes);
    expect([folder, join(folder, hash.slice(0, 2)), fileIn(folder)].map((path) => statSync(path).mode & 0o777)).toEqual([
      0o700, 0o700, 0o600,
    ]);
  });

  it('is shared by stores that do not know of each other', async () => {
    const folder = makeTemporaryFolder();
    const [one, two] = [await openBlobFolder(folder), await openBlobFolder(folder)];
    await one.put(bytes);
    expect(Buffer.from(await two.get(hash))).toEqual(bytes);
  });

  it('never gives damaged bytes', async () => {
    const folder = makeTemporaryFolder();
    const blobs = await openBlobFolder(folder);
    await blobs.put(bytes);
    writeFileSync(fileIn(folder), 'some c0ntent');
    await expect(blobs.get(hash)).rejects.toMatchObject({ code: 'store-corrupt', location: { file: fileIn(folder) } });
  });

  it('mends a blob that a power failure cut short', async () => {
    const folder = makeTemporaryFolder();
    const blobs = await openBlobFolder(folder);
    await blobs.put(bytes);
    truncateSync(fileIn(folder), 3);
    await expect(blobs.get(hash)).rejects.toMatchObject({ code: 'store-corrupt' });
    await blobs.put(bytes);
    expect(Buffer.from(await blobs.get(hash))).toEqual(bytes);
  });

  it('is as young as the last put of its content', async () => {
    const folder = makeTemporaryFolder();
    const blobs = await openBlobFolder(folder);
    await blobs.put(bytes);
    utimesSync(fileIn(folder), 1000, 1000);
    expect((await blobs.list()).map(({ putMs }) => putMs)).toEqual([1_000_000]);
    await blobs.put(bytes);
    expect(await blobs.delete(hash, 1_000_000)).toBe(false);
    expect(Buffer.from(await blobs.get(hash))).toEqual(bytes);
    expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
  });

  it('follows no link and takes no path for a hash', async () => {
    const folder = makeTemporaryFolder();
    const blobs = await openBlobFolder(folder);
    writeFileSync(join(folder, 'elsewhere'), bytes);
    mkdirSync(join(folder, hash.slice(0, 2)));
    symlinkSync(join(folder, 'elsewhere'), fileIn(folder));
    await expect(blobs.get(hash)).rejects.toMatchObject({ code: 'store-failed', message: expect.stringContaining('ELOOP') });
    await expect(blobs.get('../../../etc/passwd')).rejects.toMatchObject({ code: 'usage' });
  });

  it('goes past what a dead process of the same number left', async () => {
    const folder = makeTemporaryFolder();
    const blobs = await openBlobFolder(folder);
    writeFileSync(join(folder, 'incoming', `${process.pid}-1`), 'half');
    await blobs.put(bytes);
    expect(Buffer.from(await blobs.get(hash))).toEqual(bytes);
    expect(readdirSync(join(folder, 'incoming'))).toEqual([`${process.pid}-1`]);
  });

  it('says so when it cannot be made', async () => {
    const file = join(makeTemporaryFolder(), 'file');
    writeFileSync(file, '');
    await expect(openBlobFolder(join(file, 'blobs'))).rejects.toMatchObject({ code: 'store-failed' });
  });
});
