import { describe, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-process.ts';

const chain = (...args: string[]) => runCommand(makeTemporaryFolder(), ['chain', ...args]);
const model = 'This takes the steps as independent and equally reliable; real chains can do worse or better.\n';

describe('planwright chain', () => {
  test.each([
    ['.9', '.6', 4],
    ['.97', '0.6', 16],
    ['.7', '.49', 1],
  ])('--p %s --q %s is %d steps', async (p, q, n) => {
    const { code, stdout, stderr } = await chain('--p', p, '--q', q, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ p: Number(p), q: Number(q), n, bound: 'finite' });
  });

  test('without end', async () => {
    const { stdout } = await chain('--p', '1', '--q', '.6', '--json');
    expect(JSON.parse(stdout)).toEqual({ p: 1, q: 0.6, n: null, bound: 'unbounded' });
  });

  test.each([
    [
      '.9',
      '.6',
      'At most 4 steps in a row beat one agent: 0.9^4 = 0.6561 is more than 0.6, 0.9^5 = 0.5905 is not more than 0.6.',
    ],
    ['.7', '.49', 'At most 1 step in a row beats one agent: 0.7^1 = 0.7 is more than 0.49, 0.7^2 = 0.49 is not more than 0.49.'],
    ['.5', '.6', 'No chain beats one agent, not even one step: 0.5^1 = 0.5 is not more than 0.6.'],
    ['1', '.6', 'A chain of any length beats one agent: 1^n stays above 0.6.'],
  ])('in words: %s against %s', async (p, q, words) => {
    expect(await chain('--p', p, '--q', q)).toEqual({ code: 0, stdout: `${words}\n${model}`, stderr: '' });
  });

  test.each([
    [['--p', '1.1', '--q', '.6'], "Option '--p <x>' argument '1.1' is invalid. Give a number from 0 to 1, such as .9."],
    [['--p', '.9', '--q', '-.6'], "Option '--q <x>' argument '-.6' is invalid. Give a number from 0 to 1, such as .9."],
    [['--p', 'high', '--q', '.6'], "Option '--p <x>' argument 'high' is invalid. Give a number from 0 to 1, such as .9."],
    [['--p', '.9'], "Required option '--q <x>' not specified"],
  ])('%j is refused', async (args, message) => {
    const [plain, json] = await Promise.all([chain(...args), chain(...args, '--json')]);
    expect(plain).toEqual({ code: 2, stdout: '', stderr: `${message}\nHelp: planwright chain --help\n` });
    expect(json).toEqual({
      code: 2,
      stdout: `${JSON.stringify({ error: { code: 'usage', message } })}\n`,
      stderr: '',
    });
  });
});
