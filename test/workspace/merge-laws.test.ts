/** What holds of every merge, over random patches of one small base. Numbers cite the invariants of merge-patches.ts. */
import * as fc from 'fast-check';
import {
  applyPatch,
  type BlobStore,
  diffTrees,
  type FileMode,
  MemoryBlobStore,
  type Merge,
  mergePatches,
  type Patch,
  type PatchChange,
  parsePatch,
  type Tree,
} from 'planwright';
import { describe, expect, test } from 'vitest';
import { type Files, readTexts, storePatch, storeTree } from './stored-tree.ts';

const baseText = 'one\ntwo\n\nthree\nfour\n\nfive\nsix\n\none\n';
const baseFiles: Files = { text: baseText, 'd/text': baseText, binary: Buffer.from([1, 0, 2]), other: 'as it was\n' };

/** One attempt's doing. Few places and few words: patches meet often, and lines repeat. */
const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      path: fc.constantFrom('text', 'd/text'),
      line: fc.nat(9),
      remove: fc.nat(2),
      insert: fc.array(fc.constantFrom('one\n', 'X\n', '\n'), { maxLength: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('remove' as const), path: fc.constantFrom('text', 'd/text', 'binary') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('mode' as const), path: fc.constantFrom('text', 'binary') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      path: fc.constantFrom('new', 'd/new', 'binary', 'folder', 'folder/in'),
      content: fc.constantFrom('A', 'B', '\0'),
    }),
  },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;
const attempt = fc.array(action, { minLength: 1, maxLength: 2 });
/** Of 400, about a third merges; the laws are about both outcomes. */
const runs = { numRuns: 400, seed: 3 };

function act(actions: readonly Action[]): Files {
  const files = new Map<string, { content: string | Buffer; mode: FileMode }>(
    Object.entries(baseFiles).map(([path, content]) => [path, { content: content as string | Buffer, mode: 'file' }]),
  );
  for (const step of actions) {
    const file = files.get(step.path);
    if (step.kind === 'remove') files.delete(step.path);
    else if (step.kind === 'write') {
      if (step.path.startsWith('folder')) for (const path of ['folder', 'folder/in']) files.delete(path);
      files.set(step.path, { content: step.content, mode: 'file' });
    } else if (file !== undefined && step.kind === 'mode') file.mode = 'executable';
    else if (file !== undefined && step.kind === 'edit') {
      file.content = String(file.content)
        .split(/(?<=\n)/)
        .toSpliced(step.line, step.remove, ...step.insert)
        .join('');
    }
  }
  return Object.fromEntries(files);
}

interface Case {
  blobs: BlobStore;
  base: Tree;
  patches: Patch[];
  merge: (patches: readonly Patch[]) => Promise<Merge>;
}

async function makeCase(attempts: readonly Action[][]): Promise<Case> {
  const blobs = new MemoryBlobStore();
  const base = await storeTree(blobs, baseFiles);
  const patches = await Promise.all(attempts.map(async (actions) => storePatch(blobs, base, act(actions))));
  return { blobs, base, patches, merge: (chosen) => mergePatches(base, chosen, { blobs }) };
}

describe('merges of random patches', () => {
  test('the order of the patches changes nothing (1)', async () => {
    const kinds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(attempt, { minLength: 2, maxLength: 4 }), fc.infiniteStream(fc.nat()), async (attempts, keys) => {
        const { patches, merge } = await makeCase(attempts);
        const shuffled = patches.map((patch) => ({ patch, key: keys.next().value })).toSorted((a, b) => a.key - b.key);
        const result = await merge(patches);
        expect(await merge(shuffled.map(({ patch }) => patch))).toEqual(result);
        kinds.add(result.kind);
        if (result.kind === 'conflict') for (const { kind } of result.conflicts) kinds.add(kind);
      }),
      runs,
    );
    // The cases are worth something: every outcome is among them.
    expect([...kinds].toSorted()).toEqual([
      'both-added',
      'both-changed',
      'changed-and-removed',
      'conflict',
      'file-and-folder',
      'merged',
    ]);
  });

  test('the grouping of merges changes nothing (1)', async () => {
    let mergedTexts = 0;
    await fc.assert(
      fc.asyncProperty(attempt, attempt, attempt, async (...attempts) => {
        const { patches, merge } = await makeCase(attempts);
        const [a, b, c] = patches as [Patch, Patch, Patch];
        const whole = await merge([a, b, c]);
        for (const [first, second, third] of [
          [a, b, c],
          [b, c, a],
          [a, c, b],
        ] as const) {
          const part = await merge([first, second]);
          const grouped = part.kind === 'merged' ? await merge([part.patch, third]) : part;
          // Of a conflict only that there is one: a part of the patches conflicts in a part of the files.
          expect(grouped.kind === 'merged' ? grouped : 'conflict').toEqual(whole.kind === 'merged' ? whole : 'conflict');
        }
        if (whole.kind === 'merged' && whole.patch.changes.some((change) => (change.history?.length ?? 0) > 1)) mergedTexts += 1;
      }),
      runs,
    );
    expect(mergedTexts).toBeGreaterThan(20);
  });

  test('a patch merged with itself, or with what it is part of, changes nothing (1)', async () => {
    await fc.assert(
      fc.asyncProperty(attempt, attempt, async (...attempts) => {
        const { base, patches, merge } = await makeCase(attempts);
        const [a, b] = patches as [Patch, Patch];
        expect(await merge([a])).toMatchObject({ kind: 'merged', patch: a, tree: applyPatch(base, a) });
        expect(await merge([a, a])).toEqual(await merge([a]));
        expect(await merge([a, { version: 1, changes: [] }])).toEqual(await merge([a]));
        const both = await merge([a, b]);
        if (both.kind === 'conflict') return;
        expect(await merge([both.patch, a, b, a])).toEqual(both);
      }),
      runs,
    );
  });

  test('a merged patch fits the base, makes the merged tree, and is what its JSON reads back as', async () => {
    await fc.assert(
      fc.asyncProperty(attempt, attempt, async (...attempts) => {
        const { base, patches, merge } = await makeCase(attempts);
        const result = await merge(patches);
        if (result.kind === 'conflict') return;
        expect(applyPatch(base, result.patch)).toEqual(result.tree);
        expect(parsePatch(JSON.parse(JSON.stringify(result.patch)))).toEqual(result.patch);
      }),
      runs,
    );
  });

  test('each file has each patch’s change of it (2)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(attempt, { minLength: 2, maxLength: 3 }), async (attempts) => {
        const { patches, merge, base } = await makeCase(attempts);
        const result = await merge(patches);
        if (result.kind === 'conflict') return;
        const files = new Map(result.tree.files.map((file) => [file.path, file]));
        const merged = new Map(result.patch.changes.map((change) => [change.path, change.history ?? []]));
        for (const change of patches.flatMap((patch) => patch.changes)) {
          const file = files.get(change.path);
          const contents = [file?.hash, ...(merged.get(change.path) ?? []).map(({ version }) => version?.hash)];
          expect(describeChange(change).filter((wanted) => !contents.includes(wanted) && file?.mode !== wanted)).toEqual([]);
          expect(file === undefined).toBe(change.kind === 'removed');
        }
        // And nothing else: a file that no patch names is the base's.
        const named = new Set(patches.flatMap((patch) => patch.changes.map(({ path }) => path)));
        expect(
          diffTrees(base, result.tree)
            .changes.map(({ path }) => path)
            .filter((path) => !named.has(path)),
        ).toEqual([]);
      }),
      runs,
    );
  });
});

describe('changes that are apart', () => {
  test('always merge: each attempt writes its own lines, an unchanged line between any two', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}\n`);
    /** Who changes each second line, and how; undefined: nobody does. */
    const owner = fc.option(fc.record({ who: fc.nat(3), how: fc.constantFrom('replace', 'delete', 'insert', 'double') }), {
      nil: undefined,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(owner, { minLength: 20, maxLength: 20 }), async (owners) => {
        const blobs = new MemoryBlobStore();
        const base = await storeTree(blobs, { text: lines.join('') });
        const write = (who: number | 'all') =>
          lines
            .map((line, index) => {
              const change = index % 2 === 0 ? owners[index / 2] : undefined;
              if (change === undefined || (who !== 'all' && change.who !== who)) return line;
              return { replace: `new ${line}`, delete: '', insert: `new ${line}${line}`, double: `${line}${line}` }[change.how];
            })
            .join('');
        const patches = await Promise.all([0, 1, 2, 3].map(async (who) => storePatch(blobs, base, { text: write(who) })));
        const result = await mergePatches(base, patches, { blobs });
        if (result.kind === 'conflict') throw new Error(JSON.stringify(result.conflicts));
        expect(await readTexts(blobs, result.tree)).toEqual({ text: write('all') });
      }),
      { numRuns: 150, seed: 3 },
    );
  });

  test('always merge: each attempt has its own files', async () => {
    const share = fc.array(fc.constantFrom('keep', 'change', 'remove', 'run', 'add'), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(share, { minLength: 1, maxLength: 4 }), async (shares) => {
        const blobs = new MemoryBlobStore();
        const files: Files = {};
        for (const [who, steps] of shares.entries())
          steps.forEach((step, at) => {
            if (step !== 'add') files[`${who}/${at}`] = 'base';
          });
        const base = await storeTree(blobs, files);
        const write = (who: number, into: Files) => {
          for (const [at, step] of (shares[who] ?? []).entries()) {
            const path = `${who}/${at}`;
            if (step === 'remove') delete into[path];
            if (step === 'change' || step === 'add') into[path] = `${step} \0 ${path}`;
            if (step === 'run') into[path] = { content: 'base', mode: 'executable' };
          }
          return into;
        };
        const patches = await Promise.all(shares.map(async (_, who) => storePatch(blobs, base, write(who, { ...files }))));
        const expected = await storeTree(
          blobs,
          shares.reduce<Files>((into, _, who) => write(who, into), { ...files }),
        );
        expect(await mergePatches(base, patches, { blobs })).toMatchObject({ kind: 'merged', tree: expected });
      }),
      { numRuns: 150, seed: 3 },
    );
  });
});

test('a patch makes of its base what it was made from, and of nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(attempt, attempt, async (...attempts) => {
      const {
        base,
        patches: [a, b],
      } = await makeCase(attempts);
      const [first, second] = [applyPatch(base, a as Patch), applyPatch(base, b as Patch)];
      const between = diffTrees(first, second);
      expect(applyPatch(first, between)).toEqual(second);
      expect(diffTrees(first, applyPatch(first, between))).toEqual(between);
      expect(parsePatch(JSON.parse(JSON.stringify(between)))).toEqual(between);
      expect(applyPatch(second, diffTrees(second, first))).toEqual(first);
      if (between.changes.length === 0) return;
      expect(() => applyPatch(second, between)).toThrow(expect.objectContaining({ code: 'patch-mismatch' }));
    }),
    runs,
  );
});

/** What a change brings: a content's hash, a mode. */
function describeChange(change: PatchChange): string[] {
  if (change.kind === 'removed' || change.kind === 'restored') return [];
  const before = change.kind === 'added' ? undefined : change.before;
  return [
    ...(change.after.hash === before?.hash ? [] : [change.after.hash]),
    ...(change.after.mode === before?.mode ? [] : [change.after.mode]),
  ];
}
