import { describe, expect, it } from 'vitest';
import { parsePatch, parseTree } from './parse-patch.ts';

const hash = 'a'.repeat(64);
const other = 'b'.repeat(64);
const state = { hash, mode: 'file', size: 3 };
const patch = (...changes: unknown[]) => ({ version: 1, changes });

describe('patches from outside', () => {
  it('takes back what it has written', () => {
    const written = patch(
      { kind: 'added', path: '__proto__', after: state },
      { kind: 'changed', path: 'a', before: state, after: { ...state, hash: other } },
      {
        kind: 'restored',
        path: 'b',
        before: null,
        history: [
          { version: state, depth: 1, from: [] },
          { version: null, depth: 2, from: [0] },
        ],
      },
      { kind: 'mode', path: 'c', before: state, after: { ...state, mode: 'executable' } },
      { kind: 'removed', path: 'd', before: state },
    );
    expect(parsePatch(JSON.parse(JSON.stringify(written)))).toEqual(written);
  });

  it.each([
    [null, 'document'],
    [{ changes: [] }, 'version'],
    [patch({ kind: 'renamed', path: 'a', after: state }), 'changes.0.kind'],
    [patch({ kind: 'added', path: '../a', after: state }), 'changes.0.path: the path leads out of the tree with ".."'],
    [patch({ kind: 'added', path: '/etc/passwd', after: state }), 'changes.0.path: the path is absolute'],
    [
      patch({ kind: 'added', path: '.git/hooks/pre-commit', after: state }),
      'changes.0.path: the path belongs to Git’s own files',
    ],
    [patch({ kind: 'added', path: 'a', after: { ...state, hash: '../../x' } }), 'changes.0.after.hash'],
    [patch({ kind: 'added', path: 'a', after: { ...state, mode: 'link' } }), 'changes.0.after.mode'],
    [patch({ kind: 'added', path: 'a', after: { ...state, size: -1 } }), 'changes.0.after.size'],
    [patch({ kind: 'added', path: 'a', after: { ...state, size: 2 ** 40 } }), 'changes.0.after.size'],
    [patch({ kind: 'added', path: 'a', after: { ...state, owner: 'root' } }), 'changes.0.after'],
    [
      patch({ kind: 'added', path: 'b', after: state }, { kind: 'removed', path: 'a', before: state }),
      'changes: must be in the order',
    ],
    [
      patch({ kind: 'added', path: 'a', after: state }, { kind: 'removed', path: 'a', before: state }),
      'changes: must be in the order',
    ],
    [
      patch({ kind: 'changed', path: 'a', before: state, after: state }),
      'changes.0: the versions before and after do not make it "changed"',
    ],
    [
      patch({ kind: 'mode', path: 'a', before: state, after: state }),
      'changes.0: the versions before and after do not make it "mode"',
    ],
    [patch({ kind: 'changed', path: 'a', before: state, after: { ...state, size: 4 } }), 'changes.0: one content has two sizes'],
    [
      patch({ kind: 'removed', path: 'a', before: state, history: [{ version: { hash }, depth: 1, from: [] }] }),
      'changes.0.history.0.version.mode',
    ],
    [patch({ kind: 'restored', path: 'a', before: state }), 'changes.0.history'],
    [
      patch({ kind: 'added', path: 'a', after: state, history: [{ version: null, depth: 1, from: [] }] }),
      'changes.0: its history leads to another version',
    ],
    [
      patch({ kind: 'restored', path: 'a', before: state, history: [{ version: state, depth: 1, from: [0] }] }),
      'changes.0.history.0: must come after what it was made from',
    ],
  ])('refuses %j, naming the place', (json, place) => {
    expect(() => parsePatch(json)).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => parsePatch(json)).toThrow(`This is no valid patch: ${place}`);
  });

  it('names both versions when it meets a newer one', () => {
    expect(() => parsePatch({ version: 2, edits: [] })).toThrow(
      'This patch has version 2; this Planwright reads version 1. Update it.',
    );
  });
});

describe('trees from outside', () => {
  it('takes back what it has written', () => {
    const tree = {
      version: 1,
      files: [
        { path: 'a', ...state },
        { path: 'b', ...state, mode: 'executable' },
      ],
    };
    expect(parseTree(JSON.parse(JSON.stringify(tree)))).toEqual(tree);
  });

  it.each([
    [{ version: 1, files: [{ path: 'a\\b', ...state }] }, 'This is no valid tree: files.0.path: the path holds a backslash'],
    [
      {
        version: 1,
        files: [
          { path: 'b', ...state },
          { path: 'a', ...state },
        ],
      },
      'A tree lists "a" after "b"',
    ],
    [
      {
        version: 1,
        files: [
          { path: 'a', ...state },
          { path: 'a/b', ...state },
        ],
      },
      'both as a file and as the folder',
    ],
    [{ version: 1, files: Array.from({ length: 10_001 }, () => ({})) }, 'This is no valid tree: files'],
  ])('refuses what breaks a rule', (json, message) => {
    expect(() => parseTree(json)).toThrow(message);
  });
});
