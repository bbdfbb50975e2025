import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { initPostgresStore, openPostgresStore, type PostgresStore } from '../../src/engine/postgres/index.ts';
import { makeCall, makeEntries, makeRun } from '../../src/engine/store-records.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';

const { skip, because } = postgresAvailability();
const holderFile = join(import.meta.dirname, '../support/postgres-holder.ts');

describe.skipIf(skip)(`several processes on one PostgreSQL store${because}`, () => {
  let server: PostgresServer;
  let url: string;
  let schemas = 0;
  const opened: PostgresStore[] = [];
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(opened.splice(0).map((store) => store.close()));
  });

  const openTwo = async (lifetimeMs = 15_000) => {
    schemas += 1;
    url = server.urlOf(`members_${schemas}`);
    await initPostgresStore(url);
    const stores = [await openPostgresStore(url, { lifetimeMs }), await openPostgresStore(url, { lifetimeMs })] as const;
    opened.push(...stores);
    return stores;
  };
  /** As if its last beat were long ago. */
  const silence = async (store: PostgresStore) => {
    const id = store.members.current?.memberId;
    await server.query(
      `UPDATE "${store.connection.target.schema}".pw_members SET beat = beat - interval '1 hour' WHERE member_id = $1`,
      [id],
    );
  };
  const startHolder = (runId: string, lifetimeMs: number) => {
    const child = spawn(process.execPath, ['--conditions=planwright:source', holderFile, url, runId, String(lifetimeMs)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    const hear = async (count: number) => {
      while (lines.length < count) await wait(10);
      return lines;
    };
    return { child, hear, say: (line: string) => child.stdin.write(`${line}\n`) };
  };

  test('a run that one drives is busy for the other, and is free when it is given back', async () => {
    const [one, other] = await openTwo();
    await one.createRun(makeRun('a'));
    const lease = await one.acquireLease('a');
    expect(await other.isDriven('a')).toBe(true);
    await expect(other.acquireLease('a')).rejects.toMatchObject({ code: 'run-busy' });
    await expect(other.appendEvents('a', makeEntries(1, 1))).rejects.toMatchObject({ code: 'run-busy' });
    await expect(other.updateRun('a', { status: 'failed' })).rejects.toMatchObject({ code: 'run-busy' });
    await expect(other.deleteRun('a')).rejects.toMatchObject({ code: 'run-busy' });
    await other.sendSignal('a', { type: 'cancel', reason: 'enough' });
    await lease.release();
    const next = await other.acquireLease('a');
    await other.appendEvents('a', makeEntries(1, 1));
    expect(next.lost.aborted).toBe(false);
  });

  test('the lease of a root run holds the runs of its sub-teams too', async () => {
    const [one, other] = await openTwo();
    await one.createRun(makeRun('a'));
    await one.createRun(makeRun('a.x.1', { rootRunId: 'a', parentRunId: 'a' }));
    await one.acquireLease('a');
    await expect(other.appendEvents('a.x.1', makeEntries(1, 1))).rejects.toMatchObject({ code: 'run-busy' });
    await one.appendEvents('a.x.1', makeEntries(1, 1));
  });

  test('of two who want a run, one gets it', async () => {
    const stores = await openTwo();
    await stores[0].createRun(makeRun('a'));
    const outcomes = await Promise.allSettled([0, 1, 0, 1, 0, 1].map((index) => stores[index as 0 | 1].acquireLease('a')));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('a member that is silent for too long is robbed, and what it still writes is refused', async () => {
    const [one, other] = await openTwo();
    await one.createRun(makeRun('a'));
    const lost = await one.acquireLease('a');
    await one.appendEvents('a', makeEntries(1, 1));
    await silence(one);
    expect(await other.isDriven('a')).toBe(false);
    const taken = await other.acquireLease('a');
    await expect(one.appendEvents('a', makeEntries(2, 2))).rejects.toMatchObject({ code: 'run-busy' });
    expect(await one.members.beat()).toBe(false);
    expect(lost.lost.aborted).toBe(true);
    await lost.release();
    expect(await other.isDriven('a')).toBe(true);
    await other.appendEvents('a', makeEntries(2, 2));
    await taken.release();
    // The seq is right and nobody has the lease: still, whoever was robbed knows nothing of event 2.
    await expect(one.appendEvents('a', makeEntries(3, 3))).rejects.toMatchObject({ code: 'run-busy' });
  });

  test('after joining again under another id, runs of the time before stay refused until they are taken anew', async () => {
    const [one, other] = await openTwo();
    await one.createRun(makeRun('a'));
    await one.createRun(makeRun('b'));
    await one.members.join({ kind: 'worker', roles: ['coder'] });
    const firstId = one.members.current?.memberId;
    const lease = await one.acquireLease('a');
    await silence(one);
    const { marked } = await other.members.reap();
    expect(marked.map(({ memberId, kind, roles }) => ({ memberId, kind, roles }))).toEqual([
      { memberId: firstId, kind: 'worker', roles: ['coder'] },
    ]);
    expect((await other.members.reap()).marked).toEqual([]);
    expect((await other.members.reap()).known.map(({ memberId }) => memberId)).toEqual([firstId]);
    expect(await other.listOrphans()).toEqual(['a']);
    expect(await one.members.beat()).toBe(false);
    expect(lease.lost.aborted).toBe(true);
    await expect(one.acquireLease('b')).rejects.toMatchObject({ code: 'run-busy' });
    await expect(one.limits.reserve(ask({}))).rejects.toMatchObject({ code: 'run-busy' });
    const { memberId } = await one.members.rejoin();
    expect(memberId).not.toBe(firstId);
    await one.acquireLease('b');
    await expect(one.appendEvents('a', makeEntries(1, 1))).rejects.toMatchObject({ code: 'run-busy' });
    await one.acquireLease('a');
    await one.appendEvents('a', makeEntries(1, 1));
    await other.members.forget([firstId ?? '']);
    expect((await other.members.list()).map((member) => member.memberId)).toEqual([memberId]);
  });

  test('a killed process is followed within two lifetimes', async () => {
    const [one] = await openTwo(1_000);
    await one.createRun(makeRun('a'));
    const { child, hear } = startHolder('a', 1_000);
    await hear(1);
    await expect(one.acquireLease('a')).rejects.toMatchObject({ code: 'run-busy' });
    child.kill('SIGKILL');
    const startMs = performance.now();
    for (;;) {
      const lease = await one.acquireLease('a').catch(() => undefined);
      if (lease !== undefined) break;
      await wait(50);
    }
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });

  test('a frozen process that goes on is refused and knows that it is lost', async () => {
    const [one] = await openTwo(600);
    await one.createRun(makeRun('a'));
    const { child, hear, say } = startHolder('a', 600);
    await hear(1);
    say('1');
    expect(await hear(2)).toEqual(['held', 'appended']);
    child.kill('SIGSTOP');
    await wait(900);
    await one.acquireLease('a');
    await one.appendEvents('a', makeEntries(2, 2));
    say('3');
    child.kill('SIGCONT');
    expect((await hear(4)).slice(2).toSorted()).toEqual(['lost', 'run-busy']);
    expect(await one.readEvents('a')).toEqual(makeEntries(1, 2));
  });

  test('of two processes that ask for the last place of a model, one gets it, and hears of it when it is free', async () => {
    const stores = await openTwo();
    const last = ask({ modelLimits: { concurrency: 1 } });
    const answers = await Promise.all(stores.map(({ limits }) => limits.reserve(last)));
    expect(answers.map(({ kind }) => kind).toSorted()).toEqual(['granted', 'wait']);
    const winner = answers[0]?.kind === 'granted' ? 0 : 1;
    const [mine, theirs] = winner === 0 ? stores : [stores[1], stores[0]];
    const granted = answers[winner];
    const changed = theirs.limits.changed(10_000, new AbortController().signal);
    await wait(200);
    const startMs = performance.now();
    if (granted?.kind === 'granted') await mine.limits.settle(granted.reservation, 5);
    await changed;
    expect(performance.now() - startMs).toBeLessThan(1_000);
    expect((await theirs.limits.reserve(last)).kind).toBe('granted');
  });

  test('a hundred asks over two processes never have more than the budget under way', async () => {
    const stores = await openTwo();
    await stores[0].createRun(makeRun('a'));
    const budgets = [{ runId: 'a', limits: { tokens: 1_000 } }];
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => stores[index % 2 === 0 ? 0 : 1].limits.reserve(ask({ tokens: 30, budgets }))),
    );
    expect(answers.filter(({ kind }) => kind === 'granted')).toHaveLength(33);
    expect(answers.filter((answer) => answer.kind === 'wait' && answer.because === 'budget')).toHaveLength(67);
  });

  test('what a dead member had reserved is free', async () => {
    const [one, other] = await openTwo();
    const budgets = [{ runId: 'a', limits: { calls: 1 } }];
    await one.limits.reserve(ask({ modelLimits: { concurrency: 1 }, budgets }));
    expect(await other.limits.reserve(ask({ budgets }))).toMatchObject({ kind: 'wait', because: 'budget' });
    await silence(one);
    await other.members.reap();
    expect((await other.limits.reserve(ask({ modelLimits: { concurrency: 1 }, budgets }))).kind).toBe('granted');
  });

  test('of two records of one call, the first that succeeded stands, and both count', async () => {
    const [one, other] = await openTwo();
    const first = makeCall('a/s/1/1', { response: '"first"' });
    const second = makeCall('a/s/1/1', { response: '"second"', inputTokens: 100 });
    await one.putCall(first);
    await other.putCall(second);
    expect(await one.findCall('a/s/1/1')).toEqual(first);
    expect(await one.findCall('a/s/1/1#1')).toEqual({ ...second, key: 'a/s/1/1#1' });
    expect(await one.sumCalls('a')).toEqual({ calls: 2, tokens: 120, usd: 0 });
    const started = makeCall('a/s/1/1/0', { kind: 'tool', outcome: 'started', response: null });
    const ended = makeCall('a/s/1/1/0', { kind: 'tool' });
    await one.putCall(started);
    await other.putCall(ended);
    await one.putCall(started);
    expect(await one.findCall('a/s/1/1/0')).toEqual(ended);
    expect(await one.listCalls('a')).toHaveLength(3);
  });

  test('calls of the same runs put by two processes at once are all counted', async () => {
    const stores = await openTwo();
    const runIds = Array.from({ length: 40 }, (_, index) => `r${index}`);
    for (const runId of runIds) await stores[0].createRun(makeRun(runId));
    const put = async (index: number, order: readonly string[]) => {
      const store = stores[index === 0 ? 0 : 1];
      for (let round = 0; round < 10; round += 1) {
        const key = (runId: string) => `${runId}/s${index}/1/${round}`;
        await Promise.all(
          order.map((runId) => store.putCall(makeCall(key(runId), { runId: `${runId}.x.1`, rootRunId: runId, costUsd: 0.25 }))),
        );
      }
    };
    await Promise.all([put(0, runIds), put(1, runIds.toReversed())]);
    for (const runId of runIds) {
      const expected = { calls: 20, tokens: 300, usd: 5 };
      expect(await stores[0].sumCalls(runId)).toEqual(expected);
      expect(await stores[0].sumCalls(runId, `${runId}.x.1`)).toEqual(expected);
    }
  });

  test('thousands of reads that wait hold up no write', async () => {
    const [one] = await openTwo();
    await one.createRun(makeRun('a'));
    await one.appendEvents('a', makeEntries(1, 500));
    let read = 0;
    const reading = Promise.all(
      Array.from({ length: 2_000 }, async () => {
        await one.readEvents('a');
        read += 1;
      }),
    );
    await one.appendEvents('a', makeEntries(501, 501));
    expect(read).toBeLessThan(1_000);
    await reading;
  });

  test('results are kept once, in order, and heard of', async () => {
    const [one, other] = await openTwo();
    await one.createRun(makeRun('a'));
    const heard = new Promise<void>((resolve) => {
      other.notices.onChange('results', 'a', () => {
        if (other.notices.isHearing) resolve();
      });
    });
    await expect.poll(() => other.notices.isHearing).toBe(true);
    expect(await one.putResult('a', 'k1', { text: '\u0000' })).toBe(true);
    expect(await other.putResult('a', 'k1', 'late')).toBe(false);
    await one.putResult('a', 'k2', 2);
    await heard;
    const wanted = ['k1', 'k2', 'k3'].map((key) => ({ runId: 'a', key }));
    const found = async () => (await other.findResults(wanted)).map(({ key, body }) => [key, body]);
    expect(new Map((await found()) as [string, unknown][])).toEqual(
      new Map<string, unknown>([
        ['k1', { text: '\u0000' }],
        ['k2', 2],
      ]),
    );
    await one.clearResults('a');
    expect(await found()).toEqual([]);
  });
});

function ask(changes: Partial<Parameters<PostgresStore['limits']['reserve']>[0]>) {
  return { rootRunId: 'a', model: 'm', tokens: 10, usd: 0, modelLimits: {}, budgets: [], ...changes };
}
