/** Attempts in their workspaces. Numbers cite the invariants of workspace.ts. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  applyPatch,
  type BlobStore,
  clearWorkspaces,
  MemoryBlobStore,
  mergePatches,
  openWorkspace,
  parsePatch,
  type Tree,
  toErrorRecord,
} from 'planwright';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { expectUntouched, listFolder, makeRoot, startSwapper, writeFiles } from './folders.ts';
import { readTexts, storeTree } from './stored-tree.ts';

const files = { 'src/a.ts': 'one\ntwo\nthree\n', 'src/b.ts': 'b\n', 'README.md': '# Title\n' };
let blobs: BlobStore;
let base: Tree;
let root = '';

beforeEach(async () => {
  blobs = new MemoryBlobStore();
  base = await storeTree(blobs, files);
  root = join(makeTemporaryFolder(), 'made', 'workspaces');
});

describe('a workspace', () => {
  test('starts as the base, for its user only (1)', async () => {
    await using workspace = await openWorkspace({ base, blobs, root });
    expect(listFolder(workspace.folder)).toEqual({ ...files, src: null });
    expect([statSync(workspace.folder).mode & 0o777, statSync(root).mode & 0o777]).toEqual([0o700, 0o700]);
    const { patch, tree } = await workspace.snapshot();
    expect([patch.changes, tree]).toEqual([[], base]);
  });

  test('gives what was done in it as a patch, again and again (2)', async () => {
    await using workspace = await openWorkspace({ base, blobs, root });
    writeFiles(workspace.folder, { 'src/a.ts': 'one\n2\nthree\n', 'src/new/c.ts': 'c\n' });
    unlinkSync(join(workspace.folder, 'README.md'));
    const first = await workspace.snapshot();
    expect(first.patch.changes.map(({ kind, path }) => [kind, path])).toEqual([
      ['removed', 'README.md'],
      ['changed', 'src/a.ts'],
      ['added', 'src/new/c.ts'],
    ]);
    const patch = parsePatch(JSON.parse(JSON.stringify(first.patch)));
    expect(await readTexts(blobs, applyPatch(base, patch))).toEqual({
      'src/a.ts': 'one\n2\nthree\n',
      'src/b.ts': 'b\n',
      'src/new/c.ts': 'c\n',
    });
    rmSync(join(workspace.folder, 'src/new'), { recursive: true });
    expect((await workspace.snapshot()).patch.changes).toEqual(first.patch.changes.slice(0, 2));
  });

  test('is not seen by another of the same base, and their patches merge (1)', async () => {
    await using first = await openWorkspace({ base, blobs, root });
    await using second = await openWorkspace({ base, blobs, root });
    expect(first.folder).not.toBe(second.folder);
    writeFiles(first.folder, { 'src/a.ts': 'ONE\ntwo\nthree\n' });
    writeFiles(second.folder, { 'src/a.ts': 'one\ntwo\nTHREE\n', 'src/b.ts': 'B\n' });
    expect(readFileSync(join(second.folder, 'src/a.ts'), 'utf8')).toBe('one\ntwo\nTHREE\n');
    const [one, two] = await Promise.all([first.snapshot(), second.snapshot()]);
    const merge = await mergePatches(base, [one.patch, two.patch], { blobs });
    if (merge.kind === 'conflict') throw new Error('conflict');
    // What depends on both starts from the merged tree.
    await using joined = await openWorkspace({ base: merge.tree, blobs, root });
    expect(listFolder(joined.folder)).toEqual({ ...files, src: null, 'src/a.ts': 'ONE\ntwo\nTHREE\n', 'src/b.ts': 'B\n' });
  });

  test('leaves out links and what it is told to skip, and says so', async () => {
    await using workspace = await openWorkspace({ base, blobs, root, skip: ['node_modules'] });
    writeFiles(workspace.folder, { 'node_modules/x/i.js': 'x' });
    unlinkSync(join(workspace.folder, 'src/b.ts'));
    symlinkSync('/etc/passwd', join(workspace.folder, 'src/b.ts'));
    const { patch, leftOut } = await workspace.snapshot();
    expect(patch.changes).toMatchObject([{ kind: 'removed', path: 'src/b.ts' }]);
    expect(leftOut.map(({ reason, examples }) => [reason, examples])).toEqual([
      ['link', ['src/b.ts']],
      ['skipped', ['node_modules']],
    ]);
  });

  test('may be filled from a store that has lost a content: an error, and no folder (3)', async () => {
    await expect(openWorkspace({ base, blobs: new MemoryBlobStore(), root })).rejects.toMatchObject({ code: 'store-corrupt' });
    expect(readdirSync(root)).toEqual([]);
  });
});

describe('the end of a workspace (3)', () => {
  test('removes its folder and nothing else, whatever was put there', async () => {
    const { outside } = makeRoot();
    const workspace = await openWorkspace({ base, blobs, root });
    await using other = await openWorkspace({ base, blobs, root });
    const deep = join(workspace.folder, ...Array.from({ length: 200 }, () => 'd'));
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, 'file'), '');
    symlinkSync(outside, join(workspace.folder, 'link'));
    symlinkSync(outside, join(deep, 'link'));
    writeFiles(workspace.folder, { '.planwright-removed-1': 'mine', '.planwright-removed-2/x': 'mine', '.git/config': '' });
    await Promise.all([workspace.dispose(), workspace.dispose()]);
    expect(readdirSync(root)).toEqual([other.folder.slice(root.length + 1)]);
    expectUntouched(outside);
    await expect(workspace.snapshot()).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('has been disposed of'),
    });
  });

  test('removes nothing outside while a folder keeps being replaced by a link', async () => {
    const { outside } = makeRoot();
    const names = Array.from({ length: 60 }, (_, index) => `${index}`);
    writeFiles(outside, Object.fromEntries(names.map((name) => [name, 'not yours'])));
    const before = listFolder(outside);
    const tree = await storeTree(blobs, new Map(names.map((name) => [`d/${name}`, 'mine'])));
    let swaps = 0;
    for (let round = 0; round < 6; round += 1) {
      const workspace = await openWorkspace({ base: tree, blobs, root });
      const swapper = await startSwapper(join(workspace.folder, 'd'), outside);
      // It may give up while the swaps go on: that is an error, not a loss.
      const ended = await workspace.dispose().catch(toErrorRecord);
      expect([undefined, 'workspace-failed']).toContain(ended?.code);
      swaps += await swapper.stop();
      expect(listFolder(outside)).toEqual(before);
    }
    expect(swaps).toBeGreaterThan(6);
  });

  test('comes with the abort of its signal, in the middle of a snapshot too', async () => {
    const stop = new AbortController();
    const workspace = await openWorkspace({ base, blobs, root, signal: stop.signal });
    const taken = workspace.snapshot();
    stop.abort(new Error('The run was cancelled.'));
    await expect(taken).rejects.toThrow('The run was cancelled.');
    await workspace.dispose();
    expect(existsSync(workspace.folder)).toBe(false);
    await expect(workspace.snapshot()).rejects.toThrow('The run was cancelled.');
  });

  test('comes without anybody waiting for it', async () => {
    const stop = new AbortController();
    const workspace = await openWorkspace({ base, blobs, root, signal: stop.signal });
    stop.abort();
    while (existsSync(workspace.folder)) await sleep(1);
    expect(readdirSync(root)).toEqual([]);
  });

  test('comes before the beginning when the signal has aborted or aborts while it is filled', async () => {
    await expect(openWorkspace({ base, blobs, root, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    expect(existsSync(root)).toBe(false);
    const stop = new AbortController();
    const stopping: BlobStore = {
      put: (bytes) => blobs.put(bytes),
      get(hash) {
        stop.abort();
        return blobs.get(hash);
      },
    };
    await expect(openWorkspace({ base, blobs: stopping, root, signal: stop.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(readdirSync(root)).toEqual([]);
  });

  test('after a process was killed is cleared by the next one', async () => {
    const { outside } = makeRoot();
    writeFiles(root, { 'workspace-aaaaaa/src/a.ts': 'left', 'workspace-bbbbbb/x': 'left' });
    symlinkSync(outside, join(root, 'workspace-aaaaaa', 'link'));
    await clearWorkspaces(root);
    expect(readdirSync(root)).toEqual([]);
    expectUntouched(outside);
  });

  test('is no error when somebody has removed the folder already', async () => {
    const workspace = await openWorkspace({ base, blobs, root });
    rmSync(workspace.folder, { recursive: true });
    await workspace.dispose();
    expect(readdirSync(root)).toEqual([]);
  });

  test('leaves what stands in its place after a move', async () => {
    const { outside } = makeRoot();
    const workspace = await openWorkspace({ base, blobs, root });
    renameSync(workspace.folder, join(root, 'moved'));
    symlinkSync(outside, workspace.folder);
    await expect(workspace.dispose()).rejects.toMatchObject({ code: 'workspace-failed' });
    expectUntouched(outside);
    expect(readdirSync(join(root, 'moved'))).toEqual([]);
  });
});

test('1,000 files of 4 kB are snapped in well under a second, and a changed one is never missed', {
  timeout: 60_000,
}, async () => {
  const names = Array.from({ length: 1000 }, (_, index) => `d${index % 40}/f${index}.txt`);
  const tree = await storeTree(blobs, new Map(names.map((name) => [name, `${name}\n`.repeat(400).slice(0, 4096)])));
  await using workspace = await openWorkspace({ base: tree, blobs, root });
  const changedFile = join(workspace.folder, 'd0/f0.txt');
  const { atime, mtime, size } = statSync(changedFile);
  const durationsMs: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    // Of the same size, and with the times set back: only the content tells.
    writeFileSync(changedFile, String(round).repeat(size));
    utimesSync(changedFile, atime, mtime);
    const startedMs = performance.now();
    const { patch } = await workspace.snapshot();
    durationsMs.push(performance.now() - startedMs);
    expect(patch.changes.map(({ path }) => path)).toEqual(['d0/f0.txt']);
  }
  expect(Math.min(...durationsMs)).toBeLessThan(800);
});
