/** The example as its header runs it. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = async (...args: string[]): Promise<string[]> => {
  const script = fileURLToPath(new URL('run.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=planwright:source', script, ...args]);
  return stdout.trimEnd().split('\n');
};

test('twelve parts: one attempt each, and the sum of all of them although the list was handed over as a digest', async () => {
  expect(await run()).toEqual([
    'succeeded: 3 subtasks and 12 items, 15 calls',
    'each[0]: "Part 1 is about the budget; the text has the usual forms of words and nothing else of interest."',
    'each[1]: "Part 2 is about the roof; the text has the usual forms of words and nothing else of interest."',
    'deliverable: "2026-03-04: the budget 3, the roof 3, the garden 2, the school 2, the bridge 2"',
    expect.stringMatching(/^whole: 12 handoffs, \d+ tokens$/),
    expect.stringMatching(/^digest: 2 handoffs, \d+ tokens$/),
    'reference: 0 handoffs, 0 tokens',
  ]);
});

test('more parts than the plan allows are refused with the reason', async () => {
  const [first, ...lines] = await run('101');
  expect(first).toBe('partial: 3 subtasks and 0 items, 1 calls');
  expect(lines.at(-1)).toBe(
    '"parts" gave 101 items, and "each" takes at most 100. Raise map.max of the subtask, or have fewer given.',
  );
});
