import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findUncitedStatements, formatCitation, parseCitations } from './citations.ts';

const read = (text: string) => parseCitations(text).map(({ file, line, endLine, quote }) => [quote, file, line, endLine]);

function straight(text: string): string {
  return text.replace(/[“”„«»]/g, '"').replace(/\s+/g, ' ');
}

describe('parseCitations', () => {
  it.each([
    ['- "A fact." [a.md:3]', [['A fact.', 'a.md', 3, 3]]],
    ['It says "a fact"\n  [docs/my notes.md:12-14], and so on.', [['a fact', 'docs/my notes.md', 12, 14]]],
    [
      '“A fact” [a.md:3–4] „Zwei“ [b.md:1] «trois» [c.md:2]',
      [
        ['A fact', 'a.md', 3, 4],
        ['Zwei', 'b.md', 1, 1],
        ['trois', 'c.md', 2, 2],
      ],
    ],
    ['The "X" part says "He said "no" to it" [a.md:1].', [['He said "no" to it', 'a.md', 1, 1]]],
    ['- "print("x")" [a.py:1]', [['print("x")', 'a.py', 1, 1]]],
    ['- ""a": "b"," [a.json:7]', [['"a": "b",', 'a.json', 7, 7]]],
    ['- "const a = "";" [a.ts:1]', [['const a = "";', 'a.ts', 1, 1]]],
    ['"the 5" pipe" [a.md:1]', [['the 5" pipe', 'a.md', 1, 1]]],
    ['"see [1] and [2]" [app/[id]/page.tsx:10]', [['see [1] and [2]', 'app/[id]/page.tsx', 10, 10]]],
    [
      '"one" [a.md:1], [b.md:2]',
      [
        ['one', 'a.md', 1, 1],
        ['one', 'b.md', 2, 2],
      ],
    ],
    ['**"bold"** [`a.md:L5-L6`]', [['bold', 'a.md', 5, 6]]],
    ['“Write "quote" [path:12] here” [docs/a.md:4]', [['Write "quote" [path:12] here', 'docs/a.md', 4, 4]]],
    ['- An "open mark\n- "fact" [a.md:1]', [['fact', 'a.md', 1, 1]]],
    ['A claim [a.md:3] without a quote, a time [10:30], a "quote" without a place.', []],
    ['"quote" [a.md]', []],
    ['"quote" [a\n.md:3]', []],
  ])('reads %j', (text, citations) => {
    expect(read(text)).toEqual(citations);
  });

  it('says where the quote begins', () => {
    expect(parseCitations('Ab "cd" [e:1]')[0]?.index).toBe(3);
  });

  it('reads back whatever formatCitation writes, marks and brackets included', () => {
    const piece = fc.constantFrom(
      '"',
      '“',
      '”',
      '[',
      ']',
      '[a.md:3]',
      '" [b:1]',
      'word',
      ' ',
      '(',
      ')',
      ':',
      '«',
      '»',
      '5',
      '\n',
      '- ',
      'é',
    );
    const quote = fc.array(piece, { minLength: 1, maxLength: 12 }).map((parts) => `x${parts.join('')}y`);
    const before = fc.constantFrom('', '- ', 'The “A” and "B": ', '1. "early" [z.md:9] and ', 'an "open mark ');
    fc.assert(
      fc.property(before, quote, fc.integer({ min: 1, max: 999 }), (start, text, line) => {
        const written = formatCitation({ file: 'a b/[c].md', line, endLine: line + 2, quote: text });
        fc.pre(written.startsWith('“'));
        const last = parseCitations(`${start}${written}.`).at(-1);
        expect({ ...last, index: 0 }).toEqual({ file: 'a b/[c].md', line, endLine: line + 2, quote: straight(text), index: 0 });
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it.each([
    '"',
    '[',
    '"[',
    '" [a:1]',
    '” [a:1]',
    '“" [a:1]” [a:1]',
    '“ ” [a:1] ” [a:1]',
    '"a b" [a:1] c" [a:1]',
    ':1]',
    '[:1]',
    '"\n',
    '[    ',
    '"a" [b:1] ',
    '“a',
    '\uE000',
  ])('takes half a megabyte of %j', { timeout: 10_000 }, (piece) => {
    const text = piece.repeat(500_000 / piece.length);
    expect(parseCitations(text).length).toBeLessThan(500_000);
    expect(findUncitedStatements(text).length).toBeLessThan(500_000);
  });
});

describe('findUncitedStatements', () => {
  it('finds the items and sentences that rest on nothing', () => {
    const report = [
      '# Report on “x”',
      '',
      'The files say two things:',
      '',
      '- The limit is two. "At most two." [a.md:3]',
      '- The moon is cheese,',
      '  and so is Mars.',
      '- Not found: who pays',
      '  for it all.',
      '1. "Quoted. Twice." [a.md:4]',
      '',
      'Retries are limited. "At most two." [a.md:3] Retries are free. It says "so" [b.md:1], e.g. here.',
      'Really free.',
      '',
      '**Not found**: the price. Nobody knows it.',
      '',
      '| Claim | Source |',
      '|-------|--------|',
      '| Sun is hot | "hot sun" [a.md:9] |',
      '| Sun is cold | none |',
      '```',
      'This is code.',
      '```',
      '---',
      '42.',
    ].join('\r\n');
    expect(findUncitedStatements(report)).toEqual([
      'The moon is cheese, and so is Mars.',
      'Retries are free.',
      'Really free.',
      '| Sun is cold | none |',
    ]);
  });

  it('does not take a bare place for a citation', () => {
    expect(findUncitedStatements('- A claim [a.md:3]')).toEqual(['A claim [a.md:3]']);
  });
});
