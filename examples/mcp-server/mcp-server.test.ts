/** The example as its header runs it. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('a program plans, runs and looks through the MCP server', async () => {
  const script = fileURLToPath(new URL('client.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=planwright:source', script], { timeout: 60_000 });
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toEqual([
    'tools: plan, run, show, runs, resume, cancel, compare',
    expect.stringMatching(/^plan: researcher, .*writer$/),
    // The client is not told of a note that it reads together with the answer: the last may be one of the work.
    expect.stringMatching(/^progress: [a-z ]+: \d+ of \d+ subtasks done/),
    'run: succeeded, with citations',
    'the last subtask: succeeded',
    'refused: path-outside-root',
  ]);
});
