import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Each is bad in one way; the file's folder matters to some rules. */
const BAD: { file: string; rule: string; text: string }[] = [
  {
    file: 'src/schedule/room.ts',
    rule: 'planwright(imports)',
    text: "import type { Store } from '../engine/store.ts';\nexport type A = Store;\n",
  },
  { file: 'src/plan/other.ts', rule: 'planwright(imports)', text: "export { decide } from '../schedule/decide.ts';\n" },
  { file: 'src/plan/lazy.ts', rule: 'planwright(imports)', text: "export const fs = () => import('node:fs');\n" },
  { file: 'src/cli/inner.ts', rule: 'planwright(imports)', text: "export { drive } from '../engine/drive.ts';\n" },
  { file: 'src/plan/date.ts', rule: 'eslint(no-restricted-globals)', text: 'export const at = () => new Date();\n' },
  {
    file: 'src/schedule/timer.ts',
    rule: 'eslint(no-restricted-globals)',
    text: 'export const wait = (then: () => void) => setTimeout(then, 1);\n',
  },
  {
    file: 'src/schedule/chance.ts',
    rule: 'eslint(no-restricted-properties)',
    text: 'export const draw = () => Math.random();\n',
  },
  { file: 'src/engine/now.ts', rule: 'eslint(no-restricted-properties)', text: 'export const at = () => Date.now();\n' },
  { file: 'src/engine/console.ts', rule: 'eslint(no-console)', text: "console.log('a');\n" },
  {
    file: 'src/engine/any.ts',
    rule: 'typescript(no-explicit-any)',
    text: 'export const read = (value: any): unknown => value;\n',
  },
  {
    file: 'src/engine/bang.ts',
    rule: 'typescript(no-non-null-assertion)',
    text: 'export const first = (list: string[]) => list[0]!.length;\n',
  },
  { file: 'src/engine/equal.ts', rule: 'eslint(eqeqeq)', text: 'export const same = (a: unknown, b: unknown) => a == b;\n' },
  { file: 'src/engine/unused.ts', rule: 'eslint(no-unused-vars)', text: 'const left = 1;\nexport const right = 2;\n' },
  {
    file: 'src/engine/floating.ts',
    rule: 'typescript(no-floating-promises)',
    text: 'const run = async () => 1;\nexport const go = () => {\n  run();\n};\n',
  },
  {
    file: 'src/engine/ignore.ts',
    rule: 'typescript(ban-ts-comment)',
    text: '// @ts-' + "ignore\nexport const a: number = 'a';\n",
  },
  {
    file: 'src/engine/only.test.ts',
    rule: 'vitest(no-focused-tests)',
    text: "import { expect, test } from 'vitest';\ntest.only('a', () => expect(1).toBe(1));\n",
  },
];

/** Good code that a careless rule would refuse. */
const GOOD: { file: string; text: string }[] = [
  {
    file: 'src/schedule/good.ts',
    text: "import type { Plan } from '../plan/plan.ts';\nimport type { Clock } from '../clock.ts';\nexport type A = [Plan, Clock];\n",
  },
  { file: 'src/cli/good.ts', text: "export { a } from '../index.ts';\nconsole.log('a');\n" },
  { file: 'examples/good.ts', text: "import { a } from 'planwright';\nconsole.log(a);\n" },
];

let folder = '';
/** Rules that each file breaks, by oxlint with the project's own settings. */
const found = new Map<string, string[]>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'planwright-lint-'));
  for (const path of ['.oxlintrc.json', 'tsconfig.json', 'scripts/lint']) cpSync(path, join(folder, path), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'), 'junction');
  for (const { file, text } of [...BAD, ...GOOD]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const report = await new Promise<string>((resolve) => {
    execFile('node_modules/.bin/oxlint', ['--format=json'], { cwd: folder }, (_error, stdout) => resolve(stdout));
  });
  const { diagnostics } = JSON.parse(report) as { diagnostics: { code: string; filename: string }[] };
  for (const { code, filename } of diagnostics) found.set(filename, [...(found.get(filename) ?? []), code]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(BAD)('$rule refuses $file', ({ file, rule }) => {
  expect(found.get(file)).toEqual([rule]);
});

test.each(GOOD)('nothing is wrong with $file', ({ file }) => {
  expect(found.get(file)).toBeUndefined();
});
