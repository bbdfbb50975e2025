/** A run's events as a stream: each once and in order, whatever becomes of the connection. */
import { MemoryStore, type RunUpdate, runTask, type Store } from 'planwright';
import { type FollowedMessage, followRun } from 'planwright/client';
import { describe, expect, test } from 'vitest';
import { lookTool, storingModel, storingTeam } from '../support/storing-team.ts';
import { nestedDefinition, pacedModel, planOf, smallDefinition, step, wide } from './played-team.ts';
import { type Serving, serve, token, until } from './serving.ts';

const nameOf = ({ runId, seq }: { runId: string; seq: number }) => `${runId}#${seq}`;

/** Every event of the tree, by run. */
async function journalOf(store: Store, runId: string): Promise<Map<string, number[]>> {
  const journal = new Map<string, number[]>();
  for (const run of await store.listRuns({ rootRunId: runId })) {
    journal.set(
      run.runId,
      (await store.readEvents(run.runId)).map(({ seq }) => seq),
    );
  }
  return journal;
}

function byRun(updates: readonly RunUpdate[]): Map<string, number[]> {
  const seen = new Map<string, number[]>();
  for (const { runId, seq } of updates) seen.set(runId, [...(seen.get(runId) ?? []), seq]);
  return seen;
}

const sorted = (journal: Map<string, number[]>) => [...journal].toSorted(([a], [b]) => a.localeCompare(b));

function eventsOf(messages: readonly FollowedMessage[]): RunUpdate[] {
  return messages.flatMap((message) => (message.name === 'run-event' ? [message.data] : []));
}

async function start({ ask }: Serving, body: object): Promise<string> {
  return ((await ask('POST', '/api/runs', { body })).json as { runId: string }).runId;
}

async function readAll(url: string, runId: string, after?: string): Promise<FollowedMessage[]> {
  const messages: FollowedMessage[] = [];
  for await (const message of followRun({ url, runId, token, ...(after === undefined ? {} : { after }) })) messages.push(message);
  return messages;
}

/** A chance that is the same each time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

describe('the stream of a run', () => {
  test('tells every event, the status, and the end', async () => {
    await using serving = await serve({ means: { model: pacedModel({ latencyMs: 5 }).model } });
    const runId = await start(serving, { plan: wide(8), team: smallDefinition });
    const messages = await readAll(serving.url, runId);
    const { store } = serving.server;
    expect(sorted(byRun(eventsOf(messages)))).toEqual(sorted(await journalOf(store, runId)));
    expect(messages.filter(({ name }) => name === 'status' || name === 'end').map(({ name, data }) => [name, data])).toEqual([
      ['status', { status: 'running' }],
      ['status', { status: 'succeeded' }],
      ['end', { status: 'succeeded' }],
    ]);
    expect(eventsOf(messages).map(({ version, atMs, event, seq }) => ({ version, atMs, event, seq }))).toEqual(
      await store.readEvents(runId),
    );
    expect(messages.filter(({ name }) => name === 'run-event').map(({ id }) => id)).toEqual(
      eventsOf(messages).map(({ seq }) => String(seq)),
    );
  });

  test('ends at once, with 204, behind the last event of a run that has ended', async () => {
    await using serving = await serve({ means: { model: pacedModel().model } });
    const runId = await start(serving, { plan: planOf(step('a')), team: smallDefinition });
    const messages = await readAll(serving.url, runId);
    const last = messages.findLast(({ name }) => name === 'run-event')?.id ?? '';
    expect((await serving.ask('GET', `/api/runs/${runId}/events`, { headers: { 'last-event-id': last } })).status).toBe(204);
    expect((await serving.ask('GET', `/api/runs/${runId}/events?after=${last}`)).status).toBe(204);
    expect(await readAll(serving.url, runId, last)).toEqual([]);
    await until(() => serving.server.streams() === 0);
  });

  test('refuses a place that is none', async () => {
    await using serving = await serve({ means: { model: pacedModel().model } });
    const runId = await start(serving, { plan: planOf(step('a')), team: smallDefinition });
    await readAll(serving.url, runId);
    for (const id of [
      'x',
      '-1',
      '1.5',
      '999',
      '1,',
      '1,x',
      '1,x:',
      '1,x:y',
      `1,nothing.1:3`,
      '9'.repeat(40),
      '1,'.repeat(5000),
    ]) {
      const { status, json } = await serving.ask('GET', `/api/runs/${runId}/events`, { headers: { 'last-event-id': id } });
      expect({ id, status, json }).toMatchObject({ id, status: 400, json: { error: { code: 'malformed' } } });
    }
    expect((await serving.ask('GET', '/api/runs/none/events')).status).toBe(404);
    expect(serving.server.streams()).toBe(0);
  });

  test('stays open while a run waits for a person, with comments that keep it alive', async () => {
    await using serving = await serve({ means: { model: pacedModel().model }, streams: { heartbeatMs: 20 } });
    const runId = await start(serving, { plan: planOf(step('a')), team: smallDefinition, approve: true });
    const response = await fetch(`${serving.url}/api/runs/${runId}/events`, { headers: { authorization: `Bearer ${token}` } });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!/(?:: waiting\n\n){2}/.test(text)) text += (await reader?.read())?.value ?? '';
    expect(text).toContain('{"status":"waiting"}');
    await reader?.cancel();
    await until(() => serving.server.streams() === 0);
  });

  test('has deltas of what happens between events, of runs that the server drives', async () => {
    const { model, release } = pacedModel({ held: ['b'] });
    await using serving = await serve({ means: { model } });
    const runId = await start(serving, { plan: planOf(step('b'), step('c', 'writer', ['b'])), team: smallDefinition });
    const names: string[] = [];
    for await (const message of followRun({ url: serving.url, runId, token })) {
      if (message.name === 'status') release();
      names.push(message.name === 'delta' ? message.data.delta.type : message.name);
    }
    expect(names).toContain('call-started');
    expect(names.at(-1)).toBe('end');
  });

  test('no more streams at once than allowed', async () => {
    await using serving = await serve({ means: { model: pacedModel().model }, streams: { maxStreams: 2 } });
    const runId = await start(serving, { plan: planOf(step('a')), team: smallDefinition, approve: true });
    const path = `${serving.url}/api/runs/${runId}/events`;
    const headers = { authorization: `Bearer ${token}` };
    const open = [await fetch(path, { headers }), await fetch(path, { headers })];
    expect((await serving.ask('GET', `/api/runs/${runId}/events`)).status).toBe(503);
    for (const { body } of open) await body?.cancel();
    await until(() => serving.server.streams() === 0);
  });
});

describe('a connection that is lost', () => {
  test('twenty times at any point in mid-run: every event comes once and in order', async () => {
    const store = new MemoryStore();
    await using serving = await serve({ store, means: { model: pacedModel({ latencyMs: 30 }).model } });
    const plan = planOf(
      ...Array.from({ length: 40 }, (_one, at) =>
        step(`s${at}`, at % 4 === 0 ? 'pair' : 'finder', at >= 8 ? [`s${at - 8}`] : []),
      ),
    );
    const runId = await start(serving, { plan, team: nestedDefinition });
    const roll = dice(7);
    const seen: RunUpdate[] = [];
    const ids: string[] = [];
    let breaks = 0;
    let after: string | undefined;
    for (let isOver = false; !isOver; ) {
      const leaving = new AbortController();
      const patience = breaks < 20 ? Math.floor(roll() * 8) : Number.POSITIVE_INFINITY;
      let taken = 0;
      for await (const message of followRun({
        url: serving.url,
        runId,
        token,
        signal: leaving.signal,
        ...(after === undefined ? {} : { after }),
      })) {
        isOver = message.name === 'end';
        if (message.name !== 'run-event') continue;
        seen.push(message.data);
        after = message.id ?? after;
        ids.push(message.id ?? '');
        taken += 1;
        if (taken > patience) {
          leaving.abort();
          break;
        }
      }
      breaks += 1;
    }
    expect(breaks).toBeGreaterThan(20);
    expect(new Set(seen.map(nameOf)).size).toBe(seen.length);
    expect(sorted(byRun(seen))).toEqual(sorted(await journalOf(store, runId)));
    // An id names only the runs that are not read to their ends.
    expect(Math.max(...ids.map((id) => id.length))).toBeLessThan(300);
    expect(ids.at(-1)).toMatch(/^\d+$/);
    expect(serving.errors).toEqual([]);
  });

  test('at every single event, over another server too: what comes is what is behind it', async () => {
    const store = new MemoryStore();
    const means = { team: storingTeam, tools: [lookTool], model: storingModel(), strategy: 'team' as const, store };
    await runTask({ ...means, task: 'Store it.', runId: 'stored' });
    await using first = await serve({ store });
    await using second = await serve({ store });
    const all = (await readAll(first.url, 'stored')).filter(({ name }) => name === 'run-event');
    expect(all.length).toBeGreaterThan(30);
    for (const [at, { id }] of all.entries()) {
      const rest = eventsOf(await readAll(second.url, 'stored', id ?? ''));
      expect(rest.map(nameOf)).toEqual(eventsOf(all.slice(at + 1)).map(nameOf));
    }
  });

  test('by a server that went away: the client goes on when one is back', async () => {
    const store = new MemoryStore();
    const { model, release } = pacedModel({ held: ['s3'] });
    const first = await serve({ store, means: { model } });
    const { port } = new URL(first.url);
    const runId = await start(first, { plan: wide(8), team: smallDefinition });
    const seen: RunUpdate[] = [];
    const broken: unknown[] = [];
    const following = (async () => {
      const options = { url: first.url, runId, token, retryMs: 20, onBreak: (thrown: unknown) => broken.push(thrown) };
      for await (const message of followRun(options)) if (message.name === 'run-event') seen.push(message.data);
    })();
    await until(() => seen.length > 5);
    await first.server.close();
    await until(() => broken.length > 1);
    release();
    await using second = await serve({ store, port: Number(port), means: { model: pacedModel().model } });
    expect((await second.ask('POST', `/api/runs/${runId}/resume`)).status).toBe(202);
    await following;
    expect(sorted(byRun(seen))).toEqual(sorted(await journalOf(store, runId)));
  });

  test('a reader who takes nothing keeps nothing, and others go on', async () => {
    await using serving = await serve({ means: { model: pacedModel({ latencyMs: 2 }).model } });
    const runId = await start(serving, {
      plan: wide(200),
      team: { ...smallDefinition, limits: { ...smallDefinition.limits, concurrency: 20 } },
    });
    const idle = await fetch(`${serving.url}/api/runs/${runId}/events`, { headers: { authorization: `Bearer ${token}` } });
    const messages = await readAll(serving.url, runId);
    const events = eventsOf(messages).length;
    expect(messages.at(-1)?.name).toBe('end');
    // The one that took nothing gets it all when it does.
    const text = await idle.text();
    expect(text.match(/^event: run-event$/gm)).toHaveLength(events);
    expect(text.endsWith('event: end\ndata: {"status":"succeeded"}\n\n')).toBe(true);
  });
});

test('a store that does not answer for a while stops no stream', async () => {
  const store = new MemoryStore();
  const { model, release } = pacedModel({ held: ['b'] });
  await using serving = await serve({ store, means: { model }, streams: { lookEveryMs: 20 } });
  const runId = await start(serving, { plan: planOf(step('a'), step('b', 'writer', ['a'])), team: smallDefinition });
  const readEvents = store.readEvents.bind(store);
  const seen: RunUpdate[] = [];
  let isFailing = false;
  store.readEvents = async (id, after) => {
    if (isFailing) throw new Error('The disk is gone.');
    return readEvents(id, after);
  };
  const following = (async () => {
    for await (const message of followRun({ url: serving.url, runId, token }))
      if (message.name === 'run-event') seen.push(message.data);
  })();
  await until(() => seen.some(({ event }) => event.type === 'attempt-started' && event.subtaskId === 'b'));
  isFailing = true;
  release();
  await until(() => serving.errors.length > 2);
  isFailing = false;
  await following;
  expect(sorted(byRun(seen))).toEqual(sorted(await journalOf(store, runId)));
});
