/** `planwright mcp` as clients meet it: the real command, the official client, runs on the offline model or a scripted server. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Progress } from '@modelcontextprotocol/client';
import { openStore, reportRun } from 'planwright';
import { startScriptedServer } from 'planwright/testing';
import { expect, test, vi } from 'vitest';
import { nodeArguments, runCommand } from '../cli/command-process.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { connectMcp, firstText, isAlive, writeTeam } from './support.ts';

const step = (id: string, role = 'finder', dependsOn: string[] = []) => ({ id, role, instruction: `do ${id}`, dependsOn });
const chain = { version: 1, task: 'find and write', subtasks: [step('a'), step('b', 'writer', ['a'])] };

interface Structured {
  runId: string;
  status: string;
  [key: string]: unknown;
}

const structured = (result: { structuredContent?: unknown }) => result.structuredContent as Structured;
const errorOf = (result: { isError?: boolean | undefined; structuredContent?: unknown }) => ({
  isError: result.isError,
  code: (result.structuredContent as { error: { code: string } }).error.code,
});

test('the tools are listed with schemas of what they take and give', async () => {
  await using session = await connectMcp(makeTemporaryFolder());
  const { tools } = await session.client.listTools();
  expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual([
    ['plan', true],
    ['run', false],
    ['show', true],
    ['runs', true],
    ['resume', false],
    ['cancel', false],
    ['compare', false],
  ]);
  for (const { inputSchema, outputSchema } of tools) {
    expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(outputSchema).toMatchObject({ type: 'object' });
  }
});

test('a task is planned, the plan run with progress, and the run shown', async () => {
  const folder = makeTemporaryFolder();
  mkdirSync(join(folder, 'documents'));
  writeFileSync(join(folder, 'documents/heating.md'), '# Heating\n\nThe boiler was replaced in 2021.\n\nThe pump is loud.\n');
  await using session = await connectMcp(folder, ['--files-root', 'documents']);
  const task = 'When was the boiler replaced? What about the pump?';
  const planned = structured(await session.call('plan', { task, files: '.' }));
  expect(planned).toMatchObject({ plan: { version: 1, task }, shape: { depth: expect.any(Number) } });

  const ran = await session.call('run', { plan: planned['plan'], files: '.' }, { onprogress: () => undefined });
  const { runId } = structured(ran);
  expect(structured(ran)).toMatchObject({ status: 'succeeded', strategy: 'team', ledger: { costUsd: 0 }, waiting: [] });
  expect(firstText(ran)).toContain('"The boiler was replaced in 2021." [heating.md:3]');
  const { subtasks } = planned['plan'] as { subtasks: object[] };
  expect(session.heard.slice(-2)).toMatchObject([
    {
      progress: subtasks.length + 1,
      total: subtasks.length + 1,
      message: `ended: ${subtasks.length} of ${subtasks.length} subtasks done`,
    },
    'answer',
  ]);

  const shown = structured(await session.call('show', { run: 'last' }));
  expect(shown).toEqual(structured(ran));
  const [first] = shown['subtasks'] as { id: string }[];
  const part = structured(await session.call('show', { run: runId, subtask: first?.id }));
  expect(part).toMatchObject({ runId, subtask: { id: first?.id, status: 'succeeded', instruction: expect.any(String) } });
  expect(structured(await session.call('runs', {}))).toMatchObject({ runs: [{ runId, status: 'succeeded' }] });
  // The store is the command line's too.
  expect(JSON.parse((await runCommand(folder, ['show', runId, '--json'])).stdout)).toMatchObject({ runId, status: 'succeeded' });
  expect(session.stderr()).toBe('');
});

test('a cancelled request cancels its run, and the server goes on', async () => {
  await using server = await startScriptedServer(() => ({ hang: true }));
  const folder = makeTemporaryFolder();
  await using session = await connectMcp(folder, ['--team', writeTeam(folder, server.spec)]);
  const stop = new AbortController();
  const calling = session.call(
    'run',
    { plan: chain },
    {
      signal: stop.signal,
      onprogress: ({ message }) => {
        if (message?.includes('(a)') === true) stop.abort('enough');
      },
    },
  );
  await expect(calling).rejects.toThrow('enough');
  await vi.waitFor(async () => expect(structured(await session.call('show', { run: 'last' })).status).toBe('cancelled'), 10_000);
  expect(firstText(await session.call('show', { run: 'last' }))).toContain('Cancelled by the MCP client.');
});

test('two runs go on at once, in the background or waited for; more than the server allows are refused', async () => {
  await using server = await startScriptedServer(({ text }) => ({
    text: text.includes('do b') ? 'written' : 'found',
    latencyMs: 400,
  }));
  const folder = makeTemporaryFolder();
  await using session = await connectMcp(folder, ['--team', writeTeam(folder, server.spec), '--max-runs', '2']);
  const begun = structured(await session.call('run', { plan: chain, background: true }));
  expect(begun.status).toBe('running');
  const notes: Progress[] = [];
  const waited = session.call('run', { plan: { ...chain, task: 'another' } }, { onprogress: (note) => notes.push(note) });
  await vi.waitFor(() => expect(server.counts().requests).toBeGreaterThanOrEqual(2), 5000);
  const refused = await session.call('run', { plan: chain });
  expect(errorOf(refused)).toEqual({ isError: true, code: 'usage' });
  expect(firstText(refused)).toContain('2 runs are under way');
  expect(structured(await waited).status).toBe('succeeded');
  await vi.waitFor(
    async () => expect(structured(await session.call('show', { run: begun.runId })).status).toBe('succeeded'),
    10_000,
  );
  expect(server.peakConcurrency()).toBe(2);
  for (const [index, { progress, total = 0 }] of notes.entries()) {
    expect(progress).toBeGreaterThan(notes[index - 1]?.progress ?? -1);
    expect(progress).toBeLessThanOrEqual(total);
  }
  const messages = notes.map(({ message }) => message);
  expect(messages).toContain('working: 0 of 2 subtasks done (a)');
  expect(messages).toContain('working: 1 of 2 subtasks done (b)');
});

test('a client that is gone leaves a run that can be resumed, and no process', async () => {
  let isHeld = true;
  await using server = await startScriptedServer(({ text }) => (isHeld && text.includes('do b') ? { hang: true } : 'done'));
  const folder = makeTemporaryFolder();
  const session = await connectMcp(folder, ['--team', writeTeam(folder, server.spec)]);
  const calling = session.call('run', { plan: chain }).catch((thrown: unknown) => thrown);
  await vi.waitFor(() => expect(server.counts().requests).toBe(2), 10_000);
  await session.client.close();
  expect(await calling).toBeInstanceOf(Error);
  await vi.waitFor(() => expect(isAlive(session.pid)).toBe(false), 10_000);

  const store = await openStore(join(folder, '.planwright'));
  const [run] = await store.listRuns();
  expect(await reportRun(store, run?.runId ?? '')).toMatchObject({ status: 'interrupted' });
  await store.close();
  isHeld = false;
  await using again = await connectMcp(folder, ['--team', writeTeam(folder, server.spec)]);
  expect(structured(await again.call('resume', { run: run?.runId }))).toMatchObject({ status: 'succeeded', deliverable: 'done' });
  // The first subtask's call was not made again.
  expect(server.counts().requests).toBe(3);
});

test('a comparison is run and judged, from tasks in the call and from a file', async () => {
  const folder = makeTemporaryFolder();
  const tasks = [
    { id: 'product', task: 'What is 6 times 7?', check: { number: 42 } },
    { id: 'sum', task: 'What is 40 plus 1?', check: { number: 41 } },
  ];
  writeFileSync(join(folder, 'tasks.jsonl'), tasks.map((task) => `${JSON.stringify(task)}\n`).join(''));
  await using session = await connectMcp(folder, ['--files-root', '.']);
  const notes: string[] = [];
  const compared = structured(
    await session.call('compare', { file: 'tasks.jsonl' }, { onprogress: ({ message = '' }) => notes.push(message) }),
  );
  expect(compared).toMatchObject({ verdict: 'undecided', pairs: 2, both: 2, spentUsd: 0 });
  expect(notes.at(-1)).toContain('of 2 pairs');
  // The same comparison again makes no call: what is judged is in the store.
  expect(structured(await session.call('compare', { tasks }))).toMatchObject({ pairs: 2, both: 2 });
});

test('wrong input is a tool error that says what is wrong, with a code', async () => {
  const folder = makeTemporaryFolder();
  const outside = mkdtempSync(join(tmpdir(), 'outside-'));
  mkdirSync(join(folder, 'documents'));
  symlinkSync(outside, join(folder, 'documents/link'));
  await using session = await connectMcp(folder, ['--files-root', 'documents']);
  const cases: [tool: string, input: Record<string, unknown>, code: string, says: string][] = [
    ['run', {}, 'usage', 'There is no task'],
    ['run', { task: '  ' }, 'usage', 'task must not be blank'],
    ['run', { task: 7 }, 'usage', 'task must be text, not 7'],
    ['run', { task: 't', modle: 'x' }, 'usage', 'modle'],
    ['run', { task: 't', files: '..' }, 'path-outside-root', 'outside'],
    ['run', { task: 't', files: '/etc' }, 'path-outside-root', 'outside'],
    ['run', { task: 't', files: 'link' }, 'path-outside-root', 'outside'],
    ['run', { task: 't', files: 'absent' }, 'usage', 'nothing at'],
    ['run', { task: 't', preset: './team.yaml' }, 'usage', 'no preset'],
    ['run', { plan: chain, strategy: 'single' }, 'usage', 'run by the team'],
    ['run', { plan: { ...chain, subtasks: [step('a', 'finder', ['b'])] } }, 'plan-invalid', '"b"'],
    [
      'run',
      {
        plan: {
          ...chain,
          subtasks: [{ ...step('a'), accept: [{ kind: 'rubric', rubric: 'good', model: 'http://10.0.0.1/v1#m' }] }],
        },
      },
      'usage',
      'names a model',
    ],
    ['show', { run: 'nothing' }, 'run-unknown', 'nothing'],
    ['resume', { run: 'nothing' }, 'run-unknown', 'nothing'],
    ['cancel', { run: 'nothing' }, 'run-unknown', 'nothing'],
    ['compare', {}, 'usage', 'either'],
    ['compare', { file: '../tasks.jsonl' }, 'path-outside-root', 'outside'],
    ['compare', { tasks: [{ id: 'a', task: 't', check: { regex: '(' } }] }, 'usage', 'check'],
    ['compare', { tasks: [{ id: 'a', task: 't', check: { exact: 'x' }, files: '/etc' }] }, 'path-outside-root', 'outside'],
  ];
  for (const [tool, input, code, says] of cases) {
    const result = await session.call(tool, input);
    expect({ tool, input, ...errorOf(result) }).toEqual({ tool, input, isError: true, code });
    expect(firstText(result)).toContain(says);
  }
  await expect(session.call('no-such-tool', {})).rejects.toThrow(/no-such-tool/);
  await using rootless = await connectMcp(folder);
  expect(errorOf(await rootless.call('run', { task: 't', files: '.' }))).toEqual({ isError: true, code: 'path-outside-root' });
});

test('huge input is refused: a long task and a large plan by an error, more than 10 MB by the end of the connection', async () => {
  const folder = makeTemporaryFolder();
  await using session = await connectMcp(folder);
  expect(errorOf(await session.call('run', { task: 'x'.repeat(100_001) }))).toEqual({ isError: true, code: 'usage' });
  const large = { ...chain, subtasks: Array.from({ length: 30_000 }, (_, at) => step(`step-${at}`)) };
  expect(firstText(await session.call('run', { plan: large }))).toContain('characters as JSON');
  await expect(session.call('run', { task: 'x'.repeat(12_000_000) })).rejects.toThrow(/closed/i);
  await vi.waitFor(() => expect(isAlive(session.pid)).toBe(false), 10_000);
});

test('limits of the operator hold, whatever the client asks for', async () => {
  await using server = await startScriptedServer(() => ({ text: 'done', usage: { promptTokens: 900, completionTokens: 200 } }));
  const folder = makeTemporaryFolder();
  await using session = await connectMcp(folder, ['--team', writeTeam(folder, server.spec), '--budget-tokens', '1000']);
  const result = structured(await session.call('run', { plan: chain, budgetTokens: 1_000_000 }));
  expect(result).toMatchObject({ endReason: 'budget' });
  const tasks = [{ id: 'a', task: 'say done', check: { exact: 'done' } }];
  expect(structured(await session.call('compare', { tasks }))).toMatchObject({ both: 0, success: { team: { k: 0 } } });
});

test('the command ends with its input and says what a start lacks', async () => {
  const folder = makeTemporaryFolder();
  expect(await runCommand(folder, ['mcp'])).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(await runCommand(folder, ['mcp', '--files-root', 'absent'])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('absent is no folder'),
  });
  expect(await runCommand(folder, ['mcp', '--team', 'absent.yaml'])).toMatchObject({ code: 2, stdout: '' });
});

test('lines that are no messages are told on stderr, and the server goes on; what a team’s module prints is not on stdout', async () => {
  const folder = makeTemporaryFolder();
  writeFileSync(join(folder, 'team.mjs'), "console.log('a word from the team');\nexport default { roles: { a: {} } };\n");
  const child = spawn(process.execPath, [...nodeArguments, 'mcp', '--team', 'team.mjs'], { cwd: folder });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } };
  child.stdin.write('garbage\n{"half": \n\n[]\n');
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
  const { value } = await lines.next();
  expect(JSON.parse(String(value))).toMatchObject({ id: 1, result: { serverInfo: { name: 'planwright' } } });
  child.stdin.end();
  expect((await lines.next()).done).toBe(true);
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(stderr).toContain('a word from the team');
  expect(stderr.split('\n').length).toBeGreaterThan(3);
});

test('SIGTERM interrupts a run, which can be resumed', async () => {
  await using server = await startScriptedServer(() => ({ hang: true }));
  const folder = makeTemporaryFolder();
  await using session = await connectMcp(folder, ['--team', writeTeam(folder, server.spec)]);
  const calling = session.call('run', { plan: chain }).catch((thrown: unknown) => thrown);
  await server.received(1);
  process.kill(session.pid, 'SIGTERM');
  expect(await calling).toBeInstanceOf(Error);
  await vi.waitFor(() => expect(isAlive(session.pid)).toBe(false), 10_000);
  expect(JSON.parse((await runCommand(folder, ['show', 'last', '--json'])).stdout)).toMatchObject({ status: 'interrupted' });
});
