import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-process.ts';

/** 40 tasks in two classes: both succeed on 16, only one agent on 16, only the team on 4, neither on 4; the team costs 5 × as much. */
const outcomes = [...Array(40).keys()].map((at) => ({
  task: `t${at}`,
  class: at % 2 === 0 ? 'small' : 'large',
  single: at % 10 < 8,
  team: at % 10 < 4 || at % 10 === 8,
}));
const rows = outcomes.flatMap(({ task, class: taskClass, single, team }) => [
  { task, arm: 'single', success: single, usd: 0.02, seconds: 8, class: taskClass },
  { task, arm: 'team', success: team, usd: 0.1, seconds: 6, class: taskClass },
]);
const table = [
  'Task;Arm;Success;USD;Seconds;Class;Comment',
  ...rows.map((row) => [row.task, row.arm, row.success ? 'pass' : 'fail', row.usd, row.seconds, row.class, '"a;b"'].join(';')),
].join('\r\n');

let folder = '';
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const compare = (...args: string[]) => runCommand(folder, ['compare', ...args]);

beforeEach(() => {
  folder = makeTemporaryFolder();
  write('results.csv', table);
});

describe('planwright compare --results', () => {
  test('says it in words, then in tables', async () => {
    const { code, stdout, stderr } = await compare('--results', 'results.csv');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [words = '', ...tables] = stdout.split('\n\n');
    expect(words.split('\n')).toEqual([
      'One agent is better: it succeeded on 32 (80.0 %, 65.2 to 89.5 %) of 40 tasks, the team on 20 (50.0 %, 35.2 to 64.8 %).',
      expect.stringMatching(
        /^Only the team succeeded on 4, only one agent on 16, both on 16, neither on 4 \(McNemar p = 0\.012, /,
      ),
      'The team costs 5.00 times as much as one agent (5.00 to 5.00).',
      'The team takes 0.750 times as long as one agent (0.750 to 0.750).',
      expect.stringMatching(/^For each success the team costs 8\.00 times as much as one agent \(/),
      expect.stringMatching(/^By class, each judged at 0\.025: /),
      'Ranges are 95 % intervals.',
    ]);
    expect(tables.map((text) => text.trimEnd().split('\n'))).toEqual([
      [
        'ARM     RUNS                SUCCESS      USD  TOKENS  SECONDS',
        'single    40  80.0 % (65.2 to 89.5)  $0.0200       –      8.0',
        'team      40  50.0 % (35.2 to 64.8)  $0.1000       –      6.0',
      ],
      [
        'PAIRS          ONE AGENT SUCCEEDS  ONE AGENT FAILS',
        'team succeeds                  16                4',
        'team fails                     16                4',
      ],
      [
        expect.stringMatching(/^CLASS +PAIRS +ONE AGENT +TEAM +VERDICT +FURTHER PAIRS$/),
        expect.stringMatching(/^small +20 /),
        expect.stringMatching(/^large +20 /),
      ],
    ]);
  });

  test('--json has the keys of the contract', async () => {
    const { code, stdout, stderr } = await compare('--results', 'results.csv', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      version: 1,
      method: 'fixed',
      alpha: 0.05,
      verdict: 'single',
      pairs: 40,
      both: 16,
      onlySingle: 16,
      onlyTeam: 4,
      neither: 4,
      mcnemarP: expect.closeTo(0.0118, 4),
      success: {
        single: { k: 32, n: 40, low: expect.closeTo(0.6524, 4), high: expect.closeTo(0.895, 4) },
        team: { k: 20, n: 40, low: expect.closeTo(0.352, 4), high: expect.closeTo(0.648, 4) },
      },
      cost: { ratio: expect.closeTo(5, 9), unit: 'usd' },
      time: { ratio: expect.closeTo(0.75, 9), unit: 'seconds' },
      verdicts: { success: 'single', cost: 'single', time: 'team', costPerSuccess: 'single' },
      furtherPairs: 0,
      unpaired: 0,
    });
    expect(report.eValue).toBeGreaterThan(1);
    expect(report.classes.map((item: { class: string }) => item.class)).toEqual(['small', 'large']);
    expect(report.discordant).toHaveLength(20);
  });

  test('JSON lines on stdin say the same as the table, byte for byte', async () => {
    const input = rows.map((row) => JSON.stringify(row)).join('\n');
    const piped = await runCommand(folder, ['compare', '--results', '-', '--json'], { input });
    expect(piped).toEqual(await compare('--results', 'results.csv', '--json'));
  });

  test('--alpha asks for more, --seed draws other intervals', async () => {
    const strict = JSON.parse((await compare('--results', 'results.csv', '--alpha', '.01', '--json')).stdout);
    const other = JSON.parse((await compare('--results', 'results.csv', '--seed', '2', '--json')).stdout);
    expect([strict.alpha, strict.verdict, other.verdict]).toEqual([0.01, 'undecided', 'single']);
    expect(strict.furtherPairs).toBeGreaterThan(0);
    expect(other.costPerSuccess.ratio).toBe(strict.costPerSuccess.ratio);
    expect(other.costPerSuccess.low).toBeGreaterThan(strict.costPerSuccess.low);
  });

  test('--html writes a page beside the answer', async () => {
    const { code, stdout, stderr } = await compare('--results', 'results.csv', '--html', 'report.html', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Wrote report.html\n' });
    expect(JSON.parse(stdout).verdict).toBe('single');
    const page = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('One agent is better: it succeeded on 32');
  });

  test('names from a file do nothing to a terminal', async () => {
    write('bad.csv', 'task,arm,success,class\na,single,1,"x\u001B[31m\ny"\na,team,1,\na,"e\u001B]0;t\u0007vil",1,\n');
    const { code, stdout } = await compare('--results', 'bad.csv');
    const controls = Array.from(stdout).filter((character) => character < ' ' && character !== '\n');
    expect([code, controls]).toEqual([0, []]);
  });
});

describe('wrong use', () => {
  const help = 'Help: planwright compare --help\n';

  test.each([
    [['tasks.jsonl', '--results', 'results.csv'], 'Give either TASKS or --results, not both: results have been run already.'],
    [[], 'There is nothing to compare. Give a file of tasks, or finished runs by --results FILE.'],
    [['--results', 'results.csv', '--team', 'x'], "Option '--results <file>' cannot be used with option '--team <file>'"],
    [
      ['--results', 'results.csv', '--alpha', '2'],
      "Option '--alpha <x>' argument '2' is invalid. Give a number from 0.000001 to 0.5, such as 0.05.",
    ],
  ])('%j is refused', async (args, message) => {
    expect(await compare(...args)).toEqual({ code: 2, stdout: '', stderr: `${message}\n${help}` });
  });

  test.each([
    [['--results', 'none.csv'], 'Cannot read the results none.csv: there is no such file.', 'none.csv'],
    [['--results', 'results.csv', '--html', 'none/r.html'], /^Cannot write the page none\/r\.html: /, 'none/r.html'],
  ])('%j ends with 2', async (args, message, file) => {
    const { code, stdout } = await compare(...args, '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({ error: { code: 'usage', message: expect.stringMatching(message), file } });
  });

  test('a wrong cell is located', async () => {
    write('bad.jsonl', '{"task":"a","arm":"single","success":1}\n{"task":"a","arm":"team","success":"?"}\n');
    const { code, stdout } = await compare('--results', 'bad.jsonl', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error).toEqual({
      code: 'usage',
      message: expect.stringMatching(/^bad\.jsonl:2:36 success: "\?" is neither success nor failure\./),
      file: 'bad.jsonl',
      line: 2,
      column: 36,
    });
  });
});
