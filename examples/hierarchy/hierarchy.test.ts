/** The example as its header runs it. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = async (...args: string[]): Promise<string> => {
  const script = fileURLToPath(new URL('run.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=planwright:source', script, ...args]);
  return stdout.trimEnd();
};

const largestPrompt = (told: string): string | undefined => /level 2.*largest prompt (\d+)/.exec(told)?.[1];

test('every level is told, beside the flat plan; docs/hierarchy.md shows it', async () => {
  const told = await run();
  expect(told.split('\n')).toEqual([
    'succeeded: The survey of 6 fields.',
    expect.stringMatching(/^level 1: 1 runs, 1 leaves, 2 calls, /),
    expect.stringMatching(/^level 2: 6 runs, 54 leaves, 60 calls, /),
    '62 calls in 5 rounds; one flat plan: 56 in 4',
  ]);
  expect(await readFile(new URL('../../docs/hierarchy.md', import.meta.url), 'utf8')).toContain(told);
});

test('twice the fields: the level below holds no more than before', async () => {
  const known = largestPrompt(await run());
  expect(known).toMatch(/^\d+$/);
  expect(largestPrompt(await run('12'))).toBe(known);
});
