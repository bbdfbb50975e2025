/** Attempts that build on each other's work, joined again: who is newer wins, and nobody sees a conflict that is none. */
import * as fc from 'fast-check';
import {
  applyPatch,
  composePatches,
  diffTrees,
  MemoryBlobStore,
  mergePatches,
  type Patch,
  parsePatch,
  type Tree,
} from 'planwright';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Files, readTexts, storePatch, storeTree } from './stored-tree.ts';

const lines = (...texts: string[]) => texts.map((text) => `${text}\n`).join('');
let blobs = new MemoryBlobStore();
let base: Tree;

beforeEach(async () => {
  blobs = new MemoryBlobStore();
  base = await storeTree(blobs, { old: lines('1', '2', '3', '4', '5') });
});

/** What an attempt does that starts from the merged work of others: its patch from the base. */
async function attempt(on: readonly Patch[], act: (files: Record<string, string>) => Files): Promise<Patch> {
  const start = await mergePatches(base, on, { blobs });
  if (start.kind === 'conflict') throw new Error(JSON.stringify(start.conflicts));
  const files = await readTexts(blobs, start.tree);
  return composePatches(start.patch, await storePatch(blobs, start.tree, act({ ...files })));
}

async function join(...patches: Patch[]) {
  const merge = await mergePatches(base, patches, { blobs });
  return merge.kind === 'merged' ? readTexts(blobs, merge.tree) : merge.conflicts.map(({ path, kind }) => [path, kind]);
}

/** Adds `new` and changes a line of `old`. */
const scaffold = () =>
  attempt([], (files) => ({ ...files, new: lines('a', 'b', 'c', 'd', 'e'), old: files['old']?.replace('3', 'three') ?? '' }));

describe('two attempts that build on one', () => {
  test('of which one goes on with its file and the other leaves it alone', async () => {
    const first = await scaffold();
    const editor = await attempt([first], (files) => ({
      ...files,
      new: lines('a', 'B', 'c', 'd', 'e'),
      old: files['old']?.replace('4', 'four') ?? '',
    }));
    const other = await attempt([first], (files) => ({ ...files, other: 'x' }));
    const expected = { new: lines('a', 'B', 'c', 'd', 'e'), old: lines('1', '2', 'three', 'four', '5'), other: 'x' };
    expect(await join(editor, other)).toEqual(expected);
    expect(await join(other, first, editor)).toEqual(expected);
  });

  test('and both change its new file: its lines are the base of the merge', async () => {
    const first = await scaffold();
    const left = await attempt([first], (files) => ({ ...files, new: lines('A', 'b', 'c', 'd', 'e') }));
    const right = await attempt([first], (files) => ({ ...files, new: lines('a', 'b', 'c', 'd', 'E') }));
    expect(await join(left, right)).toMatchObject({ new: lines('A', 'b', 'c', 'd', 'E') });
    const clash = await attempt([first], (files) => ({ ...files, new: lines('Z', 'b', 'c', 'd', 'e') }));
    expect(await join(left, clash)).toEqual([['new', 'both-changed']]);
  });

  test('of which one removes its file, or takes its change back', async () => {
    const first = await scaffold();
    const other = await attempt([first], (files) => ({ ...files, other: 'x' }));
    const remover = await attempt([first], ({ new: _new, ...files }) => ({ ...files, old: lines('1', '2', '3', '4', '5') }));
    expect(remover.changes.map(({ kind, path }) => [kind, path])).toEqual([
      ['restored', 'new'],
      ['restored', 'old'],
    ]);
    expect(await join(remover, other)).toEqual({ old: lines('1', '2', '3', '4', '5'), other: 'x' });
    const editor = await attempt([first], (files) => ({ ...files, new: 'edited' }));
    expect(await join(remover, editor)).toEqual([['new', 'changed-and-removed']]);
  });

  test('and a third that does not: each pair is merged over what it shares', async () => {
    const first = await scaffold();
    const left = await attempt([first], (files) => ({ ...files, old: lines('1', '2', 'THREE', '4', '5') }));
    const right = await attempt([first], (files) => ({ ...files, old: lines('1', '2', 'three', '4', '5', 'end') }));
    const third = await attempt([], (files) => ({ ...files, old: lines('one', '2', '3', '4', '5') }));
    for (const patches of [
      [left, right, third],
      [third, right, left],
      [right, third, left],
    ]) {
      expect(await join(...patches)).toEqual({
        new: lines('a', 'b', 'c', 'd', 'e'),
        old: lines('one', '2', 'THREE', '4', '5', 'end'),
      });
    }
  });
});

describe('composed patches', () => {
  const text = fc.constantFrom('a\n', 'b\n', 'a\nb\n', '', undefined);
  const files = fc
    .record({ f: text, g: text, h: text })
    .map(
      (all) =>
        new Map(Object.entries(all).flatMap(([path, content]) => (content === undefined ? [] : [[path, content] as const]))),
    );

  test('make what the two make one after the other; the grouping changes nothing; JSON keeps them', async () => {
    await fc.assert(
      fc.asyncProperty(files, files, files, files, async (...versions) => {
        const trees = await Promise.all(versions.map(async (version) => storeTree(blobs, version)));
        const [t0, t1, t2, t3] = trees as [Tree, Tree, Tree, Tree];
        const [first, second, third] = [diffTrees(t0, t1), diffTrees(t1, t2), diffTrees(t2, t3)];
        const composed = composePatches(composePatches(first, second), third);
        expect(applyPatch(t0, composed)).toEqual(t3);
        expect(composePatches(first, composePatches(second, third))).toEqual(composed);
        expect(parsePatch(JSON.parse(JSON.stringify(composed)))).toEqual(composed);
        expect(await mergePatches(t0, [first, composed, composePatches(first, second)], { blobs })).toMatchObject({
          kind: 'merged',
        });
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  test('are refused when the second was not made from what the first makes', async () => {
    const first = await storePatch(blobs, base, { old: 'x' });
    const second = await storePatch(blobs, base, { old: 'y' });
    expect(() => composePatches(first, second)).toThrow(
      expect.objectContaining({ code: 'patch-mismatch', details: { path: 'old' } }),
    );
  });
});

/**
 * Random plans: each attempt builds on some earlier ones. Every second line of one file is edited along a path of the plan, by
 * one attempt after another that builds on it. Whatever the plan, all of it fits together, and each line is as its last
 * editor left it.
 */
test('what fits together is merged, however the attempts build on each other', async () => {
  const size = 7;
  const plan = fc.array(fc.array(fc.nat(5), { maxLength: 3 }), { minLength: size, maxLength: size });
  const editors = fc.array(fc.array(fc.nat(size - 1), { maxLength: 4 }), { minLength: 8, maxLength: 8 });
  let edits = 0;
  await fc.assert(
    fc.asyncProperty(plan, editors, async (dependencies, chains) => {
      const on = dependencies.map((backs, at) => [
        ...new Set(backs.flatMap((back) => (at - 1 - back >= 0 ? [at - 1 - back] : []))),
      ]);
      const pasts: Set<number>[] = [];
      for (const [at, deps] of on.entries()) pasts[at] = new Set(deps.flatMap((dep) => [dep, ...(pasts[dep] ?? [])]));
      // Of each line's editors those that build on the one before.
      const paths = chains.map((chain) => {
        const path: number[] = [];
        for (const who of [...new Set(chain)].toSorted((a, b) => a - b)) {
          const last = path.at(-1);
          if (last === undefined || pasts[who]?.has(last) === true) path.push(who);
        }
        return path;
      });
      edits += paths.flat().length;
      base = await storeTree(blobs, { text: paths.map((_, line) => `line ${line}\n--- ${line}\n`).join('') });
      const patches: Patch[] = [];
      for (const [who, deps] of on.entries()) {
        const built = deps.flatMap((dep) => patches[dep] ?? []);
        patches.push(
          await attempt(built, ({ text = '' }) => ({
            text: paths.reduce(
              (all, path, line) =>
                path.includes(who) ? all.replace(new RegExp(`^line ${line}.*$`, 'm'), `line ${line} by ${who}`) : all,
              text,
            ),
          })),
        );
      }
      const sinks = patches.filter((_, at) => !on.some((deps) => deps.includes(at)));
      const expected = paths
        .map((path, line) => `line ${line}${path.length === 0 ? '' : ` by ${path.at(-1)}`}\n--- ${line}\n`)
        .join('');
      expect(await join(...sinks)).toEqual({ text: expected });
      const whole = await mergePatches(base, patches.toReversed(), { blobs });
      const part = await mergePatches(base, patches.slice(0, 4), { blobs });
      if (part.kind === 'conflict') throw new Error('conflict');
      expect(await mergePatches(base, [part.patch, ...patches.slice(2)], { blobs })).toEqual(whole);
      expect(await mergePatches(base, sinks, { blobs })).toEqual(whole);
    }),
    { numRuns: 150, seed: 3 },
  );
  expect(edits).toBeGreaterThan(1000);
});
