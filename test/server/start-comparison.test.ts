/** Comparisons that the server runs: started, followed, stopped, gone on with; what is wrong with a request is its answer. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryStore, openStore } from 'planwright';
import { type ComparisonNow, type ComparisonProgress, createClient } from 'planwright/client';
import { expect, test } from 'vitest';
import { playModel } from '../support/small-team.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { aborted, smallDefinition, step } from './played-team.ts';
import { type Answer, type Serving, serve, token, until } from './serving.ts';

const path = '/api/comparisons';
const codeOf = ({ status, json }: Answer) => `${status} ${(json as { error: { code: string } }).error.code}`;
const messageOf = ({ json }: Answer) => (json as { error: { message: string } }).error.message;
const taskOf = (id: string, more: object = {}) => ({ id, task: `How much is ${id}?`, check: { contains: '42' }, ...more });
const six = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => taskOf(id));

/** The team is right and one agent is not. Calls about a task that is held wait for their release or their end. */
function play(held: readonly string[] = []) {
  const gate = Promise.withResolvers<void>();
  const model = playModel(async ({ schema, role, text, request }) => {
    if (held.some((id) => text.includes(`How much is ${id}?`))) await Promise.race([gate.promise, aborted(request.abortSignal)]);
    if (schema !== null) return JSON.stringify({ subtasks: [step('find'), step('write', 'writer', ['find'])], deliverable: '' });
    return role === 'writer' ? 'It is 42.' : 'It is 41.';
  });
  return { model, release: () => gate.resolve() };
}

async function start({ ask }: Serving, body: object): Promise<ComparisonProgress> {
  const answer = await ask('POST', path, { body: { team: smallDefinition, ...body } });
  expect({ status: answer.status, text: answer.status === 201 ? '' : answer.text }).toEqual({ status: 201, text: '' });
  return answer.json as ComparisonProgress;
}

const look = async ({ ask }: Serving, id: string) => (await ask('GET', `${path}/${id}`)).json as ComparisonNow;
const ended = (serving: Serving, id: string) =>
  until(async () => !['running', 'stopping'].includes((await look(serving, id)).progress?.state ?? ''));

test('it is there before a pair has ended, tells how far it has come, and ends with the verdict', async () => {
  const { model, release } = play(['c']);
  await using serving = await serve({ means: { model } });
  const begun = await start(serving, { tasks: six, fixedN: true });
  expect(begun).toMatchObject({ state: 'running', team: 'small', pairsEnded: 0, pairsPlanned: 6, stopped: null });
  const { comparisonId } = begun;
  const first = await look(serving, comparisonId);
  expect(first.report).toMatchObject({ verdict: 'undecided', method: 'fixed' });
  await until(async () => (await look(serving, comparisonId)).pairs === 2);
  const { underWay } = (await serving.ask('GET', path)).json as { underWay: ComparisonProgress[] };
  expect(underWay.map((one) => [one.comparisonId, one.pairsEnded])).toEqual([[comparisonId, 2]]);
  release();
  await ended(serving, comparisonId);
  const last = await look(serving, comparisonId);
  expect(last).toMatchObject({
    pairs: 6,
    report: { verdict: 'team', onlyTeam: 6, method: 'fixed' },
    progress: { state: 'ended', stopped: 'exhausted', pairsEnded: 6, failure: null, left: null },
  });
  expect((await serving.ask('GET', path)).json).toMatchObject({ comparisons: [{ comparisonId }], underWay: [] });
  // The same request costs no call.
  const calls = model.requests.length;
  await start(serving, { tasks: six, fixedN: true });
  await ended(serving, comparisonId);
  expect(model.requests).toHaveLength(calls);
  expect(serving.errors).toEqual([]);
});

test('it is stopped by a person, keeps what has ended, and the same request goes on from there', async () => {
  const { model, release } = play(['c']);
  await using serving = await serve({ means: { model } });
  const { comparisonId } = await start(serving, { tasks: six, fixedN: true });
  await until(async () => (await look(serving, comparisonId)).pairs === 2);
  const stopped = await serving.ask('POST', `${path}/${comparisonId}/cancel`);
  expect(stopped).toMatchObject({ status: 202, json: { comparisonId, state: 'stopping' } });
  await ended(serving, comparisonId);
  expect(await look(serving, comparisonId)).toMatchObject({
    pairs: 2,
    report: { onlyTeam: 2 },
    progress: { state: 'ended', stopped: 'interrupted', pairsEnded: 2 },
  });
  expect(codeOf(await serving.ask('POST', `${path}/${comparisonId}/cancel`))).toBe('409 run-ended');
  expect(codeOf(await serving.ask('POST', `${path}/none/cancel`))).toBe('404 not-found');
  release();
  const again = await start(serving, { tasks: six, fixedN: true });
  expect(again.comparisonId).toBe(comparisonId);
  await ended(serving, comparisonId);
  expect(await look(serving, comparisonId)).toMatchObject({ pairs: 6, progress: { stopped: 'exhausted' } });
});

test('a server that leaves interrupts it, and the next one goes on', async () => {
  const folder = makeTemporaryFolder();
  const first = await serve({ store: folder, means: { model: play(['c']).model } });
  const { comparisonId } = await start(first, { tasks: six });
  await until(async () => (await look(first, comparisonId)).pairs === 2);
  await first.server.close();
  expect(first.errors).toEqual([]);
  const store = await openStore(folder);
  const left = await store.listRuns({ rootsOnly: true, limit: 10 });
  expect(left.filter(({ endedMs }) => endedMs === null)).toHaveLength(1);
  await store.close();
  const { model } = play();
  await using second = await serve({ store: folder, means: { model } });
  expect((await look(second, comparisonId)).progress).toBeNull();
  await start(second, { tasks: six });
  await ended(second, comparisonId);
  expect((await look(second, comparisonId)).report).toMatchObject({ pairs: 6, onlyTeam: 6 });
  // Of the two pairs that had ended no call was made again.
  expect(model.requests.filter(({ prompt }) => /How much is [ab]\?/.test(JSON.stringify(prompt)))).toEqual([]);
});

test('no more at once than allowed, and each only once', async () => {
  const { model, release } = play(['a']);
  await using serving = await serve({ maxComparisons: 2, means: { model } });
  const { comparisonId } = await start(serving, { tasks: six });
  const body = { tasks: six, team: smallDefinition };
  expect(codeOf(await serving.ask('POST', path, { body }))).toBe('409 run-busy');
  expect((await look(serving, comparisonId)).progress).toMatchObject({ state: 'running' });
  await start(serving, { tasks: six, seed: 2 });
  expect(codeOf(await serving.ask('POST', path, { body: { ...body, seed: 3 } }))).toBe('503 busy');
  release();
  await ended(serving, comparisonId);
  await until(async () => (await serving.ask('POST', path, { body: { ...body, seed: 3 } })).status === 201);
});

test('a sum of money is kept to, and a limit holds for each run', async () => {
  await using serving = await serve({ means: { model: play().model } });
  const priced = await serving.ask('POST', path, { body: { tasks: six, team: smallDefinition, maxUsd: 1 } });
  expect(codeOf(priced)).toBe('422 model-unpriced');
  const { comparisonId } = await start(serving, { tasks: six.slice(0, 1), limits: { calls: 1 }, fixedN: true });
  await ended(serving, comparisonId);
  // One call is enough for one agent, not for a team.
  const { report, runs } = await look(serving, comparisonId);
  expect(report).toMatchObject({ pairs: 1, neither: 1 });
  const ofTeam = runs.find(({ arm }) => arm === 'team')?.runIds[0] ?? '';
  expect((await serving.ask('GET', `/api/runs/${ofTeam}`)).json).toMatchObject({ endReason: 'budget' });
});

test('what is wrong with a request is its answer, and nothing is begun', async () => {
  const { model } = play();
  await using serving = await serve({ means: { model } });
  const team = smallDefinition;
  const post = async (body: unknown) => codeOf(await serving.ask('POST', path, { body }));
  for (const [body, code] of [
    [{}, '400 malformed'],
    [[], '400 malformed'],
    [{ tasks: [] }, '400 malformed'],
    [{ tasks: 'all' }, '400 malformed'],
    [{ tasks: ['one'] }, '400 malformed'],
    [{ tasks: Array.from({ length: 1001 }, (_one, at) => taskOf(`${at}`)) }, '400 malformed'],
    [{ tasks: six, other: 1 }, '400 malformed'],
    [{ tasks: six, repeats: 0 }, '400 malformed'],
    [{ tasks: six, repeats: 1001 }, '400 malformed'],
    [{ tasks: six, concurrency: 17 }, '400 malformed'],
    [{ tasks: six, maxUsd: -1 }, '400 malformed'],
    [{ tasks: six, seed: 0.5 }, '400 malformed'],
    [{ tasks: six, limits: { usd: 0 } }, '400 malformed'],
    [{ tasks: six, limits: { other: 1 } }, '400 malformed'],
    [{ tasks: six, team: 'nobody' }, '422 team-invalid'],
    [{ tasks: six, team: { ...team, mcp: { x: { command: 'sh' } } } }, '422 team-invalid'],
    [{ tasks: six, team, model: 'nobody:nothing' }, '422 model-unknown'],
    [{ tasks: six, team, model: 'openai:gpt-4o', maxUsd: 1 }, '422 secret-missing'],
    [{ tasks: [{ id: 'a', task: 'Why?' }], team }, '400 usage'],
    [{ tasks: [taskOf('a'), taskOf('a')], team }, '400 usage'],
    [{ tasks: [taskOf('a', { check: { regex: '(' } })], team }, '400 usage'],
    [{ tasks: [taskOf('a', { check: { rubric: 'Is it good?' } })], team, model: 'offline' }, '400 usage'],
    [{ tasks: [taskOf('a', { files: '.' })], team }, '400 path-outside-root'],
  ] as const) {
    expect({ body: JSON.stringify(body).slice(0, 200), code: await post(body) }).toMatchObject({ code });
  }
  const located = await serving.ask('POST', path, { body: { tasks: [taskOf('a'), { ...taskOf('b'), check: {} }], team } });
  expect(messageOf(located)).toMatch(/^tasks:2 check/);
  const large = await serving.ask('POST', path, { body: { tasks: [taskOf('a', { task: 'x'.repeat(5_000_001) })] } });
  expect(codeOf(large)).toBe('413 too-large');
  const text = { raw: '{}', headers: { 'content-type': 'text/plain' } };
  expect(codeOf(await serving.ask('POST', path, text))).toBe('415 unsupported-media-type');
  expect((await serving.ask('POST', path, { body: { tasks: six }, anonymous: true })).status).toBe(401);
  const headers = { origin: 'https://evil.example' };
  expect(codeOf(await serving.ask('POST', path, { body: { tasks: six }, headers }))).toBe('403 origin-refused');
  expect(model.requests).toEqual([]);
  expect((await serving.ask('GET', path)).json).toEqual({ comparisons: [], underWay: [] });
  expect(serving.errors).toEqual([]);
});

test('files lie below the operator’s folders, and of others nothing is told', async () => {
  const root = makeTemporaryFolder();
  const outside = makeTemporaryFolder();
  mkdirSync(join(root, 'notes'));
  writeFileSync(join(root, 'notes', 'a.txt'), 'It is 42.');
  symlinkSync(outside, join(root, 'link'));
  await using serving = await serve({ filesRoots: [root], means: { model: play().model } });
  for (const files of ['..', outside, 'link', '/nowhere/at/all', '../nowhere']) {
    const refused = await serving.ask('POST', path, { body: { tasks: [taskOf('a', { files })], team: smallDefinition } });
    expect({ files, code: codeOf(refused) }).toEqual({ files, code: '400 path-outside-root' });
  }
  const { comparisonId } = await start(serving, { tasks: [taskOf('a', { files: 'notes' })] });
  await ended(serving, comparisonId);
  expect((await look(serving, comparisonId)).pairs).toBe(1);
});

test('the typed client starts and stops one', async () => {
  const { model } = play(['a']);
  await using serving = await serve({ store: new MemoryStore(), means: { model } });
  const { api } = createClient(serving.url, { token });
  const started = await api.comparisons.$post({ json: { tasks: six, team: smallDefinition, repeats: 2 } });
  const { comparisonId, pairsPlanned } = await started.json();
  expect(pairsPlanned).toBe(12);
  const stopping = await api.comparisons[':comparisonId'].cancel.$post({ param: { comparisonId } });
  expect((await stopping.json()).state).toBe('stopping');
  await until(async () => {
    const now = await api.comparisons[':comparisonId'].$get({ param: { comparisonId }, query: {} });
    return (await now.json()).progress?.state === 'ended';
  });
});
