/**
 * Disks that take no more and files that may not be read. A limit on the size of a written file (ulimit -f) stands for the
 * full disk: a write fails in the middle of a file. Permissions stop nobody who is root, so a process gives its rights up.
 */
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { runChild } from './child.ts';
import { listFolder, makeRoot, writeFiles } from './folders.ts';

const makeTree = `
  const { MemoryBlobStore } = await load('workspace/memory-blob-store.ts');
  const { makeTree } = await load('workspace/tree.ts');
  const blobs = new MemoryBlobStore();
  const put = async (path, size) => ({ path, hash: await blobs.put(Buffer.alloc(size, 'x')), mode: 'file', size });
  const tree = makeTree([await put('d/large', 100_000), await put('a/small', 10)]);`;
const materialize = `${makeTree}
  const { materialize } = await load('workspace/materialize.ts');
  await materialize(tree, blobs, { folder });`;
const readTree = `${makeTree}
  const { readTree } = await load('workspace/read-tree.ts');
  await readTree(folder, blobs);`;
const putBlob = `
  const { openBlobFolder } = await load('workspace/folder-blob-store.ts');
  await (await openBlobFolder(folder)).put(Buffer.alloc(100_000, 'x'));`;
const openWorkspace = `${makeTree}
  const { openWorkspace } = await load('workspace/workspace.ts');
  await openWorkspace({ base: tree, blobs, root: folder });`;

let root = '';

const onFullDisk = (body: string) => runChild(body, { folder: root, maxFileBytes: 4096 });
const asNobody = (body: string, folder = root) => runChild(body, { folder, unprivileged: true });

beforeEach(() => {
  ({ root } = makeRoot());
  chmodSync(join(root, '..'), 0o755);
});

describe('a disk that takes no more', () => {
  test('is an error that says what and where; the folder is empty again', () => {
    expect(onFullDisk(materialize)).toEqual({
      code: 'workspace-failed',
      recovery: 'retry',
      message: '"d/large" cannot be written (EFBIG). The process may not write files of this size: raise the limit (ulimit -f).',
    });
    expect(listFolder(root)).toEqual({});
  });

  test('leaves no workspace behind', () => {
    expect(onFullDisk(openWorkspace)).toMatchObject({ code: 'workspace-failed', message: expect.stringContaining('"d/large"') });
    expect(listFolder(root)).toEqual({});
  });

  test('leaves no blob, and no half of one', () => {
    expect(onFullDisk(putBlob)).toMatchObject({
      code: 'store-failed',
      recovery: 'retry',
      message: expect.stringMatching(/^Blob [0-9a-f]{64} cannot be kept in .*root \(EFBIG\)/),
    });
    expect(Object.values(listFolder(root)).filter((content) => content !== null)).toEqual([]);
  });

  test('is no fault of the small and the large when there is room', () => {
    expect(runChild(materialize, { folder: root })).toBeNull();
    expect(Object.keys(listFolder(root))).toEqual(['a', 'a/small', 'd', 'd/large']);
  });
});

describe('without permission', () => {
  test('nothing is written, and the error says so', () => {
    chmodSync(root, 0o555);
    const error = asNobody(materialize);
    chmodSync(root, 0o755);
    expect(error).toMatchObject({
      code: 'workspace-failed',
      message: expect.stringMatching(/^"a" cannot be written \(EACCES\)/),
    });
    expect(listFolder(root)).toEqual({});
  });

  test('a file is an error that names it: no tree comes without it', () => {
    writeFiles(root, { 'd/readable': 'x', 'd/secret': 'x' });
    chmodSync(join(root, 'd/secret'), 0o000);
    expect(asNobody(readTree)).toEqual({
      code: 'workspace-failed',
      recovery: 'retry',
      message: '"d/secret" cannot be read (EACCES). The process has no permission for it.',
    });
    chmodSync(join(root, 'd/secret'), 0o644);
    expect(asNobody(readTree)).toBeNull();
  });

  test('a folder is one too', () => {
    writeFiles(root, { 'd/e/readable': 'x' });
    chmodSync(join(root, 'd/e'), 0o000);
    const error = asNobody(readTree);
    chmodSync(join(root, 'd/e'), 0o755);
    expect(error).toMatchObject({
      code: 'workspace-failed',
      message: expect.stringMatching(/^Folder "d\/e" cannot be read \(EACCES\)/),
    });
  });

  test('no workspace and no blob store is made', () => {
    chmodSync(root, 0o555);
    const errors = [openWorkspace, putBlob].map((body) => asNobody(body, join(root, 'new')));
    chmodSync(root, 0o755);
    expect(errors).toMatchObject([
      { code: 'workspace-failed', message: expect.stringMatching(/^No workspace can be made in .*new" \(EACCES\)/) },
      { code: 'store-failed', message: expect.stringMatching(/^The folder .*new cannot be made \(EACCES\)/) },
    ]);
  });

  test('folders that an attempt made read-only are removed all the same', () => {
    mkdirSync(join(root, 'open'));
    chmodSync(join(root, 'open'), 0o777);
    const body = `${makeTree}
      const { openWorkspace } = await load('workspace/workspace.ts');
      const { chmodSync } = await import('node:fs');
      const workspace = await openWorkspace({ base: tree, blobs, root: folder });
      for (const name of ['/a', '/d', '']) chmodSync(workspace.folder + name, 0o555);
      await workspace.dispose();`;
    expect(asNobody(body, join(root, 'open'))).toBeNull();
    expect(listFolder(join(root, 'open'))).toEqual({});
    expect(statSync(join(root, 'open')).isDirectory()).toBe(true);
  });
});
