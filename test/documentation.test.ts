/** What the README and docs/ show is what runs. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { listErrorCodes } from 'planwright';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from './support/temporary-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const node = (args: string[], cwd = root) =>
  run(process.execPath, ['--conditions=planwright:source', ...args], { cwd, timeout: 60_000 });

test('the README’s sample is ten lines, and is the example that runs', async () => {
  const sample = /```ts\n(.*?)```/s.exec(read('README.md'))?.[1] ?? '';
  const lines = sample
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '');
  expect(lines).toHaveLength(10);
  expect(sample).toBe(read('examples/quick-start.ts'));
  // It reads docs/ from the working folder and stores its run there.
  const folder = makeTemporaryFolder();
  symlinkSync(join(root, 'docs'), join(folder, 'docs'));
  const { stdout } = await node([join(root, 'examples/quick-start.ts')], folder);
  expect(stdout.split('\n')[0]).toBe('run-started');
  expect(stdout).toMatch(/status: 'succeeded'/);
  expect(stdout).toMatch(/\[concepts\.md:\d+\]/);
});

test('the typed deliverable’s example runs', async () => {
  const { stdout } = await node(['examples/typed-deliverable.ts']);
  expect(stdout).toBe("succeeded [ 'umbrella', 'boots' ]\n");
});

test('every relative link in the documentation leads somewhere', () => {
  const pages = ['README.md', 'AGENTS.md', 'CHANGELOG.md', ...listMarkdown('docs')];
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#\s]+)/g)].flatMap(([, target = '']) =>
      existsSync(join(root, dirname(page), target)) ? [] : [`${page}: ${target}`],
    ),
  );
  expect(broken).toEqual([]);
  expect(pages.length).toBeGreaterThan(10);
});

test('docs/errors.md lists every code with its meaning', () => {
  const rows = listErrorCodes().map(({ code, recovery, meaning }) => `| \`${code}\` | ${recovery} | ${meaning} |`);
  const page = read('docs/errors.md');
  expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows);
});

test('AGENTS.md has at most 120 lines', () => {
  expect(read('AGENTS.md').split('\n').length).toBeLessThanOrEqual(120);
});

function listMarkdown(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
}
