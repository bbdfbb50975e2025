import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DocumentFolder, openDocumentFolder } from '../documents/document-folder.ts';
import type { DocumentKind } from '../documents/document-kind.ts';
import { decodeText, readableLines } from '../documents/readable-lines.ts';
import { unitsOf } from '../documents/units-of.ts';
import { checkQuotes, documentLineReader, standsIn } from './quotes.ts';

let root = '';
let folder: DocumentFolder;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'planwright-quotes-'));
  await mkdir(join(root, 'in'));
  await writeFile(
    join(root, 'in', 'a.md'),
    '# Limits\r\n\r\nThe **limit** is [two](x.md) — it’s\r\n“fixed” &amp; final.\r\n\r\nOther text.\r\n',
  );
  await writeFile(join(root, 'in', 'page.html'), '<p>It costs\n<b>9</b> euros &mdash; at most.</p>\n');
  await symlink('../secret.md', join(root, 'in', 'link.md'));
  await writeFile(join(root, 'secret.md'), 'secret words\n');
  folder = await openDocumentFolder(join(root, 'in'));
});

afterAll(() => rm(root, { recursive: true }));

async function judge(text: string, min?: number) {
  const { checked, failed, missing } = await checkQuotes(text, documentLineReader(folder), min === undefined ? {} : { min });
  return { checked: checked.map(({ quote }) => quote), reasons: failed.map(({ reason }) => reason), missing };
}

describe('checkQuotes', () => {
  it.each([
    '"The limit is two" [a.md:3]',
    '"The **limit** is [two](x.md)" [a.md:3]',
    `"is two - it's 'fixed'" [a.md:3-4]`.replace("'fixed'", '"fixed"'),
    '“it’s\n“fixed” & final.” [a.md:3-4]',
    '"“fixed” &amp; final." [./a.md:4]',
    '"# Limits" [a.md:1]',
    '"It costs 9 euros – at most." [page.html:1-2]',
  ])('accepts %j, which differs from its source in typography only', async (text) => {
    expect(await judge(text)).toMatchObject({ checked: [expect.any(String)], reasons: [] });
  });

  it.each([
    [
      '"The limit is three" [a.md:3]',
      '"The limit is three" [a.md:3] is not there. There stands: "The **limit** is [two](x.md) — it’s"',
    ],
    [
      '"the limit is two" [a.md:3]',
      '"the limit is two" [a.md:3] is not there. There stands: "The **limit** is [two](x.md) — it’s"',
    ],
    [
      '"Other text." [a.md:4]',
      '"Other text." [a.md:4] is not there. There stands: "“fixed” &amp; final." The quote stands in line 6.',
    ],
    [
      '"is two — it’s “fixed”" [a.md:2]',
      '"is two — it’s “fixed”" [a.md:2] is not there. The line is empty. The quote stands in lines 3-4.',
    ],
    ['"Other text." [a.md:6-7]', '"Other text." [a.md:6-7] names line 7, but the file ends before it.'],
    ['"Other text." [a.md:99]', '"Other text." [a.md:99] names line 99, but the file ends before it.'],
    ['"Other text." [a.md:0]', '"Other text." [a.md:0] names line 0; lines count from 1.'],
    ['"Other text." [a.md:6-5]', '"Other text." [a.md:6-5] ends at line 5, before it begins.'],
    [
      '"Other text." [a.md:1-999999999]',
      '"Other text." [a.md:1-999999999] names 999999999 lines; at most 200 can be cited at once.',
    ],
    ['"Other text." [b.md:1]', '"Other text." [b.md:1] cannot be checked: There is no file "b.md" in the folder.'],
    [
      '"secret words" [../secret.md:1]',
      '"secret words" [../secret.md:1] cannot be checked: Path "../secret.md" leads out of the folder with "..". ' +
        'Paths are relative to the given folder, with forward slashes.',
    ],
    [
      '"secret words" [link.md:1]',
      '"secret words" [link.md:1] cannot be checked: Path "link.md" is a link that leads out of the given folder; it is not followed.',
    ],
    ['"is" [a.md:3]', '"is" [a.md:3] is too short to show anything.'],
    ['"—" [a.md:3]', '"—" [a.md:3] is too short to show anything.'],
    ['"" [a.md:3]', ' [a.md:3] is too short to show anything.'],
  ])('refuses %j and says what stands there', async (text, reason) => {
    expect(await judge(text)).toEqual({ checked: [], reasons: [reason], missing: 0 });
  });

  it('says how many citations are missing', async () => {
    expect(await judge('"Other text." [a.md:6] and no more', 3)).toEqual({ checked: ['Other text.'], reasons: [], missing: 2 });
  });

  it('looks at 2,000 citations and refuses the rest', async () => {
    const { checked, reasons } = await judge('- "Other text." [a.md:6]\n'.repeat(2001));
    expect([checked.length, reasons]).toEqual([2000, ['"Other text." [a.md:6] was not looked at: only 2000 citations are.']]);
  });
});

describe('every unit stands on its own lines, whatever the file', () => {
  const marks = [
    '**',
    '*',
    '_',
    '`',
    '[',
    ']',
    '](x.md)',
    '(',
    ')',
    '![',
    '# ',
    '## ',
    '- ',
    '1. ',
    '> ',
    '| ',
    '---',
    '===',
    '```',
    '~~',
    '\\',
    '&amp;',
    '&lt;',
    '<!--',
    '-->',
    '// ',
    '/* ',
    ' * ',
    '*/',
    '"""',
    '-- ',
    '"key": ',
    'key:',
    '{',
    '},',
    '[x] ',
    '@param ',
    '<p>',
    '</p>',
    '<b>',
    '</b>',
    '<br>',
    '<h2>',
    '</h2>',
    '<td>',
    '<script>',
    '</script>',
    '<style>',
    '&nbsp;',
    '&#10;',
    '<a title="\n">',
    'word',
    'Two words.',
    'e.g. This',
    'v1.2',
    'Dr. X',
    'What?',
    'é',
    '退款。',
    '“q”',
    "it's",
    '—',
    '😀',
    ' ',
    ' ',
    '  ',
    '\t',
    '\n',
    '\n',
    '\n\n',
    '\r\n',
    '\r',
    '\u00A0',
    '\u0301',
  ];
  const content = fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...marks) },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 8 }) },
    ),
    { maxLength: 60 },
  );
  const kinds: [DocumentKind, string][] = [
    ['markdown', 'a.md'],
    ['text', 'a.txt'],
    ['html', 'a.html'],
    ['source', 'a.ts'],
    ['source', 'a.py'],
    ['source', 'a.sql'],
    ['data', 'a.json'],
    ['data', 'a.yaml'],
    ['csv', 'a.csv'],
  ];

  it.each(kinds)('%s %s', (kind, path) => {
    fc.assert(
      fc.property(content, (parts) => {
        const text = decodeText(Buffer.from(parts.join('').replaceAll('\0', ''))) ?? '';
        const lines = readableLines(text, kind);
        for (const unit of unitsOf(path, kind, text)) {
          const cited = lines.slice(unit.line - 1, unit.endLine);
          expect([unit, standsIn(unit.text, cited)]).toEqual([unit, true]);
        }
      }),
      { seed: 42, numRuns: 1500 },
    );
  });
});
