import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../model/request-hash.ts';
import { findCaseCollisions, findFileAndFolder, hashTree, makeTree, type TreeFile } from './tree.ts';
import { defaultTreeRules } from './tree-rules.ts';

const file = (path: string, size = 1): TreeFile => ({ path, hash: 'a'.repeat(64), mode: 'file', size });

describe('a tree', () => {
  it('is in code-unit order, whatever order it is made from', () => {
    const paths = ['b', 'a/b', 'a.ts', 'B', '10', '9', 'ä', '__proto__', 'a-b'];
    expect(makeTree(paths.map((path) => file(path))).files.map(({ path }) => path)).toEqual([
      '10',
      '9',
      'B',
      '__proto__',
      'a-b',
      'a.ts',
      'a/b',
      'b',
      'ä',
    ]);
  });

  it('is known by the SHA-256 of its canonical JSON', () => {
    const tree = makeTree([file('b'), { path: 'a', mode: 'executable', size: 0, hash: 'f'.repeat(64) }]);
    expect(hashTree(tree)).toBe(createHash('sha256').update(canonicalJson(tree)).digest('hex'));
    expect(hashTree(JSON.parse(JSON.stringify(tree)))).toBe(hashTree(tree));
    expect(hashTree(makeTree([file('b')]))).not.toBe(hashTree(makeTree([file('b', 2)])));
  });

  it.each([
    [{ files: 1 }, /^A tree has 2 files; at most 1 are kept/],
    [{ fileBytes: 9 }, /^File "b" has 10 bytes; at most 9 are kept/],
    [{ totalBytes: 14 }, /^A tree has 15 bytes; at most 14 are kept/],
  ])('is refused beyond %j', (limit, message) => {
    const make = () => makeTree([file('a', 5), file('b', 10)], { ...defaultTreeRules, ...limit });
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: 'value-too-large' }));
    expect(() => makeTree([file('a', 5), file('b', 10)])).not.toThrow();
  });

  it('has each path once, and none as file and folder', () => {
    expect(() => makeTree([file('a'), file('a')])).toThrow(/lists "a" after "a"/);
    expect(() => makeTree([file('a/b/c'), file('a/b'), file('a/b-c')])).toThrow(
      'A tree has "a/b" both as a file and as the folder of "a/b/c".',
    );
  });

  it('finds files that are folders as a plain search does', () => {
    const paths = fc.uniqueArray(
      fc.array(fc.constantFrom('a', 'b', 'a-'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(paths, (all) => {
        const expected = all.filter((path) => all.some((other) => other.startsWith(`${path}/`))).toSorted();
        expect(findFileAndFolder(all).map(({ path }) => path)).toEqual(expected);
      }),
      { seed: 3 },
    );
  });

  it('says which names collide where case does not count: files and folders', () => {
    const tree = makeTree(['Makefile', 'makefile', 'Src/a', 'src/b', 'SRC/a', 'x/A', 'y/a'].map((path) => file(path)));
    expect(findCaseCollisions(tree)).toEqual([
      ['Makefile', 'makefile'],
      ['SRC', 'Src', 'src'],
      ['SRC/a', 'Src/a'],
    ]);
  });
});
