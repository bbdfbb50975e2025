import { describe, expect, it } from 'vitest';
import type { DocumentKind } from './document-kind.ts';
import { unitsOf } from './units-of.ts';

function read(kind: DocumentKind, path: string, lines: string[]): [string, string, string | null][] {
  return unitsOf(path, kind, lines.join('\n')).map(({ line, endLine, text, heading }) => [`${line}-${endLine}`, text, heading]);
}

describe('Markdown', () => {
  it('keeps sentences that wrap, heading paths, items, tables, code and front matter apart', () => {
    const lines = [
      '---',
      'title: Guide',
      '---',
      '# Guide **one**',
      'See [the `v1.2`',
      'notes](https://x.org/a_(b)?c=D) in index.ts, e.g. Section 3.',
      'It costs 1.5 euros! Really?',
      '',
      'Setext',
      '------',
      '- [x] First _item_ goes',
      '  on here',
      '- Second',
      '',
      '## Deep',
      '> Quoted text',
      '> goes on.',
      '```ts',
      '# no heading',
      '```',
      '| Name | Limit |',
      '|:-----|------:|',
      '| `a_b` | 3 &lt; 4 |',
      '<!-- a comment',
      'that is hidden -->',
      '***',
      '![alt](x.png) <br> [ref][1]',
      '',
      '[1]: https://x.org',
    ];
    expect(read('markdown', 'guide.md', lines)).toEqual([
      ['2-2', 'title: Guide', null],
      ['4-4', 'Guide one', null],
      ['5-6', 'See [the v1.2 notes in index.ts, e.g. Section 3.', 'Guide one'],
      ['7-7', 'It costs 1.5 euros!', 'Guide one'],
      ['7-7', 'Really?', 'Guide one'],
      ['9-9', 'Setext', 'Guide one'],
      ['11-12', 'First item goes on here', 'Guide one › Setext'],
      ['13-13', 'Second', 'Guide one › Setext'],
      ['15-15', 'Deep', 'Guide one'],
      ['16-17', 'Quoted text goes on.', 'Guide one › Deep'],
      ['19-19', '# no heading', 'Guide one › Deep'],
      ['21-21', 'Name | Limit', 'Guide one › Deep'],
      ['23-23', 'a_b | 3 < 4', 'Guide one › Deep › Name | Limit'],
      ['27-27', 'alt ref', 'Guide one › Deep'],
    ]);
  });

  it('reads lines of keys and values one by one', () => {
    expect(read('text', 'a.txt', ['Name: Ada', 'Role: Engineer'])).toEqual([
      ['1-1', 'Name: Ada', null],
      ['2-2', 'Role: Engineer', null],
    ]);
  });

  it('cuts a text without an end into pieces that can be quoted', () => {
    const units = unitsOf('a.txt', 'text', 'word '.repeat(1000));
    expect(units.length).toBe(9);
    expect(Math.max(...units.map(({ text }) => text.length))).toBe(599);
  });
});

describe('source', () => {
  it('joins comment lines and takes code line by line', () => {
    const lines = ['#!/bin/sh', '# Starts the', '# server.', '#', '# Twice.', 'run() {', '}', 'x=1 # port'];
    expect(read('source', 'a.sh', lines)).toEqual([
      ['1-1', '#!/bin/sh', null],
      ['2-3', 'Starts the server.', null],
      ['5-5', 'Twice.', null],
      ['6-6', 'run() {', null],
      ['8-8', 'x=1 # port', null],
    ]);
  });

  it('knows blocks, documentation tags and docstrings', () => {
    expect(read('source', 'a.ts', ['/**', ' * Adds two', ' * numbers.', ' * @param a the first', ' */', 'add(a, b);'])).toEqual([
      ['2-3', 'Adds two numbers.', null],
      ['4-4', '@param a the first', null],
      ['6-6', 'add(a, b);', null],
    ]);
    expect(read('source', 'a.py', ['def f():', '    """Returns', '    one."""', '    return 1'])).toEqual([
      ['1-1', 'def f():', null],
      ['2-3', 'Returns one.', null],
      ['4-4', 'return 1', null],
    ]);
  });
});

describe('data', () => {
  it('puts each line under its keys', () => {
    const yaml = ['# Limits of uploads', 'upload:', '  size: 10', '  types:', '    - png', 'download:', '  size: 20'];
    expect(read('data', 'a.yaml', yaml)).toEqual([
      ['1-1', 'Limits of uploads', null],
      ['2-2', 'upload:', null],
      ['3-3', 'size: 10', 'upload'],
      ['4-4', 'types:', 'upload'],
      ['5-5', '- png', 'upload › types'],
      ['6-6', 'download:', null],
      ['7-7', 'size: 20', 'download'],
    ]);
    expect(read('data', 'a.toml', ['[server]', 'port = 8080'])).toEqual([
      ['1-1', '[server]', null],
      ['2-2', 'port = 8080', 'server'],
    ]);
  });
});

describe('hostile files cost no more than their length', () => {
  const size = 200_000;
  it.each<[DocumentKind, string]>([
    ['markdown', '*'.repeat(size)],
    ['markdown', '`'.repeat(size)],
    ['markdown', '['.repeat(size)],
    ['markdown', '[a]('.repeat(size / 4)],
    ['markdown', '![['.repeat(size / 3)],
    ['markdown', '*a '.repeat(size / 3)],
    ['markdown', '_a~~b'.repeat(size / 5)],
    ['markdown', '> '.repeat(size / 2)],
    ['markdown', '<a '.repeat(size / 3)],
    ['markdown', '- '.repeat(size / 2)],
    ['markdown', '&#'.repeat(size / 2)],
    ['markdown', ' '.repeat(size)],
    ['markdown', 'a\n'.repeat(size / 2)],
    ['markdown', '- a\n'.repeat(size / 4)],
    ['markdown', '* '.repeat(size / 2)],
    ['markdown', '| '.repeat(size / 2)],
    ['markdown', `|${'-'.repeat(size)}x`],
    ['markdown', `${' >'.repeat(size / 2)}x`],
    ['data', `a:${' '.repeat(size)}x`],
    ['source', `// ${' '.repeat(size)}x`],
    ['text', 'e.g. A'.repeat(size / 6)],
    ['text', 'a. '.repeat(size / 3)],
    ['text', 'A.\u0301'.repeat(size / 3)],
    ['html', '<a>'.repeat(size / 3)],
    ['html', `${'<i>'.repeat(size / 6)}${'</b>'.repeat(size / 8)}`],
    ['html', '<div>x'.repeat(size / 6)],
    ['html', '&amp'.repeat(size / 4)],
    ['html', '<!--'.repeat(size / 4)],
    ['html', '<script>'.repeat(size / 8)],
    ['html', 'a\n'.repeat(size / 2)],
    ['data', '{"a":'.repeat(size / 5)],
    ['data', Array.from({ length: 900 }, (_, depth) => `${' '.repeat(depth)}k:`).join('\n')],
    ['source', '/*'.repeat(size / 2)],
    ['source', '// a\n'.repeat(size / 5)],
    ['csv', ','.repeat(size)],
  ])('%s %#', { timeout: 4000 }, (kind, text) => {
    for (const unit of unitsOf(`file.${kind}`, kind, text)) expect(unit.text.length).toBeLessThanOrEqual(600);
  });
});
