import { describe, expect, it } from 'vitest';
import { readTexts, storePatch, storeTree } from '../../test/workspace/stored-tree.ts';
import { compareText } from '../documents/compare-text.ts';
import { hashBytes } from './blob-store.ts';
import { conflictVerdict } from './conflict.ts';
import { MemoryBlobStore } from './memory-blob-store.ts';
import { mergePatches } from './merge-patches.ts';
import { renderConflicts } from './render-conflicts.ts';
import type { Tree } from './tree.ts';
import { defaultTreeRules } from './tree-rules.ts';

const blobs = new MemoryBlobStore();
const lines = (...texts: string[]) => texts.map((text) => `${text}\n`).join('');
const text = lines('a', 'b', 'c', 'd', 'e', 'f', 'g');

async function mergeFiles(base: Tree, ...versions: Parameters<typeof storePatch>[2][]) {
  const patches = await Promise.all(versions.map(async (files) => storePatch(blobs, base, files)));
  return mergePatches(base, patches, { blobs });
}

async function mergeTexts(before: string, ...after: string[]) {
  const base = await storeTree(blobs, { 'f.txt': before });
  const merge = await mergeFiles(base, ...after.map((content) => ({ 'f.txt': content })));
  return merge.kind === 'merged' ? (await readTexts(blobs, merge.tree))['f.txt'] : merge.conflicts;
}

describe('text', () => {
  it('gets the lines of each, wherever they are', async () => {
    const first = text.replace('b\n', 'B\n');
    const second = text.replace('d\n', 'd1\nd2\n');
    const third = `${text.replace('f\n', '')}h\n`;
    expect(await mergeTexts(text, first, second, third)).toBe(lines('a', 'B', 'c', 'd1', 'd2', 'e', 'g', 'h'));
  });

  it('gets once what two made the same', async () => {
    const imported = `x\n${text}`;
    expect(await mergeTexts(text, imported, `${imported}end\n`)).toBe(`x\n${text}end\n`);
  });

  it('keeps CRLF, a byte order mark and a missing last newline', async () => {
    const before = '\uFEFFa\r\nb\r\nc\r\nd';
    expect(await mergeTexts(before, before.replace('a', 'A'), before.replace('c', 'C'))).toBe('\uFEFFA\r\nb\r\nC\r\nd');
    expect(await mergeTexts(before, before.replace('a', 'A'), `${before}\r\ne`)).toBe('\uFEFFA\r\nb\r\nc\r\nd\r\ne');
  });

  it('conflicts where two want different things of a line, or of two lines side by side', async () => {
    const [first, second] = [text.replace('b', 'B1'), text.replace('b\nc', 'B22\nC\n')];
    const [before, ...versions] = [text, first, second].map((content) => ({
      hash: hashBytes(Buffer.from(content)),
      mode: 'file',
      size: content.length,
    }));
    expect(await mergeTexts(text, first, second)).toEqual([
      {
        path: 'f.txt',
        kind: 'both-changed',
        before,
        versions: versions.toSorted((a, b) => compareText(a.hash, b.hash)),
        ranges: [
          {
            firstLine: 2,
            lineCount: 2,
            versions: [
              { hash: versions[0]?.hash ?? '', firstLine: 2, lineCount: 2 },
              { hash: versions[1]?.hash ?? '', firstLine: 2, lineCount: 3 },
            ].toSorted((a, b) => compareText(a.hash, b.hash)),
          },
        ],
      },
    ]);
    expect(await mergeTexts(text, text.replace('b', 'B'), text.replace('c', 'C'))).toMatchObject([
      { kind: 'both-changed', ranges: [{ firstLine: 2, lineCount: 2 }] },
    ]);
    expect(await mergeTexts(text, `${text}x\n`, `${text}y\n`)).toMatchObject([{ ranges: [{ firstLine: 8, lineCount: 0 }] }]);
  });
});

describe('files', () => {
  const files = { 'a.txt': text, 'b.bin': Buffer.from([0, 1]), 'd/e.txt': 'e\n' };

  it('merge across patches: added, removed, changed, made executable', async () => {
    const base = await storeTree(blobs, files);
    const merge = await mergeFiles(
      base,
      { ...files, 'new.txt': 'new\n' },
      { 'a.txt': text, 'd/e.txt': 'e\n' },
      { ...files, 'a.txt': { content: text, mode: 'executable' } },
      { ...files, 'a.txt': text.replace('a', 'A'), 'new.txt': 'new\n' },
    );
    expect(merge).toMatchObject({
      kind: 'merged',
      patch: {
        version: 1,
        changes: [
          { kind: 'changed', path: 'a.txt', after: { mode: 'executable' } },
          { kind: 'removed', path: 'b.bin' },
          { kind: 'added', path: 'new.txt' },
        ],
      },
      tree: await storeTree(blobs, {
        'a.txt': { content: text.replace('a', 'A'), mode: 'executable' },
        'd/e.txt': 'e\n',
        'new.txt': 'new\n',
      }),
    });
  });

  it('conflict in five ways, and the verdict names each', async () => {
    const base = await storeTree(blobs, files);
    const merge = await mergeFiles(
      base,
      { ...files, 'a.txt': text.replace('b', 'B'), 'b.bin': Buffer.from([0, 2]), 'n.txt': '1', x: 'a file' },
      { 'a.txt': text.replace('b', 'C'), 'b.bin': Buffer.from([0, 3]), 'n.txt': '2', 'x/y': 'in a folder' },
      { ...files, 'd/e.txt': { content: 'e\n', mode: 'executable' } },
    );
    if (merge.kind === 'merged') throw new Error('merged');
    expect(merge.conflicts.map(({ path, kind }) => [path, kind])).toEqual([
      ['a.txt', 'both-changed'],
      ['b.bin', 'both-changed'],
      ['d/e.txt', 'changed-and-removed'],
      ['n.txt', 'both-added'],
      ['x', 'file-and-folder'],
    ]);
    const sentences = [
      '"a.txt": line 2 is changed in different ways',
      '"b.bin": changed in 2 different ways and not a text file that can be merged by lines',
      '"d/e.txt": changed by one patch and removed by another',
      '"n.txt": added in 2 different forms',
      '"x": a file in one patch and the folder of "x/y" in another',
    ];
    expect(conflictVerdict(merge.conflicts)).toEqual({
      kind: 'rejected',
      reason: `The patches cannot be merged:\n${sentences.map((sentence) => `- ${sentence}`).join('\n')}`,
      evidence: sentences.map((detail) => ({ check: 'merge', passed: false, detail })),
    });
    const rendered = await renderConflicts(merge.conflicts, blobs);
    expect(rendered.replaceAll(/version [0-9a-f]{12}/g, 'version …')).toMatch(
      /^"a\.txt": line 2 is changed in different ways\.\nbase, line 2:\n\| b\nversion …, line 2:\n\| [BC]\nversion …, line 2:\n\| [BC]\n"b\.bin"/,
    );
    expect(JSON.parse(JSON.stringify(merge.conflicts))).toEqual(merge.conflicts);
  });

  it('do not conflict when a file gives way to a folder in one patch and nobody else wants it', async () => {
    const base = await storeTree(blobs, { a: 'a', b: 'b' });
    const merge = await mergeFiles(base, { 'a/in': 'x', b: 'b' }, { a: 'a', b: 'B' });
    expect(merge).toMatchObject({ kind: 'merged', tree: await storeTree(blobs, { 'a/in': 'x', b: 'B' }) });
    expect(await mergeFiles(base, { 'a/in': 'x', b: 'b' }, { a: 'A', b: 'b' })).toMatchObject({
      kind: 'conflict',
      conflicts: [{ path: 'a', kind: 'changed-and-removed' }],
    });
  });

  it('report names that differ in case only: each patch alone has one of them', async () => {
    const base = await storeTree(blobs, {});
    expect(await mergeFiles(base, { 'Readme.md': '1' }, { 'README.md': '2' })).toMatchObject({
      kind: 'merged',
      caseCollisions: [['README.md', 'Readme.md']],
    });
  });
});

describe('a merge is refused', () => {
  it('for a patch from another base, naming the file', async () => {
    const [base, other] = [await storeTree(blobs, { a: '1', b: '1' }), await storeTree(blobs, { a: '2', b: '1' })];
    const patch = await storePatch(blobs, other, { a: '3', b: '1' });
    await expect(mergePatches(base, [patch], { blobs })).rejects.toMatchObject({
      code: 'patch-mismatch',
      details: { path: 'a' },
      message: expect.stringMatching(
        /^The patch does not fit: it expects "a" with content [0-9a-f]{12} \(1 bytes\) and finds "a" with/,
      ),
    });
    const added = await storePatch(blobs, await storeTree(blobs, {}), { a: '3' });
    await expect(mergePatches(base, [added], { blobs })).rejects.toThrow('it expects no file "a" and finds "a" with');
    const removed = await storePatch(blobs, await storeTree(blobs, { c: '1' }), {});
    await expect(mergePatches(base, [removed], { blobs })).rejects.toThrow('and finds no file "c"');
  });

  it('when what is merged is too large', async () => {
    const base = await storeTree(blobs, {});
    const patches = [await storePatch(blobs, base, { a: '1' }), await storePatch(blobs, base, { b: '1' })];
    const rules = { ...defaultTreeRules, files: 1 };
    await expect(mergePatches(base, patches, { blobs, rules })).rejects.toMatchObject({ code: 'value-too-large' });
  });

  it('when a content is missing, or the caller has given up', async () => {
    const base = await storeTree(blobs, { a: text });
    const patches = await Promise.all(['B', 'C'].map(async (b) => storePatch(blobs, base, { a: text.replace('b', b) })));
    await expect(mergePatches(base, patches, { blobs: new MemoryBlobStore() })).rejects.toMatchObject({ code: 'store-corrupt' });
    await expect(mergePatches(base, patches, { blobs, signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
