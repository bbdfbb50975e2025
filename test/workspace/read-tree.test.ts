/** A real folder as a tree. Numbers cite the invariants of read-tree.ts. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BlobStore, defaultTreeRules, hashTree, MemoryBlobStore, readTree } from 'planwright';
import { describe, expect, test } from 'vitest';
import { makeRoot, startSwapper, writeFiles } from './folders.ts';
import { readTexts, storeTree } from './stored-tree.ts';

/** Calls `before` with each content before it is kept: the moment between two readings. */
function watchedBlobs(before: (text: string) => void): BlobStore {
  const blobs = new MemoryBlobStore();
  return {
    put(bytes) {
      before(Buffer.from(bytes).toString());
      return blobs.put(bytes);
    },
    get: (hash) => blobs.get(hash),
  };
}

describe('what is read', () => {
  test('is every file with its content and whether it is executable; the same files give the same tree', async () => {
    const { root } = makeRoot();
    const files = { 'a.txt': 'a\n', 'd/e/f.ts': 'f', '.env': 'KEY=1', __proto__x: '', 'd/ü "q"': '\0' };
    writeFiles(root, files);
    writeFiles(root, { __proto__: 'own' });
    mkdirSync(join(root, 'empty'));
    chmodSync(join(root, 'a.txt'), 0o755);
    const blobs = new MemoryBlobStore();
    const { tree, leftOut, caseCollisions } = await readTree(root, blobs);
    const expected = { ...files, 'a.txt': { content: 'a\n', mode: 'executable' as const } };
    expect(tree).toEqual(await storeTree(blobs, expected));
    expect([leftOut, caseCollisions]).toEqual([[], []]);
    expect(hashTree((await readTree(root, blobs)).tree)).toBe(hashTree(tree));
  });

  test('is a file named __proto__ too', async () => {
    const { root } = makeRoot();
    writeFileSync(join(root, '__proto__'), 'own');
    const { tree } = await readTree(root, new MemoryBlobStore());
    expect(tree.files.map(({ path }) => path)).toEqual(['__proto__']);
  });

  test('is not what leads elsewhere, blocks, has no usable name, or belongs to Git; each is reported', async () => {
    const { root, outside } = makeRoot();
    writeFiles(root, {
      'a.txt': 'a',
      '.git/config': '[core]',
      'sub/.git': 'gitdir: ../x',
      'node_modules/x/i.js': 'x',
      'new\nline': '',
      'back\\slash': '',
    });
    symlinkSync('/etc', join(root, 'etc'));
    symlinkSync(join(outside, 'secret'), join(root, 'secret'));
    symlinkSync('a.txt', join(root, 'sub', 'inside'));
    symlinkSync('.', join(root, 'loop'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff])]), 'no UTF-8');
    const { tree, leftOut } = await readTree(root, new MemoryBlobStore(), { skip: ['node_modules'] });
    expect(tree.files.map(({ path }) => path)).toEqual(['a.txt']);
    expect(leftOut).toEqual([
      { reason: 'git', count: 2, examples: ['.git', 'sub/.git'] },
      { reason: 'link', count: 4, examples: ['etc', 'loop', 'secret', 'sub/inside'] },
      { reason: 'name', count: 3, examples: ['back\\slash', 'f\uFFFD', 'new\nline'] },
      { reason: 'skipped', count: 1, examples: ['node_modules'] },
      { reason: 'special', count: 1, examples: ['pipe'] },
    ]);
  });

  test('is Git’s part too when the rules say so', async () => {
    const { root } = makeRoot();
    writeFiles(root, { '.git/config': '[core]' });
    const rules = { ...defaultTreeRules, gitInternals: true };
    expect((await readTree(root, new MemoryBlobStore(), { rules })).tree.files.map(({ path }) => path)).toEqual(['.git/config']);
  });

  test('puts only contents that the base does not have', async () => {
    const { root } = makeRoot();
    writeFiles(root, { a: 'old', b: 'old', c: 'new' });
    const put: string[] = [];
    const base = await storeTree(new MemoryBlobStore(), { x: 'old' });
    await readTree(
      root,
      watchedBlobs((text) => put.push(text)),
      { base },
    );
    expect(put).toEqual(['new']);
  });

  test('reports names that collide where case does not count', async () => {
    const { root } = makeRoot();
    writeFiles(root, { 'Read.me': '1', 'read.me': '2' });
    expect((await readTree(root, new MemoryBlobStore())).caseCollisions).toEqual([['Read.me', 'read.me']]);
  });

  test('follows the given folder itself when that is a link', async () => {
    const { root, outside } = makeRoot();
    symlinkSync(outside, join(root, 'link'));
    const { tree } = await readTree(join(root, 'link'), new MemoryBlobStore());
    expect(tree.files.map(({ path }) => path)).toEqual(['secret']);
  });
});

describe('bounds', () => {
  const rules = { ...defaultTreeRules, files: 3, fileBytes: 10, totalBytes: 20, pathBytes: 20, depth: 3, entries: 6 };

  test.each([
    ['files', { a: '', b: '', c: '', d: '' }, /root": more than 3 files/],
    ['file size', { a: 'x'.repeat(11) }, 'File "a" has 11 bytes; at most 10 are kept.'],
    [
      'total size',
      { a: 'x'.repeat(10), 'c/b': 'x'.repeat(10), 'd/c': 'x' },
      /Folder "d" and what comes before it: more than 20 bytes/,
    ],
    ['path length', { 'a/long-long-long-name': '' }, 'Path "a/long-long-long-name" has 21 bytes; at most 20 are kept.'],
    ['depth', { 'a/b/c/d': '' }, 'Path "a/b/c/d" has 4 parts; at most 3 are kept.'],
    ['entries', { '1/a': '', '2/a': '', '3/a': '', '4/a': '' }, /more than 6 entries/],
  ])('on %s are errors that name the place', async (_name, files, message) => {
    const { root } = makeRoot();
    writeFiles(root, files);
    const read = readTree(root, new MemoryBlobStore(), { rules });
    await expect(read).rejects.toMatchObject({ code: 'value-too-large' });
    await expect(read).rejects.toThrow(message);
  });

  test('are kept without reading: a file of a terabyte is refused at once', async () => {
    const { root } = makeRoot();
    writeFileSync(join(root, 'sparse'), '');
    truncateSync(join(root, 'sparse'), 2 ** 40);
    await expect(readTree(root, new MemoryBlobStore())).rejects.toThrow(
      'File "sparse" has 1099511627776 bytes; at most 16777216',
    );
  });

  test('ends when the caller gives up', async () => {
    const { root } = makeRoot();
    writeFiles(root, { a: '' });
    await expect(readTree(root, new MemoryBlobStore(), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  test.each(['nowhere', 'file', 'file/below'])('a folder that is none is a usage error: %s', async (path) => {
    const { root } = makeRoot();
    writeFiles(root, { file: '' });
    await expect(readTree(join(root, path), new MemoryBlobStore())).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('a folder that changes while it is read (2)', () => {
  test('is read again: what comes out stood at one moment', async () => {
    const { root } = makeRoot();
    writeFiles(root, { a: 'a1', b: 'b1', 'd/c': 'c1' });
    let changes = 0;
    const blobs = watchedBlobs((text) => {
      if (text !== 'c1' || changes > 0) return;
      changes += 1;
      // Read already: without the look back the tree would have the old "a" beside the new "d".
      writeFileSync(join(root, 'a'), 'a2');
      writeFileSync(join(root, 'd/new'), 'n');
      unlinkSync(join(root, 'b'));
    });
    const { tree } = await readTree(root, blobs);
    expect(await readTexts(blobs, tree)).toEqual({ a: 'a2', 'd/c': 'c1', 'd/new': 'n' });
  });

  test('is an error that names what changed when it never stands still', async () => {
    const { root } = makeRoot();
    writeFiles(root, { a: 'a', log: '' });
    const blobs = watchedBlobs((text) => writeFileSync(join(root, 'log'), `${text}.`, { flag: 'a' }));
    await expect(readTree(root, blobs)).rejects.toMatchObject({
      code: 'workspace-failed',
      recovery: 'retry',
      details: { changed: ['log'] },
      message: '"log" changed while the folder was read, 3 times. Stop what writes to it and try again.',
    });
  });

  test('is noticed when only the mode changes, or a file gives way to a link', async () => {
    const { root, outside } = makeRoot();
    writeFiles(root, { a: 'a', b: 'b' });
    let isFirst = true;
    const blobs = watchedBlobs(() => {
      if (!isFirst) return;
      isFirst = false;
      chmodSync(join(root, 'a'), 0o755);
      rmSync(join(root, 'b'));
      symlinkSync(join(outside, 'secret'), join(root, 'b'));
    });
    const { tree, leftOut } = await readTree(root, blobs);
    expect(tree.files).toMatchObject([{ path: 'a', mode: 'executable' }]);
    expect(leftOut).toEqual([{ reason: 'link', count: 1, examples: ['b'] }]);
  });
});

describe('nothing outside is read (1)', () => {
  test('when a folder is replaced by a link while it is read', async () => {
    const { root, outside } = makeRoot();
    writeFiles(outside, { 'd/secret': 'not yours' });
    writeFiles(root, { 'd/a': 'first', 'd/d/secret': 'mine' });
    const seen: string[] = [];
    const blobs = watchedBlobs((text) => {
      if (seen.push(text) > 1) return;
      renameSync(join(root, 'd'), join(root, 'moved'));
      symlinkSync(outside, join(root, 'd'));
    });
    const { tree, leftOut } = await readTree(root, blobs);
    expect(await readTexts(blobs, tree)).toEqual({ 'moved/a': 'first', 'moved/d/secret': 'mine' });
    expect(leftOut).toEqual([{ reason: 'link', count: 1, examples: ['d'] }]);
    expect(seen).toEqual(['first', 'mine', 'first', 'mine']);
  });

  test('while another process keeps replacing a folder by a link', async () => {
    const { root, outside } = makeRoot();
    writeFiles(root, { 'd/secret': 'mine', 'd/e/secret': 'mine' });
    const seen = new Set<string>();
    const swapper = await startSwapper(join(root, 'd'), outside);
    for (let round = 0; round < 60; round += 1) {
      await readTree(
        root,
        watchedBlobs((text) => void seen.add(text)),
      ).catch(() => undefined);
    }
    expect(await swapper.stop()).toBeGreaterThan(100);
    expect([...seen]).toEqual(['mine']);
  });
});
