/** `planwright diagnose` as its users start it: the shipped examples, labels, runs, a judge on a real server, and wrong use. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startScriptedServer } from 'planwright/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommandHere } from './command-here.ts';
import { runCommand } from './command-process.ts';

const home = process.cwd();
const examples = resolve('examples/diagnosis');
let folder = '';
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

const diagnose = (...args: string[]) => runCommandHere(folder, ['diagnose', ...args]);

beforeEach(() => {
  folder = makeTemporaryFolder();
});

describe('the shipped examples', () => {
  test('agreement with their labels is what docs/diagnosis.md shows', async () => {
    cpSync(examples, join(folder, 'diagnosis'), { recursive: true });
    const { code, stdout, stderr } = await runCommand(folder, ['diagnose', '--labels', 'diagnosis/labels.jsonl']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')[0]).toMatch(/^MODE +ROWS +BOTH +MISSED +FALSE ALARMS +NEITHER +KAPPA$/);
    expect(readFileSync(join(home, 'docs/diagnosis.md'), 'utf8')).toContain(stdout.trimEnd());
    const { modes, pooled, traces } = JSON.parse((await diagnose('--labels', 'diagnosis/labels.jsonl', '--json')).stdout);
    expect(traces).toBe(20);
    expect(
      modes.map(({ mode, n, both, onlyLabels }: Record<string, number>) => [mode, n, (both ?? 0) + (onlyLabels ?? 0)]),
    ).toEqual(['1.2', '1.3', '1.4', '1.5', '2.1', '2.5', '3.1', '3.2'].map((mode) => [mode, 20, 2]));
    expect(pooled.kappa).toBeGreaterThan(0.9);
  });

  test('a trace in words: modes, evidence, the decisive step', async () => {
    const { code, stdout } = await diagnose(join(examples, 'traces/ignored-review.json'));
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(1)).toEqual([
      '',
      "2.5 ignored other agent's input at step 3, Coder (0.80, detector)",
      expect.stringMatching(
        /^ {4}step 3: Coder hands in what it had at step 1, unchanged, after Reviewer asked at step 2: “For an empty list/,
      ),
      '',
      'Decisive: step 3, Coder.',
      '',
    ]);
  });

  test('--json has the keys of the contract; several traces are a line each', async () => {
    const one = JSON.parse((await diagnose(join(examples, 'traces/unaware-limit.json'), '--json')).stdout);
    expect(one).toMatchObject({
      findings: [
        {
          mode: '1.5',
          agent: 'Buyer',
          step: 7,
          confidence: 0.9,
          method: 'detector',
          evidence: expect.stringContaining('max_turns'),
        },
      ],
      decisive: { agent: 'Buyer', step: 7 },
    });
    const { stdout } = await diagnose(join(examples, 'bookings.jsonl'), '--json');
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ trace, outcome, decisive }) => [trace, outcome, decisive ?? null])).toEqual([
      ['forgotten-answer', 'failed', { agent: 'assistant', step: 9 }],
      ['healthy-second-booking', 'succeeded', null],
    ]);
  });

  test('several traces in words: what was read, and who has a finding', async () => {
    const { stdout } = await diagnose(join(examples, 'bookings.jsonl'));
    expect(stdout.trimEnd().split('\n')).toEqual([
      'forgotten-answer: 1.4 at 9; decisive: step 9, assistant',
      '',
      '2 traces: 22 steps (9 messages, 8 requests, 3 results, 2 instructions), 3 tool calls, 3 with their results.',
      '1 with a finding. Findings by mode: 1.4 1.',
    ]);
  });
});

function blaming(agent: string, step: string): string {
  return JSON.stringify({
    question: 'Count.',
    mistake_agent: agent,
    mistake_step: step,
    history: [
      { role: 'human', content: 'Count.' },
      { role: 'user', name: 'Counter', content: 'One, two. Next, I will count to five.' },
    ],
  });
}

test('where people have said who failed and when, several traces are held against them', async () => {
  write('who.jsonl', [blaming('Counter', '1'), blaming('Counter', '0'), blaming('Other', '1')].join('\n'));
  const { stdout } = await diagnose('who.jsonl');
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(
    'Of 3 traces whose failure is known, 3 have a decisive step: its agent is the known one in 2, its step in 2.',
  );
});

test('a run of one’s own, by its id or as the last one', async () => {
  const run = await runCommand(folder, ['run', 'What is 6 times 7?', '--json']);
  const { runId } = JSON.parse(run.stdout);
  const { code, stdout } = await diagnose('last', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ trace: runId, layout: 'planwright', outcome: 'succeeded', findings: [] });
  expect((await diagnose(String(runId))).stdout).toContain('No failure was found.');
});

test('a judge on a real server: its findings stand beside those of detectors, and the same command asks once', async () => {
  write(
    't.json',
    JSON.stringify({
      question: 'Buy milk.',
      history: [
        { role: 'human', content: 'Buy milk.' },
        { role: 'user', name: 'Shopper', content: 'I bought bread and a newspaper, because I like them.' },
      ],
    }),
  );
  const finding = {
    mode: '2.3',
    step: 1,
    quote: 'I bought bread and a newspaper',
    reason: 'Milk was asked for.',
    confidence: 0.9,
  };
  await using server = await startScriptedServer(() =>
    JSON.stringify({ findings: [finding, { ...finding, quote: 'I bought three litres of milk' }] }),
  );
  const { code, stdout } = await diagnose('t.json', '--model', server.spec, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    findings: [{ mode: '2.3', agent: 'Shopper', step: 1, method: 'judge' }],
    decisive: { agent: 'Shopper', step: 1 },
    judge: {
      model: server.spec,
      calls: 1,
      problem: null,
      dropped: [{ mode: '2.3', reason: 'its quote does not stand in step 1' }],
    },
  });
  const told = await diagnose('t.json', '--model', server.spec);
  expect(told.stdout).toContain(`: 1 call, 1 finding dropped.`);
  expect(server.counts().requests).toBe(1);
});

test('a server that is down gives no judgement, which is no success', async () => {
  write('t.json', '[{"role":"user","content":"Buy milk."},{"role":"assistant","content":"Milk is bought."}]');
  await using server = await startScriptedServer(() => ({ status: 400, message: 'closed today' }));
  const { code, stderr } = await diagnose('t.json', '--model', server.spec);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^1 of 1 judgements failed\. The first: .*closed today/);
});

test('texts from a file do nothing to a terminal', async () => {
  write(
    't.json',
    JSON.stringify([
      { role: 'user', content: 'x' },
      { role: 'assistant', name: 'a\u001B[31m', content: 'Next, I will check \u001B]0;t\u0007it.' },
    ]),
  );
  const { stdout } = await diagnose('t.json');
  expect(stdout).toContain('3.1 premature termination');
  expect(stdout.match(/[^\n -~“”’…–]/g)).toBeNull();
});

describe('wrong use', () => {
  test.each<[string[], RegExp]>([
    [[], /^There is nothing to diagnose\. Give a run, a file with traces, or --labels FILE\.\n$/],
    [['none.json'], /^Cannot read the trace none\.json: there is no such file\.\n$/],
    [['t.json', '--model', 'offline'], /^Judging a trace is a language model’s work, and "offline" is none/],
    [['other.json'], /^other\.json: an object with the keys "a" is no trace of a known layout\./],
    [['nobody'], /^No run "nobody": there is no store at \.planwright\./],
    [
      ['--labels', 'l.jsonl'],
      /^l\.jsonl:2 trace: there is no trace "gone\.json": neither a file in .* nor an id in one of its \.jsonl files\.\nl\.jsonl:3 trace: other\.json: an object with/,
    ],
    [['--labels', 'm.jsonl'], /^m\.jsonl:1 mode: "4\.1" is no mode\. Write one of 1\.1, /],
  ])('%j', async (args, message) => {
    write('t.json', '[{"role":"user","content":"Hi"}]');
    write('other.json', '{"a":1}');
    write(
      'l.jsonl',
      ['t.json', 'gone.json', 'other.json']
        .map((trace) => `${JSON.stringify({ trace, mode: '1.3', present: false })}\n`)
        .join(''),
    );
    write('m.jsonl', '{"trace":"t.json","mode":"4.1","present":true}\n');
    const { code, stdout, stderr } = await diagnose(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('an error is located in JSON too', async () => {
    write('t.jsonl', '{"messages":[{"role":"user","content":"Hi"}]}\n{"messages":[{"content":"Hi"}]}\n');
    const { code, stdout } = await diagnose('t.jsonl', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'usage', file: 't.jsonl', line: 2 });
  });
});

function countingTrace(content: string): object[] {
  return [
    { role: 'user', content: 'Count.' },
    { role: 'assistant', content },
  ];
}

async function agreeOnFirst(...more: string[]): Promise<object> {
  return JSON.parse((await diagnose(...more, '--labels', 'l.jsonl', '--json')).stdout).modes[0];
}

test('labels name traces by path, by id, and by file and id; ids of a given file come first', async () => {
  const cut = 'One, two. Next, I will count to five.';
  write('a.json', JSON.stringify(countingTrace(cut)));
  write(
    'more.jsonl',
    `${JSON.stringify({ id: 'x', messages: countingTrace(cut) })}\n${JSON.stringify({ id: 'y', messages: countingTrace('One, two, three.') })}\n`,
  );
  write('given.json', JSON.stringify({ id: 'y', messages: countingTrace(cut) }));
  write(
    'l.jsonl',
    ['a.json', 'x', 'more.jsonl#y', 'y']
      .map((name) => `${JSON.stringify({ trace: name, mode: '3.1', present: true })}\n`)
      .join(''),
  );
  expect(await agreeOnFirst()).toMatchObject({ n: 4, both: 2, onlyLabels: 2 });
  expect(await agreeOnFirst('given.json')).toMatchObject({ n: 4, both: 3, onlyLabels: 1 });
});
