/** `planwright calibrate` as its users start it: verdicts that were given, a critic on a real server, a run's own results. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ScriptedReply, type ScriptedRequest, startScriptedServer } from 'planwright/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommandHere } from './command-here.ts';
import { runCommand, writeDocuments } from './command-process.ts';

let folder = '';
const write = (name: string, rows: readonly unknown[]): void =>
  writeFileSync(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
const calibrate = (...args: string[]) => runCommand(folder, ['calibrate', ...args]);
const near = (value: number) => expect.closeTo(value, 4);

const calibrateHere = (...args: string[]) => runCommandHere(folder, ['calibrate', ...args]);

beforeEach(() => {
  folder = makeTemporaryFolder();
});

/** 40 good, of which 2 were rejected; 40 bad, of which 12 were accepted, 10 of them off by one; one without a verdict. */
const verdicts = [
  ...Array.from({ length: 40 }, (_, at) => ({ id: `g${at}`, truth: 'good', verdict: at < 2 ? 'reject' : 'accept' })),
  ...Array.from({ length: 40 }, (_, at) => ({
    id: `b${at}`,
    truth: 'bad',
    verdict: at < 10 || at > 37 ? 'approve' : 'fail',
    kind: at < 20 ? 'off-by-one' : 'dropped-await',
  })),
  { id: 'open', truth: 'bad', verdict: null },
];

describe('verdicts that were given', () => {
  test('rates in words, then the counts', async () => {
    write('v.jsonl', verdicts);
    const { code, stdout, stderr } = await calibrate('critic', '--cases', 'v.jsonl', '--max-false-accept', '.1');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toEqual([
      'False accepts: 30.0 % (16.6 to 46.5) of 40 that were bad.',
      'False rejects: 5.0 % (0.6 to 16.9) of 40 that were good.',
      '1 came to no verdict: they are in neither rate.',
      '',
      'TRUTH  ACCEPTED  REJECTED  NO VERDICT',
      'good         38         2           0',
      'bad          12        28           1',
      '',
      'KIND           BAD  ACCEPTED          FALSE ACCEPTS  GOOD  REJECTED  FALSE REJECTS',
      'off-by-one      20        10  50.0 % (27.2 to 72.8)     0         0              –',
      'dropped-await   20         2   10.0 % (1.2 to 31.7)     0         0              –',
      '',
      'Ranges are exact (Clopper–Pearson) 95 % intervals.',
      'Agreeable: the whole interval of false accepts is above 10.0 %.',
    ]);
  });

  test('--json has the keys of the contract; `code` says the same of them', async () => {
    write('v.jsonl', verdicts);
    const { code, stdout, stderr } = await calibrateHere('critic', '--cases', 'v.jsonl', '--max-false-accept', '.4', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      good: { n: 40, accepted: 38 },
      bad: { n: 40, rejected: 28 },
      falseAccept: { rate: 0.3, low: near(0.1656), high: near(0.4653) },
      falseReject: { rate: 0.05, low: near(0.0061), high: near(0.1692) },
      unverified: 1,
      unverifiedOf: { good: 0, bad: 1 },
      byKind: {
        'off-by-one': {
          good: { n: 0, accepted: 0 },
          bad: { n: 20, rejected: 10 },
          falseAccept: { rate: 0.5, low: near(0.272), high: near(0.728) },
          falseReject: { rate: null, low: 0, high: 1 },
          unverified: 0,
        },
        'dropped-await': expect.objectContaining({ bad: { n: 20, rejected: 18 } }),
      },
      alpha: 0.05,
      judgement: 'unknown',
      maxFalseAccept: 0.4,
    });
    expect(await calibrateHere('code', '--cases', 'v.jsonl', '--max-false-accept', '.4', '--json')).toEqual({
      code,
      stdout,
      stderr,
    });
  });

  test('of a foreign file, on stdin; with another alpha', async () => {
    const input = `${JSON.stringify({ gold: { ok: false }, said: 'valid', n: 1 })}\r\n`;
    const args = [
      'calibrate',
      'critic',
      '--cases',
      '-',
      '--fields',
      'id=n,truth=gold.ok,verdict=said',
      '--alpha',
      '.5',
      '--json',
    ];
    const { code, stdout } = await runCommand(folder, args, { input });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      bad: { n: 1, rejected: 0 },
      falseAccept: { rate: 1, low: near(0.25), high: 1 },
      alpha: 0.5,
    });
  });

  test('names from a file do nothing to a terminal', async () => {
    write('v.jsonl', [{ id: 'a', truth: 'bad', verdict: 'pass', kind: 'x\u001B[31m\ny\u001B]0;t\u0007' }]);
    const { code, stdout } = await calibrateHere('critic', '--cases', 'v.jsonl');
    expect([code, stdout.match(/[^\n -~–—ö“”’%(),.:]/g)]).toEqual([0, null]);
  });
});

const cases = [1, 2].map((n) => ({
  id: `case-${n}`,
  instruction: `Add ${n} and 2.`,
  correct: `The sum is ${n + 2}.`,
  defective: `The sum is ${n + 3}.`,
  kind: 'off-by-one',
}));

/** Calls `calc` once, then is right about everything but defects of `Add 2 and 2.` */
function judge({ text, body }: ScriptedRequest): ScriptedReply {
  if (!body.messages.some(({ role }) => role === 'tool'))
    return { toolCalls: [{ name: 'calc', input: { expression: '1 + 1' } }] };
  const n = Number(/Add (\d) and 2\./.exec(text)?.[1]);
  return text.includes(`The sum is ${n + 2}.`) || n === 2
    ? JSON.stringify({ verdict: 'accept', defects: [], tried: [{ tool: 'calc', what: 'added', seen: 'the same' }] })
    : JSON.stringify({ verdict: 'reject', defects: [{ what: 'Another sum.', evidence: 'calc' }], tried: [] });
}

describe('a critic', () => {
  test('judges cases; the same command again makes no call', async () => {
    write('cases.jsonl', cases);
    await using server = await startScriptedServer(judge);
    const args = ['critic', '--cases', 'cases.jsonl', '--model', server.spec, '--record', 'record.json', '--json'];
    const { code, stdout, stderr } = await calibrate(...args);
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      good: { n: 2, accepted: 2 },
      bad: { n: 2, rejected: 1 },
      falseAccept: { rate: 0.5 },
      byKind: { 'off-by-one': { bad: { n: 2, rejected: 1 } } },
      counted: { good: { n: 2, accepted: 2 }, bad: { n: 2, rejected: 1 } },
      withoutReceipt: { judgements: 0, accepted: 0 },
      cost: { calls: 8, usd: 0 },
      stopped: 'exhausted',
      record: { version: 1, team: 'plain-critic', role: 'critic', model: server.spec },
    });
    expect(document.judgements.map(({ id, truth, verdict }: Record<string, string>) => `${id} ${truth} ${verdict}`)).toEqual([
      'case-1 good accepted',
      'case-1 bad rejected',
      'case-2 good accepted',
      'case-2 bad accepted',
    ]);
    expect(JSON.parse(readFileSync(join(folder, 'record.json'), 'utf8'))).toEqual(document.record);
    expect(stderr.trimEnd().split('\n').toSorted()).toEqual([
      expect.stringMatching(/^1\/4 {2}case-\d \((good|bad)\): (accepted|rejected): /),
      expect.stringMatching(/^2\/4 {2}/),
      expect.stringMatching(/^3\/4 {2}/),
      expect.stringMatching(/^4\/4 {2}/),
      'Wrote record.json',
    ]);
    expect(server.counts().requests).toBe(8);
    const again = JSON.parse((await calibrate(...args)).stdout);
    expect(server.counts().requests).toBe(8);
    expect({ ...again, record: null }).toEqual({ ...document, record: null });
    const told = await calibrate('critic', '--cases', 'cases.jsonl', '--model', server.spec);
    expect(told.stdout.trimEnd().split('\n').slice(-2)).toEqual([
      '0 judgements of 4 came without a tool call, 0 of them approvals, which a run would not count.',
      expect.stringMatching(/^The critic critic of team plain-critic on http:\S+: 8 calls, [\d,]+ tokens for \$0\.$/),
    ]);
    for (const { text } of server.requests) expect(text).not.toMatch(/case-\d|off-by-one/);
  });

  test('of a team file; a server that is down gives no verdict, which is no success', async () => {
    write('cases.jsonl', cases.slice(0, 1));
    const team =
      'version: 1\nname: t\nroles:\n  doubter:\n    instructions: You doubt.\n    tools: [calc]\nlimits:\n  retries: 0\n';
    writeFileSync(join(folder, 'team.yaml'), team);
    await using server = await startScriptedServer(() => ({ status: 400, message: 'closed today' }));
    const down = await calibrate(
      'critic',
      '--cases',
      'cases.jsonl',
      '--team',
      'team.yaml',
      '--role',
      'doubter',
      '--model',
      server.spec,
    );
    expect(down.code).toBe(1);
    expect(down.stdout.split('\n')[2]).toBe('2 came to no verdict: they are in neither rate.');
    expect(down.stderr).toMatch(/No work came to a verdict\. The first: .*closed today/);
    expect(server.requests[0]?.text).toContain('You doubt.');
  });

  test('judges what a run accepted, and the same with known defects', async () => {
    writeDocuments(folder);
    const run = await runCommand(folder, [
      'run',
      'What are the risks? What are the costs?',
      '--files',
      'docs',
      '--strategy',
      'single',
      '--json',
    ]);
    expect(run.code).toBe(0);
    const { deliverable, runId } = JSON.parse(run.stdout);
    // A critic that knows the accepted text and calls everything else wrong.
    await using server = await startScriptedServer(({ body, text }) => {
      if (!body.messages.some(({ role }) => role === 'tool')) return { toolCalls: [{ name: 'files_list', input: {} }] };
      const isOriginal = String(deliverable)
        .split('\n')
        .every((line) => text.includes(line));
      return isOriginal
        ? JSON.stringify({ verdict: 'accept', defects: [], tried: [{ tool: 'files_list', what: 'looked', seen: 'them' }] })
        : JSON.stringify({ verdict: 'reject', defects: [{ what: 'Changed.', evidence: 'files_list' }], tried: [] });
    });
    const team = 'version: 1\nname: t\nroles:\n  critic:\n    instructions: You doubt.\n    tools: [files]\n';
    writeFileSync(join(folder, 'team.yaml'), team);
    const { code, stdout } = await calibrate(
      'critic',
      '--accepted',
      'last',
      '--team',
      'team.yaml',
      '--model',
      server.spec,
      '--json',
    );
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ good: { n: 1, accepted: 1 }, falseAccept: { rate: 0 }, falseReject: { rate: 0 } });
    expect(document.bad.n).toBeGreaterThanOrEqual(3);
    expect(document.bad.n).toBe(document.bad.rejected);
    expect(Object.keys(document.byKind)).toEqual(expect.arrayContaining(['invented-quote', 'wrong-line', 'other-file']));
    // The run's own surroundings are the default: its model is offline, which judges nothing.
    const own = await calibrate('critic', '--accepted', String(runId));
    expect(own).toMatchObject({ code: 2, stdout: '' });
    expect(own.stderr).toMatch(/"offline" is none/);
  });
});

describe('wrong use', () => {
  const item = { id: 'a', instruction: 'Add.', correct: 'a + b', defective: 'a - b' };

  test.each<[string[], RegExp]>([
    [['critic'], /^Give either --cases FILE or --accepted RUN\.$/],
    [['critic', '--cases', 'c.jsonl', '--accepted', 'last'], /^Give either --cases FILE or --accepted RUN\.$/],
    [['critic', '--cases', 'none.jsonl'], /^Cannot read the cases none\.jsonl: there is no such file\.$/],
    [['critic', '--cases', 'c.jsonl'], /^The critic "critic" is a language model's work, and "offline" is none: /],
    [
      ['critic', '--cases', 'c.jsonl', '--role', 'writer'],
      /^The critic "writer" is not a role of team "plain-critic"\. Roles: "critic"\./,
    ],
    [['critic', '--cases', 'v.jsonl', '--model', 'openai:x'], /^These verdicts have been given: --model has no use here\.$/],
    [['critic', '--cases', 'c.jsonl', '--fields', 'truth'], /^Fields are given as FIELD=PATH/],
    [
      ['critic', '--cases', 'docs/c.jsonl', '--files', 'docs'],
      /^The cases docs\/c\.jsonl lie in the folder docs, where the critic could read what is right\./,
    ],
    [['critic', '--accepted', 'last'], /^No run "last": there is no store at \.planwright\./],
    [['critic', '--accepted', 'last', '--fields', 'id=x'], /^--fields reads a file of --cases\.$/],
    [['code', '--cases', 'c.jsonl', '--max-usd', '3'], /^A code check asks no critic: --max-usd has no use here\.$/],
    [['code', '--cases', 'c.jsonl'], /^c\.jsonl:1 tests: there is nothing here\. Every row needs it\.$/],
    [['code', '--accepted', 'last'], /^A code check asks no critic: --accepted has no use here\.$/],
    [['critic', '--cases', 'empty.jsonl'], /^empty\.jsonl: There are no rows in this file\./],
  ])('%j ends with 2', async (args, message) => {
    mkdirSync(join(folder, 'docs'));
    write('c.jsonl', [item]);
    write('docs/c.jsonl', [item]);
    write('v.jsonl', verdicts.slice(0, 1));
    writeFileSync(join(folder, 'empty.jsonl'), '\uFEFF\r\n');
    const { code, stdout } = await calibrateHere(...args, '--json');
    expect(code).toBe(2);
    const { error } = JSON.parse(stdout);
    expect(error.message).toMatch(message);
    expect(['usage', 'run-unknown']).toContain(error.code);
  });

  test('a word that means nothing is located', async () => {
    writeFileSync(
      join(folder, 'v.jsonl'),
      '{"id":1,"truth":"good","verdict":"accept"}\n{"id":2,"truth":"good","verdict":"meh"}\n',
    );
    const { code, stdout } = await calibrateHere('critic', '--cases', 'v.jsonl', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'usage',
      file: 'v.jsonl',
      line: 2,
      message: expect.stringMatching(/^v\.jsonl:2 verdict: "meh" is no verdict\. Write accepted, rejected or unverified /),
    });
  });

  test.each([
    [
      ['judge', '--cases', 'x'],
      "Command-argument value 'judge' is invalid for argument 'what'. Allowed choices are critic, code.",
    ],
    [[], "Missing required argument 'what'"],
  ])('%j', async (args, message) => {
    expect(await calibrateHere(...args)).toEqual({
      code: 2,
      stdout: '',
      stderr: `${message}\nHelp: planwright calibrate --help\n`,
    });
  });
});
