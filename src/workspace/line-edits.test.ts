import { performance } from 'node:perf_hooks';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, decodeText, diffLines, splitLines } from './line-edits.ts';

/** Few different lines with any ending: repetition is what alignments go wrong with. */
const textArbitrary = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', '', 'é'), fc.constantFrom('\n', '\n', '\r\n'))),
    fc.constantFrom('', '', 'end'),
  )
  .map(([lines, rest]) => lines.flat().join('') + rest);

describe('lines', () => {
  it('keep their endings and join to the text', () => {
    expect(splitLines('a\r\nb\n\nc')).toEqual(['a\r\n', 'b\n', '\n', 'c']);
    expect(splitLines('')).toEqual([]);
    fc.assert(
      fc.property(textArbitrary, (text) => {
        expect(splitLines(text).join('')).toBe(text);
      }),
      { seed: 3 },
    );
  });

  it('have edits that make the second text of the first, with an unchanged line between each two', () => {
    fc.assert(
      fc.property(textArbitrary, textArbitrary, (before, after) => {
        const lines = splitLines(before);
        const edits = diffLines(lines, splitLines(after));
        expect(applyEdits(lines, edits)).toBe(after);
        edits.forEach((edit, index) => {
          expect(edit.start).toBeGreaterThan(edits[index - 1]?.end ?? -1);
          expect(lines.slice(edit.start, edit.end)).not.toEqual(edit.lines);
        });
      }),
      { numRuns: 1000, seed: 3 },
    );
  });

  it('are found by their shortest edits', () => {
    const before = splitLines('a\nb\nc\nd\n');
    expect(diffLines(before, splitLines('a\nB\nc\nd\ne\n'))).toEqual([
      { start: 1, end: 2, lines: ['B\n'] },
      { start: 4, end: 4, lines: ['e\n'] },
    ]);
    expect(diffLines(before, before)).toEqual([]);
    expect(diffLines([], before)).toEqual([{ start: 0, end: 0, lines: before }]);
    expect(diffLines(before, [])).toEqual([{ start: 0, end: 4, lines: [] }]);
  });

  it('are compared in bounded time, however many differ', () => {
    const before = Array.from({ length: 20_000 }, (_, index) => `a${index}\n`);
    const after = before.map((line, index) => (index === 0 || index === 19_999 ? line : `b${line}`));
    const startedMs = performance.now();
    const edits = diffLines(before, after);
    expect(performance.now() - startedMs).toBeLessThan(3000);
    expect(edits).toEqual([{ start: 1, end: 19_999, lines: after.slice(1, -1) }]);
  });
});

describe('text', () => {
  it.each([
    ['UTF-8', Buffer.from('é\r\n…')],
    ['a byte order mark', Buffer.from([0xef, 0xbb, 0xbf, 0x61])],
    ['nothing', Buffer.alloc(0)],
  ])('is %s, and comes back byte by byte', (_name, bytes) => {
    expect(Buffer.from(decodeText(bytes) ?? 'binary')).toEqual(bytes);
  });

  it.each([
    ['a NUL', Buffer.from('a\0b')],
    ['Latin-1', Buffer.from('é', 'latin1')],
    ['a cut character', Buffer.from('é').subarray(0, 1)],
    ['more than a million lines', Buffer.alloc(1_000_001, '\n')],
  ])('is not what has %s', (_name, bytes) => expect(decodeText(bytes)).toBeNull());
});
