import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { probeSandboxes } from '../sandbox/sandboxes.ts';
import { calibrateCode } from './calibrate-code.ts';
import type { KnownWork } from './calibration-case.ts';
import { listImportedPackages } from './imported-packages.ts';

const good: KnownWork = {
  id: 'add',
  truth: 'good',
  instruction: 'Add.',
  text: 'const add = (a, b) => a + b;',
  tests: 'console.assert(add(2, 2) === 4);\nconsole.assert(add(1, 2) === 3);',
};
const bad: KnownWork = { ...good, truth: 'bad', text: 'const add = (a, b) => a * b;', kind: 'wrong-operator' };

test('verdicts say what was seen', async () => {
  const { judgements, stopped } = await calibrateCode({ works: [good, bad] });
  expect(stopped).toBe('exhausted');
  expect(judgements).toEqual([
    { id: 'add', truth: 'good', verdict: 'accepted', detail: 'The tests ran to their end and passed.' },
    { id: 'add', truth: 'bad', kind: 'wrong-operator', verdict: 'rejected', detail: expect.stringContaining('add(1, 2) === 3') },
  ]);
});

test('without tests, or a package that is not there, there is no verdict', async () => {
  const { tests: _, ...untested } = good;
  const { table, judgements } = await calibrateCode({ works: [untested, { ...bad, packages: ['left-of-nothing'] }] });
  expect(table).toMatchObject({ good: { n: 0 }, bad: { n: 0 }, unverified: 2, unverifiedOf: { good: 1, bad: 1 } });
  expect(judgements.map(({ detail }) => detail)).toEqual([
    'There are no tests for this work.',
    'The check names packages (left-of-nothing), and no folder was given to take them from.',
  ]);
});

test('languages: as it is named, as it looks', async () => {
  const typed = { ...good, text: 'const add = (a: number, b: number): number => a + b;', language: 'ts' };
  const { judgements } = await calibrateCode({ works: [typed, { ...typed, language: 'js' }], timeoutMs: 3000 });
  expect(judgements.map(({ verdict }) => verdict)).toEqual(['accepted', 'rejected']);
});

const { languages } = await probeSandboxes();
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

test.skipIf(!languages.javascript.includes('bubblewrap'))(
  'what the code imports is taken from the folder, where it is there (skipped where bubblewrap does not run)',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'planwright-test-'));
    folders.push(folder);
    mkdirSync(join(folder, 'node_modules/twice'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/twice/package.json'), '{"name":"twice","version":"1.0.0","main":"index.js"}');
    writeFileSync(join(folder, 'node_modules/twice/index.js'), 'module.exports = (n) => 2 * n;\n');
    const text = "const twice = require('twice');\nconst add = (a, b) => twice(a) / 2 + b;";
    const work = { ...good, text };
    const found = await calibrateCode({ works: [work], packageFolders: { node: folder } });
    expect(found.judgements).toMatchObject([{ verdict: 'accepted' }]);
    const missing = await calibrateCode({ works: [work], packageFolders: { node: tmpdir() } });
    expect(missing.judgements).toMatchObject([{ verdict: 'rejected', detail: expect.stringContaining('twice') }]);
  },
);

test.skipIf(languages.python.length === 0)('Python is told by its looks (skipped where no sandbox runs it)', async () => {
  const python = { ...good, text: 'def add(a, b):\n    return a + b\n', tests: 'assert add(2, 2) == 4\nassert add(1, 2) == 3\n' };
  const broken = { ...python, truth: 'bad' as const, text: 'def add(a, b):\n    return a * b\n' };
  const { judgements } = await calibrateCode({ works: [python, broken] });
  expect(judgements.map(({ verdict }) => verdict)).toEqual(['accepted', 'rejected']);
});

test.each([
  [`const a = require('js-md5'), b = require("@scope/pack/inner");`, ['js-md5', '@scope/pack']],
  [`import c from 'c';\nimport 'd/style.css';\nconst e = await import('e');\nexport * from "c";`, ['c', 'd', 'e']],
  [`import fs from 'node:fs';\nimport { join } from 'path';\nimport x from './x.js';\nimport y from '/etc/passwd';`, []],
  [`obj.require('no'); const s = "from 'not";\nlet from = 'neither'`, []],
  [`require('../../secret'); require('..'); require('')`, []],
])('imports of %j', (code, names) => {
  expect(listImportedPackages(code)).toEqual(names);
});
