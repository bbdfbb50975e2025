import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { quoteShellWord, showCommand } from './shell-word.ts';

test('a plain id stands as it is', () => {
  expect(showCommand('2025-11-25-fox.3')).toBe('planwright show 2025-11-25-fox.3');
});

test('an id that begins with a hyphen is no option', () => {
  expect(showCommand('--deny')).toBe("planwright show -- '--deny'");
  expect(showCommand('-x', 'my runs')).toBe("planwright show --store 'my runs' -- '-x'");
});

test('a control character can’t end the line', () => {
  expect(quoteShellWord('a\nrm -rf x')).toBe("'a?rm -rf x'");
});

test('a shell reads the word back, and runs nothing in it', () => {
  const words = [`it's`, '$(echo no)', '`echo no`', 'a;b|c&d>e', '"', String.raw`\ `, '', '*', '~', '#x', '!!', "'\\''", 'é日'];
  const script = `for word in ${words.map(quoteShellWord).join(' ')}; do printf '%s\\n' "$word"; done`;
  expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(words.map((word) => `${word}\n`).join(''));
});
