/** `planwright compare` as a user runs it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ScriptedServer, startScriptedServer } from 'planwright/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand, startCommand } from '../cli/command-process.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { type PricedServer, startPricedServer } from './priced-server.ts';
import { pairTeamYaml, plan } from './scripted-comparison.ts';

let folder = '';
let server: ScriptedServer;
let hangs = false;

const question = (text: string) => /Question (q\d+)/.exec(text)?.[1] ?? '';
/** The team is right, the single agent never. */
const answer = (text: string) => (text.includes('You are the writer') ? `right ${question(text)}` : 'found');

beforeEach(async () => {
  folder = makeTemporaryFolder();
  hangs = false;
  writeTasks(8);
  writeFileSync(join(folder, 'team.yaml'), pairTeamYaml);
  server = await startScriptedServer(({ body, text }, index) => {
    if (hangs && index >= 5) return { hang: true };
    return body.response_format?.type === 'json_schema' ? plan : answer(text);
  });
});

afterEach(() => server.close());

function writeTasks(count: number): void {
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      id: `q${index}`,
      task: `Question q${index}`,
      check: { exact: `right q${index}` },
      class: index % 2 === 0 ? 'even' : 'odd',
    }),
  );
  writeFileSync(join(folder, 'tasks.jsonl'), `# Eight questions\n${lines.join('\n')}\n`);
}

const compare = (...more: string[]) => ['compare', 'tasks.jsonl', '--team', 'team.yaml', '--model', server.spec, ...more];

describe('a comparison', () => {
  test('in words, a line a pair, and a page', async () => {
    const { code, stdout, stderr } = await runCommand(folder, compare('--html', 'report.html', '--alpha', '0.3'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^The team is better: the team succeeded on 6 \(100\.0 %/);
    expect(stdout).toContain('\nThe answer was clear after 6 pairs: 2 of 8 were not needed.\n6 pairs run for $0.\n');
    const lines = stderr.split('\n');
    expect(lines).toHaveLength(9);
    expect(lines[0]).toMatch(
      /^1\/8 {2}q0: (single rejected \(It is not "right q0"\.\), team passed|team passed, single rejected \(It is not "right q0"\.\)) · e-value 1 · \d+ tokens, \$0 · at most 7 pairs left: \d+\.\d s, \$0$/,
    );
    expect(lines[5]).toMatch(/^6\/8 {2}q5: .* · e-value 3\.88 · /);
    expect(lines.slice(6)).toEqual([
      'Wrote report.html',
      expect.stringMatching(/^stored {5}\.planwright · comparison [0-9a-f]{12}$/),
      '',
    ]);
    const page = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(page).toContain('tasks.jsonl');
    expect(page).toContain('planwright');
    expect(page).toContain('The answer was clear after 6 pairs');
    expect(page).toContain('writer');
  });

  test('with --json one document with the contract’s keys, and the same again without a call', async () => {
    const first = await runCommand(folder, compare('--json', '--fixed-n', '--alpha', '0.01', '--seed', '3'));
    const document = JSON.parse(first.stdout);
    expect(document).toMatchObject({
      verdict: 'team',
      method: 'fixed',
      alpha: 0.01,
      pairs: 8,
      both: 0,
      onlySingle: 0,
      onlyTeam: 8,
      neither: 0,
      mcnemarP: 2 ** -7,
      success: { single: { k: 0, n: 8 }, team: { k: 8, n: 8 } },
      cost: { unit: 'tokens' },
      furtherPairs: 0,
      stopped: 'exhausted',
      pairsPlanned: 8,
      pairsRun: 8,
      tasksRun: 8,
      spentUsd: 0,
      grading: { tokens: 0, usd: 0 },
      notes: [],
    });
    expect(document.comparisonId).toMatch(/^[0-9a-f]{12}$/);
    expect(document.classes.map(({ class: name, pairs }: { class: string; pairs: number }) => [name, pairs])).toEqual([
      ['even', 4],
      ['odd', 4],
    ]);
    const asked = server.requests.length;
    const again = await runCommand(folder, compare('--json', '--fixed-n', '--alpha', '0.01', '--seed', '3'));
    expect(again.stdout).toBe(first.stdout);
    expect(server.requests).toHaveLength(asked);
  });

  test('further arms by name', async () => {
    writeTasks(2);
    const { stdout } = await runCommand(
      folder,
      compare('--json', '--arms', 'single, team,cascade', '--arm', 'again=team,team=team.yaml', '--arm', 'best=best-of-n,n=2'),
    );
    const { arms, others } = JSON.parse(stdout);
    expect(arms.map(({ arm }: { arm: string }) => arm).toSorted()).toEqual(['again', 'best', 'cascade', 'single', 'team']);
    expect(others).toHaveLength(3);
  });
});

describe('the end', () => {
  test('Ctrl-C ends with 130, tells what ran, and the same command goes on', async () => {
    hangs = true;
    const running = startCommand(folder, compare('--json', '--alpha', '0.3'));
    await server.received(6);
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    const halted = JSON.parse(stdout);
    expect(halted).toMatchObject({
      stopped: 'interrupted',
      pairs: 1,
      notes: ['It was interrupted after 1 of 8 pairs; the same command goes on from there.'],
    });
    hangs = false;
    const resumed = await runCommand(folder, compare('--json', '--alpha', '0.3'));
    expect(resumed.code).toBe(0);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ stopped: 'decided', pairs: 6, comparisonId: halted.comparisonId });
    expect(server.requests).toHaveLength(6 * 4 + 1);
  });

  test('--max-usd ends with 3 below it', async () => {
    const priced: PricedServer = await startPricedServer((prompt) => (prompt.includes('subtasks') ? plan : answer(prompt)));
    try {
      const args = [
        'compare',
        'tasks.jsonl',
        '--team',
        'team.yaml',
        '--model',
        'google:gemini-2.5-pro',
        '--max-usd',
        '0.15',
        '--json',
      ];
      const { code, stdout } = await runCommand(folder, args, { env: priced.env });
      const document = JSON.parse(stdout);
      expect({ code, stopped: document.stopped, pairs: document.pairs }).toEqual({ code: 3, stopped: 'max-usd', pairs: 3 });
      expect(document.spentUsd).toBeCloseTo(3 * 4 * 0.01125, 9);
      expect(priced.requests).toHaveLength(12);
    } finally {
      await priced.close();
    }
  });
});

describe('what is wrong is told before anything is asked, with 2', () => {
  test.each<[string, string[], RegExp]>([
    ['an arm that is none', ['--arms', 'single,teem'], /^unknown arm "teem"\. Did you mean "team"\?/],
    ['a named arm that is none', ['--arm', 'x=solo'], /unknown strategy "solo"/],
    ['a page in no folder', ['--html', 'no/where.html'], /^Cannot write the page no\/where\.html: there is no folder no\.$/],
  ])('%s', async (_, more, message) => {
    const { code, stdout } = await runCommand(folder, compare('--json', ...more));
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error.message).toMatch(message);
    expect(server.requests).toEqual([]);
    expect(existsSync(join(folder, '.planwright'))).toBe(false);
  });

  test('tasks with problems, each by its line', async () => {
    writeFileSync(
      join(folder, 'tasks.jsonl'),
      '{"id":"a","task":"A?","check":{"regex":"("}}\n{"id":"a","task":"B?","check":{"exact":"x"}}\n',
    );
    const { code, stdout } = await runCommand(folder, compare('--json'));
    const { error } = JSON.parse(stdout);
    expect(code).toBe(2);
    expect(error).toMatchObject({ code: 'usage', file: 'tasks.jsonl', line: 1 });
    expect(error.problems.map(({ line, path }: { line: number; path: string }) => [line, path])).toEqual([
      [1, 'check.regex'],
      [2, 'id'],
    ]);
  });
});
