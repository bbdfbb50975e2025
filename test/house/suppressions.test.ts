import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findSuppressions, listCode } from '../../scripts/check-suppressions.ts';

test('no file of the project silences a checker', () => {
  const code = listCode();
  expect(code).toEqual(expect.arrayContaining(['package.json', 'src/errors.ts', 'bin/planwright.js']));
  expect(code.flatMap((path) => findSuppressions(readFileSync(path, 'utf8')).map((found) => `${path}:${found}`))).toEqual([]);
});

test.each([
  '// oxlint-disable-next-line no-console',
  '/* eslint-disable */',
  '// biome-ignore format: kept',
  '// @ts-ignore',
  '// @ts-expect-error wrong on purpose',
  '// @ts-nocheck',
  'const plan = input as any;',
  'const plan = <any>input;',
  '/* v8 ignore next */',
])('%s is found, with its line', (line) => {
  expect(findSuppressions(`const a = 1;\n${line}\n`)).toEqual([expect.stringMatching(/^2: a /)]);
});

test('prose is not taken for a cast', () => {
  expect(findSuppressions('// It is treated as any other role.')).toEqual([]);
});
