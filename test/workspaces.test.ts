/** Attempts in folders of their own: parallel work merges, conflicts are verdicts, and a replay finds the folder as it was. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineTeam, MemoryStore, openSqliteStore, renderRunPatch, resumeRun, runTask } from 'planwright';
import type { ScriptedAnswer } from 'planwright/testing';
import { describe, expect, test } from 'vitest';
import { lacks } from './sandbox/this-machine.ts';
import { type Call, playModel, step } from './support/small-team.ts';
import { makeTemporaryFolder } from './support/temporary-folder.ts';

const team = defineTeam({
  name: 'porting',
  workspace: {},
  roles: {
    coder: { description: 'Codes.', instructions: 'You are the coder.', tools: ['workspace', 'files'] },
    reader: { description: 'Reads.', instructions: 'You are the reader.', tools: ['files'] },
  },
  limits: { retries: 0, reroutes: 0, replans: 0 },
});

function makeFiles(): string {
  const folder = join(makeTemporaryFolder(), 'files');
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.txt'), 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n');
  return folder;
}

const plan = (...subtasks: ReturnType<typeof step>[]) => ({ version: 1 as const, task: 'Port it.', subtasks });
const parallel = plan(step('first', 'coder'), step('second', 'coder'), step('read', 'reader', ['first', 'second']));
const replace = (find: string, by: string, path = 'a.txt') => ({
  toolCalls: [{ name: 'replace_text', input: { path, find, replace: by } }],
});
const read = { toolCalls: [{ name: 'files_read', input: { path: 'a.txt' } }] };

/** Each subtask makes its tool calls one a step, then answers. */
function playSteps(steps: Record<string, ScriptedAnswer[]>) {
  return playModel(({ text, request }: Call) => {
    const id = /do ([a-z]+)\n<\/instruction>/.exec(text)?.[1] ?? '';
    const results = request.prompt.filter(({ role }) => role === 'tool');
    return steps[id]?.[results.length] ?? { text: `${id} is done. ${JSON.stringify(results.at(-1)?.content)}` };
  });
}

test('two coders change one file in parallel; who depends on both sees both changes, and the given folder stays as it was', async () => {
  const files = makeFiles();
  const model = playSteps({ first: [replace('one', 'ONE')], second: [replace('seven', 'SEVEN')], read: [read] });
  const store = new MemoryStore();
  const result = await runTask({ task: 'Port it.', team, plan: parallel, files, model, store });
  expect(result.status).toBe('succeeded');
  expect(result.deliverable).toMatch(/ONE.*two.*six.*SEVEN/s);
  expect(readFileSync(join(files, 'a.txt'), 'utf8')).toMatch(/^one/);
  const patch = await renderRunPatch(store, result.runId);
  expect(patch.split('\n').filter((line) => /^[-+](?![-+])/.test(line))).toEqual(['-one', '+ONE', '-seven', '+SEVEN']);
});

test('two that build on a third, and change what it made, still fit together', async () => {
  const diamond = plan(
    step('scaffold', 'coder'),
    step('first', 'coder', ['scaffold']),
    step('second', 'coder', ['scaffold']),
    step('read', 'reader', ['first', 'second']),
  );
  const made = { path: 'new.txt', content: 'one\ntwo\nthree\nfour\nfive\n' };
  const model = playSteps({
    scaffold: [{ toolCalls: [{ name: 'write_file', input: made }] }],
    first: [replace('one', 'ONE', 'new.txt')],
    second: [replace('five', 'FIVE', 'new.txt')],
    read: [{ toolCalls: [{ name: 'files_read', input: { path: 'new.txt' } }] }],
  });
  const result = await runTask({ task: 'Port it.', team, plan: diamond, files: makeFiles(), model, store: new MemoryStore() });
  expect(result.status).toBe('succeeded');
  expect(result.deliverable).toMatch(/ONE.*two.*FIVE/s);
});

test('work that does not fit together is a failure with the lines in its reason', async () => {
  const model = playSteps({ first: [replace('two', '2')], second: [replace('two', 'zwei')], read: [read] });
  const result = await runTask({ task: 'Port it.', team, plan: parallel, files: makeFiles(), model, store: new MemoryStore() });
  expect(result.subtasks.map(({ id, status, error }) => [id, status, error?.code])).toEqual([
    ['first', 'succeeded', undefined],
    ['second', 'succeeded', undefined],
    ['read', 'failed', 'patch-conflict'],
  ]);
  expect(result.subtasks[2]?.error?.message).toMatch(/a\.txt.*line 2/s);
});

test('a retry starts from the base again: nothing of the attempt before is left', async () => {
  const strict = defineTeam({
    name: 'strict',
    workspace: {},
    limits: { retries: 1, reroutes: 0, replans: 0 },
    roles: {
      coder: {
        description: 'Codes.',
        instructions: 'You are the coder.',
        tools: ['workspace', 'files'],
        accept: [{ kind: 'predicate', contains: 'second try' }],
      },
    },
  });
  const model = playModel(({ text }) => {
    const isAgain = text.includes('<feedback>');
    if (!text.includes('"type":"tool-result"')) return isAgain ? replace('seven', '7') : replace('one', '1');
    return isAgain ? 'second try' : 'first try';
  });
  const store = new MemoryStore();
  const result = await runTask({
    task: 'Port it.',
    team: strict,
    plan: plan(step('only', 'coder')),
    files: makeFiles(),
    model,
    store,
  });
  expect(result.status).toBe('succeeded');
  const patch = await renderRunPatch(store, result.runId);
  expect(patch).toContain('+7');
  expect(patch).not.toContain('+1\n');
});

test('after an interruption journaled changes are not made again, and the folder is where they left it', async () => {
  const folder = makeTemporaryFolder();
  const files = makeFiles();
  const store = await openSqliteStore(join(folder, 'runs.db'));
  const interrupter = new AbortController();
  const options = { task: 'Port it.', team, plan: plan(step('only', 'coder')), files, runId: 'r' };
  const first = playModel(({ text }) => {
    const done = text.split('"type":"tool-result"').length - 1;
    if (done === 0) return replace('one', 'ONE');
    if (done === 1) return { toolCalls: [{ name: 'write_file', input: { path: 'new/b.txt', content: 'b\n' } }] };
    interrupter.abort();
    return { text: 'never', latencyMs: 60_000 };
  });
  expect((await runTask({ ...options, model: first, store, signal: interrupter.signal })).status).toBe('interrupted');
  // The folder that was given is another by now; the run goes on from what it was.
  writeFileSync(join(files, 'a.txt'), 'something else\n');
  const second = playModel(({ text }) => {
    const done = text.split('"type":"tool-result"').length - 1;
    return done === 2 ? { toolCalls: [{ name: 'remove_file', input: { path: 'a.txt' } }] } : { text: 'done' };
  });
  const result = await resumeRun({ runId: 'r', model: second, store });
  expect(result.status).toBe('succeeded');
  expect(second.requests).toHaveLength(2);
  const patch = await renderRunPatch(store, 'r');
  expect(patch).toContain('new/b.txt');
  expect(patch).toContain('-one');
  await store.close();
});

test('no path leaves the folder, and the model is told so', async () => {
  const escapes = ['../out.txt', '/tmp/out.txt', 'a/../../out.txt', '.git/config'];
  const said: string[] = [];
  const model = playModel(({ text }) => {
    const done = text.split('"type":"tool-').length - 1;
    const at = Math.floor(done / 2);
    const path = escapes[at];
    if (path === undefined) {
      said.push(text);
      return 'done';
    }
    return { toolCalls: [{ name: 'write_file', input: { path, content: 'x' } }] };
  });
  const result = await runTask({
    task: 'Port it.',
    team,
    plan: plan(step('only', 'coder')),
    files: makeFiles(),
    model,
    store: new MemoryStore(),
  });
  expect(result.status).toBe('succeeded');
  expect(said[0]?.split('"error').length).toBeGreaterThan(escapes.length);
});

test('a tool that needs a workspace says what to do in a run without', async () => {
  const bare = defineTeam({
    name: 'bare',
    roles: { coder: { description: 'Codes.', instructions: 'You are the coder.', tools: ['workspace'] } },
  });
  const model = playModel(({ text }) =>
    text.includes('"type":"tool-result"') ? `seen: ${text.slice(-400)}` : replace('one', 'ONE'),
  );
  const result = await runTask({
    task: 'Port it.',
    team: bare,
    plan: plan(step('only', 'coder')),
    files: makeFiles(),
    model,
    store: new MemoryStore(),
  });
  expect(result.deliverable).toContain('write \\"workspace: {}\\" in its team file');
});

const { skip, because } = lacks('bubblewrap');
const write = (content: string) => ({ toolCalls: [{ name: 'write_file', input: { path: 'double.mjs', content } }] });

describe.skipIf(skip)(`programs on a workspace${because}`, () => {
  const suite =
    "import test from 'node:test';\nimport assert from 'node:assert';\nimport { double } from './double.mjs';\ntest('doubles', () => assert.equal(double(2), 4));\n";
  const checked = defineTeam({
    name: 'checked',
    workspace: {},
    roles: {
      coder: {
        description: 'Codes.',
        instructions: 'You are the coder.',
        tools: ['workspace', 'run_program'],
        accept: [
          { kind: 'file', path: 'double.mjs', contains: 'export' },
          { kind: 'command', run: ['node', '--test'] },
        ],
      },
    },
    limits: { retries: 1, reroutes: 0, replans: 0 },
  });
  const runTests = { toolCalls: [{ name: 'run_program', input: { program: 'node', args: ['--test'] } }] };

  function makeSuite(): string {
    const folder = join(makeTemporaryFolder(), 'files');
    mkdirSync(folder);
    writeFileSync(join(folder, 'double.test.mjs'), suite);
    return folder;
  }

  test('tests decide: a wrong result comes back with what failed, and the files of the right one are kept', async () => {
    const seen: string[] = [];
    const model = playModel(({ text, request }) => {
      const results = request.prompt.filter(({ role }) => role === 'tool').length;
      const isAgain = text.includes('<feedback>');
      if (results === 0) return write(`export const double = (n) => n ${isAgain ? '*' : '-'} 2;\n`);
      if (isAgain && results === 1) return runTests;
      seen.push(text);
      return 'done';
    });
    const store = new MemoryStore();
    const result = await runTask({
      task: 'Double.',
      team: checked,
      plan: plan(step('only', 'coder')),
      files: makeSuite(),
      model,
      store,
    });
    expect(result).toMatchObject({ status: 'succeeded', subtasks: [{ attempts: 2 }] });
    expect(seen[1]).toMatch(/exit status 1[\s\S]*doubles/);
    expect(seen[1]).toMatch(/"exitStatus":0/);
    expect(await renderRunPatch(store, result.runId)).toContain('+export const double = (n) => n * 2;');
  }, 30_000);

  test('a program sees no network, no host files and no environment, and a suite without tests has tested nothing', async () => {
    const nosy = [
      "import { readFileSync } from 'node:fs';",
      "try { readFileSync('/etc/hostname'); console.log('READ'); } catch { console.log('no file'); }",
      'console.log(Object.keys(process.env).includes("SECRET") ? "SECRET" : "no secret");',
      "await fetch('http://127.0.0.1:1').then(() => console.log('NET'), () => console.log('no net'));",
    ].join('\n');
    process.env['SECRET'] = 'x';
    const model = playModel(({ request }) => {
      const results = request.prompt.filter(({ role }) => role === 'tool');
      if (results.length === 0) return { toolCalls: [{ name: 'write_file', input: { path: 'nosy.mjs', content: nosy } }] };
      if (results.length === 1) return { toolCalls: [{ name: 'run_program', input: { program: 'node', args: ['nosy.mjs'] } }] };
      return `seen: ${JSON.stringify(results.at(-1)?.content)}`;
    });
    const free = defineTeam({
      name: 'free',
      workspace: {},
      roles: { coder: { description: 'c', instructions: 'You are the coder.', tools: ['workspace', 'run_program'] } },
    });
    const result = await runTask({
      task: 'Look.',
      team: free,
      plan: plan(step('only', 'coder')),
      files: makeSuite(),
      model,
      store: new MemoryStore(),
    });
    delete process.env['SECRET'];
    expect(result.deliverable).toMatch(/no file\\+nno secret\\+nno net/);
  }, 30_000);
});
