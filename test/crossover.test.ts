/** examples/crossover as a whole. Its parts have their tests beside them. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startScriptedServer } from 'planwright/testing';
import { expect, test } from 'vitest';
import { runCommand } from '../examples/crossover/command.ts';
import { compileCache } from './cli/command-process.ts';
import { makeTemporaryFolder } from './support/temporary-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** In this process. */
async function measure(args: string[]): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  const code = await runCommand(args, {
    signal: new AbortController().signal,
    say: (text) => (said.stdout += `${text}\n`),
    tell: (text) => (said.stderr += `${text}\n`),
  });
  return { code, ...said };
}

/** In a process of its own. */
function start(args: string[]): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const env = { ...process.env, NODE_COMPILE_CACHE: compileCache };
  const program = ['--conditions=planwright:source', 'examples/crossover/run.ts', ...args];
  execFile(process.execPath, program, { cwd: root, env }, (error, stdout, stderr) =>
    resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
  );
  return promise;
}

const tableOf = (text: string) => text.split('\n').filter((line) => line.startsWith('| '));
const cellsOf = (row = '') => row.split('|').map((cell) => cell.trim());
const shareIn = (cell = '') => Number(/^(\d+) %/.exec(cell)?.[1]) / 100;
/** What stands behind the table. */
const findingsOf = (text: string) => text.trim().split('\n\n').at(-1)?.split('\n') ?? [];

test('the recording gives, without a model, the table and the findings of docs/crossover.md', async () => {
  const page = readFileSync(join(root, 'docs/crossover.md'), 'utf8');
  const html = join(makeTemporaryFolder(), 'crossover.html');
  const { code, stdout, stderr } = await start(['--html', html]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.split('\n')[0]).toMatch(/^Recorded on 2026-11-25: SmolLM2-135M-Instruct .* temperature 0, seed 7\.$/);
  expect(tableOf(stdout)).toHaveLength(6);
  expect(tableOf(stdout)).toEqual(tableOf(page));
  const listed = page.split('\n').flatMap((line) => /^- (.*)/.exec(line)?.[1] ?? []);
  expect(listed.filter((line) => findingsOf(stdout).includes(line))).toEqual(findingsOf(stdout));
  const document = readFileSync(html, 'utf8');
  expect(document).toContain('Recorded on 2026-11-25');
  expect(document.match(/<svg/g)).toHaveLength(2);
});

test('marked leniently, the same recording gives the two crossings that the page states', async () => {
  const page = readFileSync(join(root, 'docs/crossover.md'), 'utf8');
  const { stdout } = await measure(['--lenient']);
  expect(stdout.split('\n')[0]).toMatch(/^Recorded .* Marked leniently\.$/);
  const stated = page.split('\n').flatMap((line) => /^ {2}- (.*)/.exec(line)?.[1] ?? []);
  expect(stated).toHaveLength(2);
  expect(findingsOf(stdout).slice(0, 2)).toEqual(stated);
});

test('a model that is measured over HTTP and recorded gives the same table when it is replayed', async () => {
  // Right on the sums of a prompt of one question, wrong by one on all others.
  await using server = await startScriptedServer(({ text }) => {
    const sums = [...text.matchAll(/(\d+) \+ (\d+)\?/g)].map(([, first, second]) => Number(first) + Number(second));
    return sums.length === 1 ? `${sums[0]}` : sums.map((sum, at) => `${at + 1}. ${sum + 1}`).join('\n');
  });
  const file = join(makeTemporaryFolder(), 'calls.jsonl');
  const design = ['--sizes', '1,2,3', '--repeats', '4', '--kinds', 'sum', '--seed', '5'];
  const real = await measure(['--model', server.spec, ...design, '--record', file]);
  expect(real.stdout.split('\n')[0]).toBe('Real: scripted was asked just now, temperature 0, seed 5.');
  const shares = tableOf(real.stdout)
    .slice(2)
    .map((row) => cellsOf(row).slice(1, 5));
  expect(shares).toEqual([
    ['1', '12', '100 % (100–100)', '100 % (100–100)'],
    ['2', '4', '0 % (0–0)', '100 % (100–100)'],
    ['3', '4', '0 % (0–0)', '100 % (100–100)'],
  ]);
  expect(real.stdout).toContain('Crossing in right answers: the team is ahead beyond N = 1.0');
  const recorded = readFileSync(file, 'utf8').trim().split('\n');
  expect(recorded).toHaveLength(server.counts().requests);
  const replayed = await measure(['--model', `recorded:${file}`]);
  expect(replayed.stdout.split('\n')[0]).toMatch(/^Recorded on .*: scripted \(weights not stated\) on server not stated/);
  expect(replayed.stdout.split('\n').slice(1)).toEqual(real.stdout.split('\n').slice(1));
  // A call that is missing is no wrong answer.
  writeFileSync(file, `${recorded.slice(0, -1).join('\n')}\n`);
  const broken = await measure(['--model', `recorded:${file}`]);
  expect(broken).toMatchObject({ code: 1, stdout: '' });
  expect(broken.stderr).toMatch(/^A question got no answer: .*calls\.jsonl holds no recording of this call/);
  // Nothing is written over a recording.
  const again = await measure(['--model', server.spec, ...design, '--record', file]);
  expect(again).toMatchObject({ code: 2, stdout: '' });
  expect(again.stderr).toContain('the file is there already');
});

test('the simulated run says so wherever it speaks, and its shares are what was declared', async () => {
  const html = join(makeTemporaryFolder(), 'crossover.html');
  const { stdout } = await measure(['--model', 'simulated', '--sizes', '1,8', '--repeats', '40', '--html', html]);
  expect(stdout.split('\n')[0]).toMatch(/^Simulated, no model was asked: declared to answer 0\.9 .* × 0\.97 /);
  expect(readFileSync(html, 'utf8')).toContain('Simulated, no model was asked');
  const [alone, together] = tableOf(stdout).slice(2).map(cellsOf);
  for (const [cell, declared] of [
    [alone?.[3], 0.9],
    [together?.[3], 0.9 * 0.97 ** 7],
    [together?.[4], 0.9],
  ] as const) {
    // 320 questions: four standard deviations, and the rounding of the table.
    const within = 4 * Math.sqrt((declared * (1 - declared)) / 320) + 0.005;
    expect(Math.abs(shareIn(cell) - declared)).toBeLessThan(within);
  }
  expect(together?.[7]).toBe('8.0 ×');
});

test.each<[string[], string]>([
  [['--model', 'simulated', '--sizes', '4,2'], '--sizes "4,2": not ascending. See --help.'],
  [['--model', 'simulated', '--sizes', '1,two'], '--sizes "1,two": not a whole number. See --help.'],
  [['--model', 'simulated', '--kinds', 'riddle'], '--kinds "riddle": Invalid option'],
  [['--model', 'nope:x'], 'Model "nope:x" is not known.'],
  [['--model', 'recorded:nope.jsonl'], "nope.json can't be read. It says what nope.jsonl is a recording of."],
  [['--seed', '3'], '--seed: a recording has its own. Name a model to measure with --model.'],
  [['--model', 'simulated', '--record', 'x.jsonl'], '--record x.jsonl: there is nothing to record of simulated calls.'],
])('%j is refused with a reason', async (args, message) => {
  const { code, stdout, stderr } = await measure(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('an unknown option ends the program with exit code 2', async () => {
  const { code, stdout, stderr } = await start(['--nope']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^Unknown option '--nope'.*See --help\.\n$/);
});
