/** Attempts in folders of their own: parallel work merges, conflicts are verdicts, and a replay finds the folder as it was. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineTeam, MemoryStore, openSqliteStore, renderRunPatch, resumeRun, runTask } from 'planwright';
import type { ScriptedAnswer } from 'planwright/testing';
import { expect, test } from 'vitest';
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
const replace = (find: string, by: string) => ({
  toolCalls: [{ name: 'replace_text', input: { path: 'a.txt', find, replace: by } }],
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
