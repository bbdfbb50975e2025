/** A team's `redact`: what it matches reaches no model and no store, and a run is otherwise as it was. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import {
  answerRun,
  cancelRun,
  defineTeam,
  defineTool,
  MemoryStore,
  openStore,
  type Plan,
  type RunTaskOptions,
  renderRunPatch,
  resumeRun,
  runTask,
  type Store,
} from 'planwright';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { placeValue } from '../src/engine/stored-value.ts';
import type { StoredValue } from '../src/events.ts';
import type { Json } from '../src/json.ts';
import { readRedact } from '../src/redact/redact-rules.ts';
import { type NetChange, redactingStore } from '../src/redact/redacting-store.ts';
import { createRedactor } from '../src/redact/redactor.ts';
import { dyingStore } from './support/dying-store.ts';
import { planText, playModel, smallTeam, step } from './support/small-team.ts';
import { makeTemporaryFolder } from './support/temporary-folder.ts';

/** One for each way into a run. */
const people = {
  task: 'tanja@people.example',
  plan: 'paul@people.example',
  file: 'fred@people.example',
  tool: 'tom@people.example',
  toolError: 'erik@people.example',
  input: 'ines@people.example',
  answer: 'anna@people.example',
};
const redact = ['email' as const];

const lookup = defineTool({
  name: 'lookup',
  description: 'Looks somebody up.',
  effect: 'read',
  input: z.object({ who: z.string() }),
  execute: ({ who }) => {
    if (who === 'nobody') throw new Error(`Ask ${people.toolError} about nobody.`);
    return { found: [`${people.tool} knows`], number: 12345 };
  },
});

const team = defineTeam({
  name: 'people',
  redact,
  roles: {
    finder: { instructions: 'You are the finder.', tools: ['lookup', 'files'] },
    writer: { instructions: 'You are the writer.' },
  },
  generalist: 'writer',
});

const plan: Plan = {
  version: 1,
  task: 'the task',
  subtasks: [
    { ...step('find'), instruction: `do find for ${people.plan}` },
    { ...step('write', 'writer', ['find']), accept: [{ kind: 'predicate', contains: 'bye' }] },
  ],
};

function playPeople() {
  return playModel(({ role, request }) => {
    if (role === 'writer') return `bye to ${people.answer}`;
    const asked = request.prompt.filter(({ role: from }) => from === 'tool').length;
    const calls = [
      { name: 'lookup', input: { who: people.input } },
      { name: 'lookup', input: { who: 'nobody' } },
      { name: 'files_read', input: { path: 'letter.md' } },
    ];
    const call = calls[asked];
    return call === undefined ? `found ${people.answer}` : { toolCalls: [{ id: `call-${asked}`, ...call }] };
  });
}

function givenFiles(): string {
  const folder = makeTemporaryFolder();
  writeFileSync(join(folder, 'letter.md'), `# From ${people.file}\n\nHello from ${people.file}.\n`);
  return folder;
}

const options = (files: string): Omit<RunTaskOptions, 'store'> => ({
  task: `Write to ${people.task}`,
  team,
  plan,
  files,
  tools: [lookup],
  runId: 'r',
});

test('no text that matches reaches a model, an event, the result or a file of the store', async () => {
  const [store, model] = [makeTemporaryFolder(), playPeople()];
  const run = runTask({ ...options(givenFiles()), model, store });
  const events: unknown[] = [];
  for await (const update of run.events) events.push(update);
  const result = await run;
  expect(result).toMatchObject({ status: 'succeeded', deliverable: 'bye to [email]' });
  const stored = readdirSync(store, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'));
  expect(stored.join('')).toContain('Write to [email]');
  const seen = JSON.stringify(model.requests);
  for (const part of ['do find for [email]', '[email] knows', 'Ask [email] about nobody.', 'Hello from [email].'])
    expect(seen).toContain(part);
  expect(seen).toContain('12345');
  for (const text of [seen, JSON.stringify([events, result]), ...stored]) expect(text).not.toMatch(/[a-z]+@people\.example/);
});

test('the net around the store has nothing to do where texts were redacted at their entry', async () => {
  const changes: NetChange[] = [];
  const net = redactingStore(new MemoryStore(), createRedactor(readRedact(redact)), (change) => changes.push(change));
  expect((await runTask({ ...options(givenFiles()), model: playPeople(), store: net })).status).toBe('succeeded');
  expect(changes).toEqual([]);
});

test('a run that is interrupted after any of its events and resumed makes the same requests and ends alike', async () => {
  const files = givenFiles();
  const whole = playPeople();
  const events: string[] = [];
  const first = runTask({ ...options(files), model: whole, store: new MemoryStore() });
  for await (const { event } of first.events) events.push(event.type);
  const { deliverable } = await first;
  for (let after = 1; after < events.length; after += 1) {
    const [store, model, stop] = [new MemoryStore(), playPeople(), new AbortController()];
    const run = runTask({ ...options(files), model, store, signal: stop.signal });
    let seen = 0;
    for await (const _ of run.events) if (++seen === after) stop.abort();
    await run;
    expect(await resumeRun({ runId: 'r', model, store, tools: [lookup] })).toMatchObject({ status: 'succeeded', deliverable });
  }
  expect(events.length).toBeGreaterThan(6);
});

test('the same task again is the same run, though its text was redacted', async () => {
  const store = new MemoryStore();
  const given = { ...options(givenFiles()), model: playPeople(), store };
  await runTask(given);
  expect((await runTask(given)).status).toBe('succeeded');
});

test('reasons of people are redacted before they wait in the store', async () => {
  const store = new MemoryStore();
  const given = { ...options(givenFiles()), store, approve: true };
  expect((await runTask({ ...given, model: playPeople() })).status).toBe('waiting');
  await answerRun(store, 'r', { type: 'deny', by: 'ann', reason: `Ask ${people.task} first.` });
  expect(JSON.stringify(await store.readSignals('r'))).toContain('Ask [email] first.');
  await resumeRun({ runId: 'r', model: playPeople(), store, tools: [lookup] });
  const other = { ...given, runId: 's' };
  await runTask({ ...other, model: playPeople() });
  await cancelRun(store, 's', { reason: `${people.task} said no` });
  const text = JSON.stringify([await store.readEvents('r'), await store.readEvents('s')]);
  expect(text).toContain('[email] said no');
  expect(text).not.toContain('@people.example');
});

test('a quote of a redacted line counts as a quote of that line', async () => {
  const quoting = defineTeam({ redact, roles: { finder: { accept: [{ kind: 'quotes', min: 1 }], tools: ['files'] } } });
  const run = await runTask({
    task: 'Quote the letter.',
    team: quoting,
    files: givenFiles(),
    strategy: 'single',
    model: playModel(() => 'It says "Hello from [email]." [letter.md:3]'),
    store: new MemoryStore(),
  });
  expect(run).toMatchObject({ status: 'succeeded', citations: [{ file: 'letter.md', line: 3 }] });
});

test('redact.files refuse: a run does not begin with files that match, and the error names file and line', async () => {
  const store = new MemoryStore();
  const given = { ...options(givenFiles()), model: playPeople(), store };
  await expect(runTask({ ...given, redact: { patterns: redact, files: 'refuse' } })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('letter.md:1 (email)'),
    location: { file: 'letter.md', line: 1 },
  });
  expect(await store.listRuns()).toEqual([]);
});

test('the option of a task adds to what its team redacts, and is stored with the run', async () => {
  const store = makeTemporaryFolder();
  const given = { ...options(givenFiles()), model: playPeople(), store };
  const result = await runTask({
    ...given,
    redact: [{ name: 'bye', pattern: 'by[e]' }],
    plan: { ...plan, subtasks: [step('write', 'writer')] },
  });
  expect(result.deliverable).toBe('[bye] to [email]');
  const opened = await openStore(store);
  expect(JSON.stringify((await opened.getRun('r'))?.setup)).toContain('"name":"bye"');
  await opened.close();
});

/** They match ids, roles, hashes, numbers, replacements, everything or nothing. */
const hostile = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('p', 'a1'),
    pattern: fc.constantFrom('.*', '[0-9]', 'a', '(?s).+', '\\w+', 'r', '^', '\\b', 'find', '[a-f0-9]{64}', '"', '[{}\\[\\],:]'),
  }),
  { minLength: 1, maxLength: 2, selector: ({ pattern }) => pattern },
);

test('patterns that match ids, roles and hashes break no run, planned or given, resumed or not', async () => {
  const long = 'a long result, 7 words and more. '.repeat(300);
  await fc.assert(
    fc.asyncProperty(hostile, fc.boolean(), fc.integer({ min: 1, max: 6 }), async (patterns, isPlanned, after) => {
      const subtasks = [step('a1', 'finder'), step('find-2', 'checker', ['a1']), step('r', 'writer', ['a1', 'find-2'])];
      const play = () => playModel(({ schema }) => (schema === 'plan' ? planText(...subtasks) : long));
      const [store, stop] = [new MemoryStore(), new AbortController()];
      const given = { task: 'find a1', team: smallTeam, redact: { patterns }, runId: 'a1-r', store };
      const strategy = isPlanned ? { strategy: 'team' as const } : { plan: { version: 1 as const, task: 't', subtasks } };
      const run = runTask({ ...given, ...strategy, model: play(), signal: stop.signal });
      let seen = 0;
      for await (const _ of run.events) if (++seen === after) stop.abort();
      await run;
      const result = await resumeRun({ runId: 'a1-r', model: play(), store });
      expect(result.status).toBe('succeeded');
      expect(result.subtasks.map(({ id, role, dependsOn }) => [id, role, dependsOn])).toEqual(
        subtasks.map(({ id, role, dependsOn }) => [id, role, dependsOn]),
      );
      expect(result.deliverable).toBe(createRedactor(readRedact(patterns)).text(long));
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('with patterns that match nearly everything, a run with tools that crashes after any write goes on as it was', async () => {
  const files = givenFiles();
  const given = { ...options(files), redact: { patterns: [{ name: 'p', pattern: '[a-f0-9]' }], replacement: '***' } };
  const whole = await runTask({ ...given, model: playPeople(), store: new MemoryStore() });
  expect(whole.status).toBe('succeeded');
  let died = true;
  for (let deathAt = 1; died; deathAt += 1) {
    const store = new MemoryStore();
    died = await runTask({ ...given, model: playPeople(), store: dyingStore(store, deathAt).store }).then(
      () => false,
      () => true,
    );
    if ((await store.readEvents('r')).length === 0) continue;
    const result = await resumeRun({ runId: 'r', model: playPeople(), store, tools: [lookup] });
    expect(result).toMatchObject({ status: 'succeeded', deliverable: whole.deliverable });
  }
});

test('sub-teams: what they hand up and are handed is redacted, and the net has nothing to do', async () => {
  const pair = { name: 'pair', roles: { finder: { instructions: 'You are the finder.' } } };
  const nested = defineTeam({ redact, roles: { pair: { team: pair }, writer: { instructions: 'You are the writer.' } } });
  const model = playModel(({ schema, role }) =>
    schema === 'plan' ? planText({ ...step('x'), instruction: `Ask ${people.plan}` }) : `${role} saw ${people.answer}`,
  );
  const changes: NetChange[] = [];
  const store = new MemoryStore();
  const net = redactingStore(store, createRedactor(readRedact(redact)), (change) => changes.push(change));
  const subtasks = [step('first', 'writer'), step('below', 'pair', ['first'])];
  const result = await runTask({ task: 't', team: nested, plan: { version: 1, task: 't', subtasks }, model, store: net });
  expect(result).toMatchObject({ status: 'succeeded', deliverable: expect.stringMatching(/ saw \[email\]$/) });
  expect(changes).toEqual([]);
  const runs = await store.listRuns();
  expect(runs).toHaveLength(2);
  const events = await Promise.all(runs.map(({ runId }) => store.readEvents(runId)));
  expect(JSON.stringify([runs, events, model.requests])).not.toContain('@people.example');
});

test('workspaces: contents of files are kept as they are, and patterns that match paths and hashes break no patch', async () => {
  const coding = defineTeam({
    redact: [{ name: 'p', pattern: '[a-f0-9]' }],
    roles: { coder: { instructions: 'You are the coder.', tools: ['workspace'] } },
    workspace: {},
  });
  const model = playModel(({ request }) =>
    request.prompt.some(({ role }) => role === 'tool')
      ? 'ok'
      : { toolCalls: [{ name: 'write_file', input: { path: 'x.txt', content: 'Hi you' } }] },
  );
  const store = new MemoryStore();
  const subtasks = [step('one', 'coder'), step('two', 'coder', ['one'])];
  const result = await runTask({
    task: 't',
    team: coding,
    files: givenFiles(),
    plan: { version: 1, task: 't', subtasks },
    model,
    store,
  });
  expect(result.status).toBe('succeeded');
  expect(await renderRunPatch(store, result.runId)).toContain('+Hi you');
});

test('nothing of a result beyond 512 characters stands in an event', async () => {
  const long = Array.from({ length: 200 }, (_, index) => `sentence ${index} of it.`).join(' ');
  const store = new MemoryStore();
  const run = runTask({
    task: 't',
    team: smallTeam,
    plan: { version: 1, task: 't', subtasks: [step('a'), step('b', 'writer', ['a'])] },
    model: playModel(() => long),
    store,
  });
  const events: string[] = [];
  for await (const update of run.events) events.push(JSON.stringify(update));
  expect((await run).deliverable).toBe(long);
  for (let at = 0; at + 513 < long.length; at += 1) {
    const piece = long.slice(at, at + 513);
    for (const event of events) expect(event.includes(piece)).toBe(false);
  }
});

/** As a store with a limit of 5,000 characters would. */
async function putAtMost(store: Store, value: Json): Promise<StoredValue> {
  placeValue(value, 5000);
  return store.putValue(value);
}

test('a result that the store refuses as too large fails its attempt, is told to the next, and the run goes on', async () => {
  const store = new MemoryStore();
  const limited = new Proxy(store, {
    get(target, name) {
      const own: unknown = Reflect.get(target, name, target);
      if (typeof own !== 'function') return own;
      return name === 'putValue' ? (value: Json) => putAtMost(target, value) : own.bind(target);
    },
  });
  const model = playModel(({ role, text }) =>
    role === 'finder' && !text.includes('keeps at most') ? 'x'.repeat(5001) : 'short',
  );
  const run = runTask({
    task: 't',
    team: smallTeam,
    plan: { version: 1, task: 't', subtasks: [step('a'), step('b', 'finder', ['a'])] },
    model,
    store: limited,
  });
  const outcomes: string[] = [];
  for await (const { event } of run.events) {
    if (event.type !== 'attempt-finished') continue;
    outcomes.push(
      `${event.subtaskId}/${event.attempt} ${event.outcome.kind === 'failed' ? event.outcome.error.code : event.outcome.kind}`,
    );
  }
  expect((await run).status).toBe('succeeded');
  expect(outcomes).toEqual(['a/1 value-too-large', 'a/2 succeeded', 'b/1 value-too-large', 'b/2 succeeded']);
});
