import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { initPostgresStore, openPostgresStore } from '../../src/engine/postgres/index.ts';
import { makeCall, makeEntries, makeRun } from '../../src/engine/store-records.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';

const { skip, because } = postgresAvailability();

describe.skipIf(skip)(`PostgreSQL stopped under a store${because}`, () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());

  test('stopped hard three times while twenty runs write: nothing is lost, nothing is there twice', async () => {
    const url = server.urlOf('crash');
    await initPostgresStore(url);
    const store = await openPostgresStore(url);
    const runIds = Array.from({ length: 20 }, (_, index) => `r${index}`);
    let isOver = false;
    const written = new Map<string, number>();
    const write = async (runId: string) => {
      expect(await store.createRun(makeRun(runId))).toBe(true);
      await store.acquireLease(runId);
      for (let seq = 1; !isOver; seq += 1) {
        await store.appendEvents(runId, makeEntries(seq, seq));
        await store.putCall(makeCall(`${runId}/s/1/${seq}`, { runId, rootRunId: runId, inputTokens: 1, outputTokens: 0 }));
        await store.sendSignal(runId, { type: 'cancel', reason: String(seq) });
        await store.putResult(runId, `k${seq}`, seq);
        const answer = await store.limits.reserve({
          rootRunId: runId,
          model: 'm',
          tokens: 1,
          usd: 0,
          modelLimits: { concurrency: 20 },
          budgets: [],
        });
        expect(answer.kind).toBe('granted');
        if (answer.kind === 'granted') await store.limits.settle(answer.reservation, 1);
        written.set(runId, seq);
      }
    };
    const writing = Promise.all(runIds.map(write));
    for (let crash = 0; crash < 3; crash += 1) {
      await wait(300 + crash * 57);
      await server.kill();
      await wait(200);
      await server.start();
    }
    await wait(300);
    isOver = true;
    await writing;
    for (const runId of runIds) {
      const count = written.get(runId) ?? 0;
      expect(count).toBeGreaterThan(5);
      expect(await store.readEvents(runId)).toEqual(makeEntries(1, count));
      expect(await store.listCalls(runId)).toHaveLength(count);
      expect(await store.sumCalls(runId)).toEqual({ calls: count, tokens: count, usd: 0 });
      const numbers = Array.from({ length: count }, (_, index) => String(index + 1));
      const signals = (await store.readSignals(runId)).map(({ signal }) => (signal.type === 'cancel' ? signal.reason : ''));
      expect(signals).toEqual(numbers);
      const keys = numbers.map((number) => ({ runId, key: `k${number}` }));
      expect(new Set((await store.findResults(keys)).map(({ body }) => JSON.stringify(body)))).toEqual(new Set(numbers));
      expect(await store.isDriven(runId)).toBe(true);
    }
    await store.close();
  }, 60_000);

  test('connections that are thrown out in mid-write are replaced', async () => {
    const url = server.urlOf('thrown_out');
    await initPostgresStore(url);
    const store = await openPostgresStore(url);
    await store.createRun(makeRun('a'));
    let isOver = false;
    const throwing = (async () => {
      while (!isOver) {
        await server.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL',
        );
        await wait(7);
      }
    })();
    for (let seq = 1; seq <= 150; seq += 1) await store.appendEvents('a', makeEntries(seq, seq));
    isOver = true;
    await throwing;
    expect(await store.readEvents('a')).toEqual(makeEntries(1, 150));
    await store.close();
  }, 60_000);

  test('after its patience an operation fails and says so; the store goes on afterwards', async () => {
    const url = server.urlOf('patience');
    await initPostgresStore(url);
    const store = await openPostgresStore(url, { patienceMs: 300 });
    await store.createRun(makeRun('a'));
    await server.stop();
    await expect(store.appendEvents('a', makeEntries(1, 1))).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('could not be reached'),
    });
    await server.start();
    await store.appendEvents('a', makeEntries(1, 1));
    expect(await store.readEvents('a')).toEqual(makeEntries(1, 1));
    await store.close();
  }, 30_000);

  test('a member that cannot beat for its lifetime is lost by its own clock', async () => {
    const url = server.urlOf('silent');
    await initPostgresStore(url);
    const store = await openPostgresStore(url, { lifetimeMs: 600, patienceMs: 10_000 });
    await store.createRun(makeRun('a'));
    const lease = await store.acquireLease('a');
    await server.stop();
    await expect.poll(() => lease.lost.aborted, { timeout: 3_000 }).toBe(true);
    await server.start();
    const again = await store.acquireLease('a');
    expect(again.lost.aborted).toBe(false);
    await store.appendEvents('a', makeEntries(1, 1));
    await store.close();
  }, 30_000);

  test('what was done and not heard of is done once', async () => {
    const url = server.urlOf('unheard');
    await initPostgresStore(url);
    const line = await openLine(server.port);
    const store = await openPostgresStore(url.replace(`:${server.port}`, `:${line.port}`), { queryTimeoutMs: 500 });
    await store.createRun(makeRun('a'));
    for (let round = 0; round < 3; round += 1) {
      // What is asked arrives; no answer comes back on the connections that are open now.
      line.muteOpen();
      const created = store.createRun(makeRun(`b${round}`));
      const appended = store.appendEvents('a', makeEntries(round + 1, round + 1));
      const called = store.putCall(makeCall(`a/s/1/${round}`));
      const sent = store.sendSignal('a', { type: 'cancel', reason: String(round) });
      const refused = store.appendEvents('nobody', makeEntries(1, 1)).catch((error: { code: string }) => error.code);
      expect(await created).toBe(true);
      await Promise.all([appended, called, sent]);
      expect(await refused).toBe('run-unknown');
    }
    expect(await store.readEvents('a')).toEqual(makeEntries(1, 3));
    expect(await store.sumCalls('a')).toEqual({ calls: 3, tokens: 45, usd: 0 });
    expect(await store.readSignals('a')).toHaveLength(3);
    expect(line.muted).toBeGreaterThan(0);
    await store.close();
    await line.close();
  }, 30_000);

  test('who listens hears again after the server was away', async () => {
    const url = server.urlOf('hearing');
    await initPostgresStore(url);
    const [one, other] = [await openPostgresStore(url), await openPostgresStore(url)];
    await one.createRun(makeRun('a'));
    let heard = 0;
    other.notices.onChange('signal', 'a', () => {
      heard += 1;
    });
    await expect.poll(() => other.notices.isHearing).toBe(true);
    await server.kill();
    await server.start();
    await expect.poll(() => other.notices.isHearing, { timeout: 5_000 }).toBe(true);
    heard = 0;
    await one.sendSignal('a', { type: 'cancel', reason: 'enough' });
    await expect.poll(() => heard, { timeout: 2_000 }).toBeGreaterThan(0);
    await Promise.all([one.close(), other.close()]);
  }, 30_000);
});

/** A line to the server whose open connections can be made to carry no answers any more. */
async function openLine(serverPort: number) {
  const sockets = new Set<{ near: Socket; far: Socket }>();
  let muted = 0;
  const relay = createServer((near) => {
    const far = connect(serverPort, '127.0.0.1');
    const pair = { near, far };
    sockets.add(pair);
    near.pipe(far);
    far.pipe(near);
    for (const socket of [near, far]) socket.on('error', () => {});
    near.on('close', () => {
      sockets.delete(pair);
      far.destroy();
    });
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => {
    relay.listen(0, '127.0.0.1', resolve);
  });
  const address = relay.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get muted() {
      return muted;
    },
    muteOpen() {
      for (const { near, far } of sockets) {
        far.unpipe(near);
        far.on('data', (data) => {
          muted += data.length;
        });
        far.resume();
      }
    },
    close() {
      for (const { near } of sockets) near.destroy();
      return new Promise((resolve) => {
        relay.close(resolve);
      });
    },
  };
}
