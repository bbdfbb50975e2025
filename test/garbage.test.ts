/** Garbage is collected after a crash at every durable write of a run with workspaces and long results: the run goes on as if not. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineTeam, MemoryStore, openSqliteStore, renderRunPatch, resumeRun, runTask, type Store } from 'planwright';
import type { ScriptedAnswer } from 'planwright/testing';
import { describe, expect, test } from 'vitest';
import { dyingStore } from './support/dying-store.ts';
import { type Call, playModel, step } from './support/small-team.ts';
import { makeTemporaryFolder } from './support/temporary-folder.ts';

const team = defineTeam({
  name: 'porting',
  workspace: {},
  roles: { coder: { description: 'Codes.', instructions: 'You are the coder.', tools: ['workspace', 'files'] } },
  limits: { retries: 0, reroutes: 0, replans: 0, concurrency: 1 },
});
const subtasks = [step('first', 'coder'), step('second', 'coder', ['first']), step('third', 'coder', ['second'])];
const lines = Array.from({ length: 60 }, (_, at) => `line ${at}\n`).join('');
const write = (path: string): ScriptedAnswer => ({
  toolCalls: [{ name: 'write_file', input: { path, content: `${path}\n${lines}` } }],
});

function makeModel() {
  return playModel(({ text, request }: Call) => {
    const id = /do ([a-z]+)\n<\/instruction>/.exec(text)?.[1] ?? '';
    const isFirst = !request.prompt.some(({ role }) => role === 'tool');
    return isFirst ? write(`${id}.txt`) : { text: `${id} is done. ${'word '.repeat(200)}` };
  });
}

function makeFiles(): string {
  const folder = join(makeTemporaryFolder(), 'files');
  mkdirSync(folder);
  writeFileSync(join(folder, 'given.txt'), lines);
  return folder;
}

const start = (store: Store, files: string) =>
  runTask({
    task: 'Port it.',
    team,
    plan: { version: 1, task: 'Port it.', subtasks },
    files,
    model: makeModel(),
    store,
    runId: 'r',
  });

describe.each([
  { name: 'in memory', open: async () => new MemoryStore() },
  { name: 'in SQLite', open: () => openSqliteStore(makeTemporaryFolder()) },
])('$name', ({ open }) => {
  test('a run goes on after garbage was collected, and its patch is whole', { timeout: 60_000 }, async () => {
    const files = makeFiles();
    const whole = await open();
    await start(whole, files);
    const patch = await renderRunPatch(whole, 'r');
    expect(patch.match(/^\+\+\+ .*/gm)).toHaveLength(3);
    await whole.close();

    let died = true;
    for (let deathAt = 3; died; deathAt += 2) {
      const store = await open();
      died = await start(dyingStore(store, deathAt).store, files).then(
        () => false,
        () => true,
      );
      await store.collectGarbage({ minAgeMs: 0 });
      if (died) await resumeRun({ runId: 'r', model: makeModel(), store });
      await store.collectGarbage({ minAgeMs: 0 });
      expect(await renderRunPatch(store, 'r'), `crash after write ${deathAt}`).toBe(patch);
      expect((await store.getRun('r'))?.status).toBe('succeeded');
      await store.close();
    }
  });
});

test('of a deleted run nothing is left', async () => {
  const folder = makeTemporaryFolder();
  const store = await openSqliteStore(folder);
  await start(store, makeFiles());
  expect(await store.deleteRun('r')).toBe(true);
  const garbage = await store.collectGarbage({ minAgeMs: 0 });
  expect(garbage.values).toBe(3);
  expect(garbage.blobs).toBeGreaterThan(3);
  const left = readdirSync(`${store.location}-blobs`, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(left).toEqual([]);
  await store.close();
});
