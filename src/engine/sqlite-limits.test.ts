import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { startStoreProcess } from '../../test/support/store-process.ts';
import { makeTemporaryFolder } from '../../test/support/temporary-folder.ts';
import { systemClock } from '../clock.ts';
import type { SharedAnswer, SharedAsk } from '../model/shared-limits.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { Store } from './store.ts';

const one = { concurrency: 1 };

function makeAsk(changes: Partial<SharedAsk> = {}): SharedAsk {
  return { rootRunId: 'a', model: 'm', tokens: 10, usd: 0, modelLimits: one, budgets: [], ...changes };
}

async function grant(store: Store, ask: SharedAsk): Promise<string> {
  const answer = await store.limits.reserve(ask);
  if (answer.kind !== 'granted') throw new Error(`Not granted: ${JSON.stringify(answer)}`);
  return answer.reservation;
}

const outcomeOf = (answer: SharedAnswer): string => (answer.kind === 'wait' ? answer.because : answer.kind);

/** Takes the one place of model m, and keeps it. */
const hold = `
  const ask = { rootRunId: 'a', model: 'm', tokens: 10, usd: 0, modelLimits: { concurrency: 1 }, budgets: [] };
  say((await store.limits.reserve(ask)).kind);
  setInterval(() => {}, 1000);`;

async function startHolder(folder: string) {
  const holder = startStoreProcess(folder, hold);
  expect([await holder.nextLine(), await holder.nextLine()]).toEqual(['started', 'granted']);
  return holder;
}

describe('several processes on one file', () => {
  test('the calls under way never exceed the concurrency, and every call is made', async () => {
    const folder = makeTemporaryFolder();
    await (await openSqliteStore(folder)).close();
    const body = `
      const ask = { rootRunId: argument, model: 'm', tokens: 10, usd: 0, modelLimits: { concurrency: 2 }, budgets: [] };
      const never = new AbortController().signal;
      const call = async (index) => {
        let answer = await store.limits.reserve(ask);
        while (answer.kind === 'wait') {
          await store.limits.changed(answer.waitMs, never);
          answer = await store.limits.reserve(ask);
        }
        const startMs = performance.timeOrigin + performance.now();
        await new Promise((resolve) => setTimeout(resolve, 5));
        say(JSON.stringify([startMs, performance.timeOrigin + performance.now()]));
        await store.limits.settle(answer.reservation, 10);
      };
      await Promise.all(Array.from({ length: 12 }, (_, index) => call(index)));
      await store.close();`;
    const processes = ['1', '2', '3'].map((argument) => startStoreProcess(folder, body, { argument }));
    const ended = await Promise.all(processes.map(({ ended: end }) => end));
    expect(ended).toEqual(processes.map(() => ({ code: 0, stderr: '' })));
    const spans = processes
      .flatMap(({ lines }) => lines.filter((line) => line.startsWith('[')))
      .map((line) => JSON.parse(line) as [number, number]);
    expect(spans).toHaveLength(36);
    const peak = Math.max(...spans.map(([at]) => spans.filter(([start, end]) => start <= at && at < end).length));
    expect(peak).toBeLessThanOrEqual(2);
  }, 30_000);

  test('of the requests of a minute, all processes together make as many as the rate allows', async () => {
    const folder = makeTemporaryFolder();
    await (await openSqliteStore(folder)).close();
    const body = `
      const ask = { rootRunId: 'a', model: 'm', tokens: 10, usd: 0, modelLimits: { requestsPerMinute: 7 }, budgets: [] };
      for (let index = 0; index < 10; index += 1) {
        const answer = await store.limits.reserve(ask);
        say(answer.kind);
        if (answer.kind === 'granted') await store.limits.settle(answer.reservation, 1);
      }
      await store.close();`;
    const processes = [1, 2, 3].map(() => startStoreProcess(folder, body));
    await Promise.all(processes.map(({ ended }) => ended));
    expect(processes.flatMap(({ lines }) => lines.filter((line) => line === 'granted'))).toHaveLength(7);
  });

  test('the place of a killed process is given back at the next ask; its call stays in the minute', async () => {
    const folder = makeTemporaryFolder();
    const holder = await startHolder(folder);
    const store = await openSqliteStore(folder);
    expect(outcomeOf(await store.limits.reserve(makeAsk()))).toBe('concurrency');
    holder.kill('SIGKILL');
    await holder.ended;
    expect(outcomeOf(await store.limits.reserve(makeAsk({ modelLimits: { requestsPerMinute: 1 } })))).toBe('rate');
    await grant(store, makeAsk());
    await store.close();
  });

  test('a frozen process keeps its place', async () => {
    const folder = makeTemporaryFolder();
    const holder = await startHolder(folder);
    holder.kill('SIGSTOP');
    const clock = { ...systemClock, now: () => systemClock.now() + 86_400_000 };
    const store = await openSqliteStore(folder, { clock });
    expect(outcomeOf(await store.limits.reserve(makeAsk()))).toBe('concurrency');
    holder.kill('SIGKILL');
    await holder.ended;
    await store.close();
  });

  test('a pause that one process was asked for holds the others', async () => {
    const folder = makeTemporaryFolder();
    const [first, second] = [await openSqliteStore(folder), await openSqliteStore(folder)];
    await first.limits.pause('m', systemClock.now() + 60_000);
    expect(outcomeOf(await second.limits.reserve(makeAsk({ modelLimits: {} })))).toBe('pause');
    await Promise.all([first.close(), second.close()]);
  });

  test('who waits hears of another process within 100 ms', async () => {
    const folder = makeTemporaryFolder();
    const store = await openSqliteStore(folder);
    const startMs = performance.now();
    await store.limits.changed(60_000, new AbortController().signal);
    expect(performance.now() - startMs).toBeLessThan(1000);
    await store.close();
  });

  test('a store that is closed gives back what it held', async () => {
    const folder = makeTemporaryFolder();
    const [first, second] = [await openSqliteStore(folder), await openSqliteStore(folder)];
    const taking = first.limits.reserve(makeAsk());
    await first.close();
    expect((await taking).kind).toBe('granted');
    await grant(second, makeAsk());
    await second.close();
  });
});

describe('a holder on another host', () => {
  test('keeps its place while its heart beats', async () => {
    const time = fakeClock(1_000_000);
    const store = await openSqliteStore(makeTemporaryFolder(), { clock: time.clock });
    const other = await openSqliteStore(store.location, { clock: time.clock });
    await grant(other, makeAsk());
    runSql(store.location, `UPDATE limit_holders SET host_id = 'elsewhere'`);
    expect(outcomeOf(await store.limits.reserve(makeAsk()))).toBe('concurrency');
    await time.advance(15_000);
    await grant(store, makeAsk());
    await Promise.all([store.close(), other.close()]);
  });
});

describe('the file', () => {
  test('holds nothing of asks without limits, and refusals write nothing', async () => {
    const store = await openSqliteStore(makeTemporaryFolder());
    await grant(store, makeAsk({ modelLimits: {} }));
    expect(countRows(store, 'reservations')).toBe(0);
    expect(countRows(store, 'limit_holders')).toBe(0);
    await grant(store, makeAsk());
    const onlooker = new DatabaseSync(store.location);
    const readVersion = () => onlooker.prepare('PRAGMA data_version').get()?.['data_version'];
    const version = readVersion();
    expect(outcomeOf(await store.limits.reserve(makeAsk()))).toBe('concurrency');
    expect(readVersion()).toBe(version);
    await grant(store, makeAsk({ model: 'other' }));
    expect(readVersion()).not.toBe(version);
    onlooker.close();
    await store.close();
  });

  test('forgets what was given back after a minute, keeps what is under way, and survives a clock set back', async () => {
    const time = fakeClock(1_000_000);
    const store = await openSqliteStore(makeTemporaryFolder(), { clock: time.clock });
    const modelLimits = { requestsPerMinute: 3 };
    await grant(store, makeAsk({ modelLimits }));
    await store.limits.settle(await grant(store, makeAsk({ modelLimits })), 4);
    await time.advance(60_000);
    await grant(store, makeAsk({ modelLimits }));
    expect(countRows(store, 'reservations')).toBe(2);
    const earlier = await openSqliteStore(store.location, { clock: fakeClock(1000).clock });
    for (let made = 0; made < 3; made += 1) await grant(earlier, makeAsk({ modelLimits }));
    expect(outcomeOf(await earlier.limits.reserve(makeAsk({ modelLimits })))).toBe('rate');
    await Promise.all([store.close(), earlier.close()]);
  });
});

function runSql(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

function countRows({ location }: Store, table: string): unknown {
  const database = new DatabaseSync(location);
  const row = database.prepare(`SELECT count(*) AS count FROM ${table}`).get();
  database.close();
  return row?.['count'];
}
