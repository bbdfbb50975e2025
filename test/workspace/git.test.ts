/** What Git makes of the same texts: its merges of lines, and its reading of our patches. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import {
  applyPatch,
  type FileMode,
  MemoryBlobStore,
  materialize,
  mergePatches,
  type Patch,
  readTree,
  renderPatch,
} from 'planwright';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { type Files, readTexts, storePatch, storeTree } from './stored-tree.ts';

const numberedLines = Array.from({ length: 12 }, (_, index) => `line ${index}\n`);

/** Lines that occur once, so that there is one shortest diff and both find it. */
const version = fc
  .array(fc.record({ line: fc.nat(11), kind: fc.constantFrom('replace', 'delete', 'insert') }), { maxLength: 3 })
  .map((edits) =>
    numberedLines
      .flatMap((line, index) => {
        const edit = edits.find((candidate) => candidate.line === index);
        if (edit === undefined) return [line];
        return { replace: [`new ${line}`], delete: [], insert: [`before ${line}`, line] }[edit.kind];
      })
      .join(''),
  );

test('two versions of a text merge where Git merges them, to the same lines', async () => {
  const folder = makeTemporaryFolder();
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(version, version, async (first, second) => {
      const blobs = new MemoryBlobStore();
      const base = await storeTree(blobs, { text: numberedLines.join('') });
      const patches = await Promise.all([first, second].map(async (text) => storePatch(blobs, base, { text })));
      const merge = await mergePatches(base, patches, { blobs });
      const names = ['first', 'base', 'second'].map((name) => join(folder, name));
      [first, numberedLines.join(''), second].forEach((text, index) => writeFileSync(names[index] ?? '', text));
      const git = spawnSync('git', ['merge-file', '-p', '-q', ...names], { encoding: 'utf8' });
      const ours = merge.kind === 'merged' ? (await readTexts(blobs, merge.tree))['text'] : 'conflict';
      expect(ours).toBe(git.status === 0 ? git.stdout : 'conflict');
      kinds.add(merge.kind);
    }),
    { numRuns: 100, seed: 3 },
  );
  expect(kinds).toEqual(new Set(['merged', 'conflict']));
});

const content = fc.oneof(
  fc
    .array(fc.constantFrom('a\n', 'b\n', 'c\r\n', '\n', '--- a/x\n', '\\ No newline\n'), { maxLength: 12 })
    .map((lines) => lines.join('')),
  fc.constantFrom('no newline', 'a\nb', '\uFEFFé\n'),
);
const mode = fc.constantFrom<FileMode>('file', 'file', 'executable');
const path = fc.constantFrom('a', 'with space.txt', 'dir/é', 'dir/"quoted"', "it's", 'dir/deep/x', '-dash', 'a->b');
const files = fc.dictionary(path, fc.record({ content, mode }), { maxKeys: 6 });

test('Git applies a rendered patch, and gets the tree that the patch makes', async () => {
  const environment = { ...process.env, GIT_CEILING_DIRECTORIES: '/' };
  await fc.assert(
    fc.asyncProperty(files, files, async (before: Files, after: Files) => {
      const blobs = new MemoryBlobStore();
      const base = await storeTree(blobs, before);
      const patch: Patch = await storePatch(blobs, base, after);
      const folder = makeTemporaryFolder();
      const work = join(folder, 'work');
      mkdirSync(work);
      await materialize(base, blobs, { folder: work });
      const rendered = await renderPatch(patch, blobs);
      writeFileSync(join(folder, 'patch'), rendered);
      if (rendered !== '')
        execFileSync('git', ['apply', '--whitespace=nowarn', join(folder, 'patch')], { cwd: work, env: environment });
      expect((await readTree(work, blobs)).tree).toEqual(applyPatch(base, patch));
    }),
    { numRuns: 60, seed: 3 },
  );
});
