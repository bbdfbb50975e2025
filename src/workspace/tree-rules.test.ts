import { resolve, sep } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPath, defaultTreeRules, foldCase, judgePath } from './tree-rules.ts';

/** Text made of what paths go wrong with. */
const hostilePath = fc
  .array(
    fc.constantFrom(
      '..',
      '.',
      '/',
      '/',
      '\\',
      '\0',
      '\n',
      '~',
      'C:',
      'a',
      'b.ts',
      ' ',
      '',
      '.git',
      'GIT~1',
      '%2e%2e',
      '．．',
      '\u202e',
      '\ud800',
      'x'.repeat(300),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

describe('paths', () => {
  it.each([
    'a',
    'src/a.ts',
    '__proto__',
    'constructor',
    '10',
    '.env',
    '.gitignore',
    '.github/ci.yml',
    'a b/c',
    '…/ü',
    '-rf',
    '~',
    '%2e%2e/a',
    'a.',
  ])('accepts %j', (path) => expect(judgePath(path)).toBeNull());

  it.each([
    ['/etc/passwd', 'outside'],
    ['../a', 'outside'],
    ['a/../../b', 'outside'],
    ['a/..', 'outside'],
    ['C:/a', 'outside'],
    ['c:a', 'outside'],
    ['', 'unusable'],
    ['a\\b', 'unusable'],
    ['..\\a', 'unusable'],
    ['a\0b', 'unusable'],
    ['a\nb', 'unusable'],
    ['a\u007f', 'unusable'],
    ['a\ud800', 'unusable'],
    ['a\uFFFD', 'unusable'],
    ['./a', 'unusable'],
    ['a/./b', 'unusable'],
    ['a//b', 'unusable'],
    ['a/', 'unusable'],
    ['.git/config', 'git'],
    ['a/.GIT/hooks/pre-commit', 'git'],
    ['.git', 'git'],
    ['git~1/config', 'git'],
    ['.git. /config', 'git'],
    ['.git::$INDEX_ALLOCATION/config', 'git'],
    ['.g\u200cit/config', 'git'],
    ['x'.repeat(256), 'too-long'],
    ['ü'.repeat(128), 'too-long'],
    [`${'x'.repeat(250)}/`.repeat(5).slice(0, -1), 'too-long'],
    ['a/'.repeat(32) + 'a', 'too-long'],
  ])('refuses %j', (path, kind) => expect(judgePath(path)?.kind).toBe(kind));

  it('takes Git’s files only when they are asked for', () => {
    expect(judgePath('.git/config', { ...defaultTreeRules, gitInternals: true })).toBeNull();
  });

  it('names the path and the reason, and the code that fits', () => {
    expect(() => checkPath('../../etc/passwd')).toThrow(
      expect.objectContaining({ code: 'path-outside-root', message: 'Path "../../etc/passwd" leads out of the tree with "..".' }),
    );
    expect(() => checkPath('a\u001b[2J')).toThrow(
      expect.objectContaining({ code: 'usage', message: 'Path "a\\u001b[2J" holds a control character.' }),
    );
    expect(() => checkPath('a/'.repeat(40) + 'a')).toThrow(expect.objectContaining({ code: 'value-too-large' }));
  });

  it('accepts no path that leads out of a root or has a second form', () => {
    const root = resolve('/some/root');
    fc.assert(
      fc.property(fc.oneof(hostilePath, fc.string({ unit: 'binary' })), (path) => {
        if (judgePath(path) !== null) return;
        expect(resolve(root, path)).toBe(`${root}${sep}${path.split('/').join(sep)}`);
        expect(Buffer.from(path).toString()).toBe(path);
      }),
      { numRuns: 1000, seed: 3 },
    );
  });
});

it('folds what file systems without case take for one name', () => {
  expect(foldCase('Straße/É.TXT')).toBe(foldCase('STRASSE/e\u0301.txt'));
  expect(foldCase('a/b')).not.toBe(foldCase('a/c'));
});
