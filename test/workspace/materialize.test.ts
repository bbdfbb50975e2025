/** A tree in a real folder. Numbers cite the invariants of materialize.ts. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { type BlobStore, emptyTree, MemoryBlobStore, materialize, readTree, type Tree } from 'planwright';
import { describe, expect, test } from 'vitest';
import { openFolder } from '../../src/workspace/anchored-folder.ts';
import { fillFolder } from '../../src/workspace/materialize.ts';
import { expectUntouched, listFolder, makeRoot, startSwapper } from './folders.ts';
import { storeTree } from './stored-tree.ts';

/** Calls `before` with each content before it is written: the moment between the check of a folder and the write in it. */
function watchedBlobs(blobs: BlobStore, before: (text: string) => void): BlobStore {
  return {
    put: (bytes) => blobs.put(bytes),
    async get(hash) {
      const bytes = await blobs.get(hash);
      before(Buffer.from(bytes).toString());
      return bytes;
    },
  };
}

describe('a tree', () => {
  test('comes back from a folder as it went in', async () => {
    const { root } = makeRoot();
    const blobs = new MemoryBlobStore();
    const tree = await storeTree(blobs, {
      'a.txt': 'a\r\n',
      'bin/run': { content: '#!/bin/sh\n', mode: 'executable' },
      'd/e/f/g': '',
      'd/binary': Buffer.from([0, 255]),
      'dé/"q" b': 'q',
      '-rf': '',
    });
    await materialize(tree, blobs, { folder: root });
    expect((await readTree(root, blobs)).tree).toEqual(tree);
    expect(statSync(join(root, 'd')).mode & 0o777).toBe(0o700);
  });

  test('of no files leaves the folder empty', async () => {
    const { root } = makeRoot();
    await materialize(emptyTree, new MemoryBlobStore(), { folder: root });
    expect(readdirSync(root)).toEqual([]);
  });

  test.each(['file', 'folder', 'link'])('is not written where something is: a %s', async (kind) => {
    const { root, outside } = makeRoot();
    if (kind === 'file') writeFileSync(join(root, 'x'), 'mine');
    if (kind === 'folder') mkdirSync(join(root, 'x'));
    if (kind === 'link') symlinkSync(outside, join(root, 'x'));
    const before = listFolder(root);
    const blobs = new MemoryBlobStore();
    const written = materialize(await storeTree(blobs, { a: 'a' }), blobs, { folder: root });
    await expect(written).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('is not empty (it has "x")') });
    expect(listFolder(root)).toEqual(before);
  });

  test('is not written where there is no folder', async () => {
    const { root } = makeRoot();
    await expect(materialize(emptyTree, new MemoryBlobStore(), { folder: join(root, 'no') })).rejects.toMatchObject({
      code: 'usage',
    });
  });
});

describe('nothing is written outside (1)', () => {
  const parts = ['..', '.', '/', '/', '\\', '\0', '\n', 'C:', 'a', 'b', '.git', '', ' ', '~', '$HOME', '\ud800', 'x'.repeat(300)];
  const hostileName = fc.array(fc.constantFrom(...parts), { maxLength: 6 }).map((texts) => texts.join(''));

  test('whatever the names in the tree: a name is refused, or is the name of the file', async () => {
    const { root, outside } = makeRoot();
    const blobs = new MemoryBlobStore();
    const state = { hash: await blobs.put(Buffer.from('x')), mode: 'file', size: 1 } as const;
    let written = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(hostileName, fc.string({ maxLength: 8 })), async (path) => {
        const folder = mkdtempSync(join(root, 'tree-'));
        const tree: Tree = { version: 1, files: [{ path, ...state }] };
        const failure = await materialize(tree, blobs, { folder }).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        const files = Object.entries(listFolder(folder)).filter(([, content]) => content !== null);
        expect(files).toEqual(failure === undefined ? [[path, 'x']] : []);
        if (failure === undefined) written += 1;
        expect(readdirSync(join(root, '..')).toSorted()).toEqual(['outside', 'root']);
        rmSync(folder, { recursive: true });
        expect(readdirSync(root)).toEqual([]);
      }),
      { numRuns: 300, seed: 3 },
    );
    expect(written).toBeGreaterThan(50);
    expectUntouched(outside);
  });

  test('when a link replaces a folder between its check and the write', async () => {
    const { root, outside } = makeRoot();
    const blobs = new MemoryBlobStore();
    const tree = await storeTree(blobs, { a: '1', 'd/secret': 'mine', 'd/more': 'mine' });
    const planted = watchedBlobs(blobs, (text) => {
      if (text !== 'mine' || readdirSync(root).includes('moved')) return;
      renameSync(join(root, 'd'), join(root, 'moved'));
      symlinkSync(outside, join(root, 'd'));
    });
    await expect(materialize(tree, planted, { folder: root })).rejects.toMatchObject({
      code: 'workspace-failed',
      message: 'Folder "d" was moved away while it was written.',
    });
    expectUntouched(outside);
    expect(listFolder(root)).toEqual({});
  });

  test('when a link has the name of a file or folder that comes next', async () => {
    for (const next of ['b', 'd']) {
      const { root, outside } = makeRoot();
      const blobs = new MemoryBlobStore();
      const tree = await storeTree(blobs, {
        ...Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`a${index}`, 'a'])),
        b: 'b',
        'd/c': 'c',
      });
      const planted = watchedBlobs(blobs, (text) => {
        if (text === 'a' && !readdirSync(root).includes(next))
          symlinkSync(next === 'b' ? join(outside, 'secret') : outside, join(root, next));
      });
      await expect(materialize(tree, planted, { folder: root })).rejects.toMatchObject({
        code: 'workspace-failed',
        message: `"${next}" cannot be written: something has that name already.`,
      });
      expectUntouched(outside);
      expect(listFolder(root)).toEqual({});
    }
  });

  test('while another process keeps replacing a folder by a link', async () => {
    const { root, outside } = makeRoot();
    const blobs = new MemoryBlobStore();
    const tree = await storeTree(blobs, {
      'd/e/secret': 'mine',
      ...Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`d/${index}`, `${index}`])),
    });
    const swapper = await startSwapper(join(root, 'd'), outside);
    for (let round = 0; round < 60; round += 1) {
      await materialize(tree, blobs, { folder: root }).catch(() => undefined);
      for (const name of readdirSync(root)) rmSync(join(root, name), { recursive: true, force: true });
    }
    expect(await swapper.stop()).toBeGreaterThan(20);
    expectUntouched(outside);
  });

  test('where a folder can’t be held: its path is checked before anything is written to an opened file', async () => {
    const { root, outside } = makeRoot();
    const blobs = new MemoryBlobStore();
    const tree = await storeTree(blobs, { 'd/secret': 'mine', 'd/e/f': 'mine too' });
    const folder = await openFolder(root, 'path');
    await fillFolder(folder, tree, { blobs });
    expect(listFolder(root)).toEqual({ d: null, 'd/e': null, 'd/e/f': 'mine too', 'd/secret': 'mine' });
    rmSync(join(root, 'd'), { recursive: true });
    const planted = watchedBlobs(blobs, () => {
      if (readdirSync(root).includes('moved')) return;
      renameSync(join(root, 'd'), join(root, 'moved'));
      symlinkSync(outside, join(root, 'd'));
    });
    await expect(fillFolder(folder, tree, { blobs: planted })).rejects.toMatchObject({ code: 'workspace-failed' });
    await folder.handle.close();
    expectUntouched(outside);
  });
});

describe('all or nothing (2)', () => {
  test('a content that is missing leaves the folder empty', async () => {
    const { root } = makeRoot();
    const blobs = new MemoryBlobStore();
    const tree = await storeTree(blobs, { 'a/b': '1', c: '2', z: 'kept elsewhere' });
    const some = new MemoryBlobStore();
    await storeTree(some, { 'a/b': '1', c: '2' });
    await expect(materialize(tree, some, { folder: root })).rejects.toMatchObject({ code: 'store-corrupt' });
    expect(listFolder(root)).toEqual({});
  });

  test('a content of another size than the tree says is refused', async () => {
    const { root } = makeRoot();
    const blobs = new MemoryBlobStore();
    const { files } = await storeTree(blobs, { a: '12' });
    const lying: Tree = { version: 1, files: files.map((file) => ({ ...file, size: 3 })) };
    await expect(materialize(lying, blobs, { folder: root })).rejects.toThrow('"a" is listed with 3 bytes; its content');
  });

  test('an abort leaves the folder empty', async () => {
    const { root } = makeRoot();
    const blobs = new MemoryBlobStore();
    const stop = new AbortController();
    const tree = await storeTree(blobs, Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`d/${index}`, `${index}`])));
    const stopping = watchedBlobs(blobs, (text) => {
      if (text === '20') stop.abort();
    });
    await expect(materialize(tree, stopping, { folder: root, signal: stop.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(listFolder(root)).toEqual({});
  });
});
