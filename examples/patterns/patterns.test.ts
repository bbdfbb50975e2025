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

const whole = 'The lift is out of service.\nFrom Monday 8 to Wednesday 18 o’clock.\nQuestions: Ms Lang, ground floor.';

test('the editor asks twice, and the third draft is good', async () => {
  expect(await run()).toEqual([
    'draft-1 (clerk): "The lift is out of service."',
    'critique-1 (editor): {"verdict":"revise","feedback":"From when to when?"}',
    `draft-2 (clerk): ${JSON.stringify(whole.split('\n').slice(0, 2).join('\n'))}`,
    'critique-2 (editor): {"verdict":"revise","feedback":"Whom do I call?"}',
    `draft-3 (clerk): ${JSON.stringify(whole)}`,
    'critique-3 (editor): {"verdict":"good","feedback":""}',
    'succeeded: 6 calls, {"execute":3,"verify":3}',
    ...whole.split('\n'),
  ]);
});

test('with one round the second draft stands, whatever is left to ask', async () => {
  const lines = await run('1');
  expect(lines.slice(-3)).toEqual(['succeeded: 3 calls, {"execute":2,"verify":1}', ...whole.split('\n').slice(0, 2)]);
});
