import { spawn } from 'node:child_process';
import { hostname } from 'node:os';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startStoreProcess } from '../../test/support/store-process.ts';
import { makeTemporaryFolder } from '../../test/support/temporary-folder.ts';
import { type Clock, systemClock } from '../clock.ts';
import { isProcessAlive, thisProcess } from './process-identity.ts';
import { openSqliteStore } from './sqlite-store.ts';

/** Takes the run and keeps it. */
const hold = `
  await store.acquireLease('a');
  say('holding');
  setInterval(() => {}, 1000);`;

async function startHolder(folder: string) {
  const holder = startStoreProcess(folder, hold);
  expect([await holder.nextLine(), await holder.nextLine()]).toEqual(['started', 'holding']);
  return holder;
}

describe('holders on this host', () => {
  test('a second process is told who holds the run', async () => {
    const folder = makeTemporaryFolder();
    const holder = await startHolder(folder);
    const store = await openSqliteStore(folder);
    expect(await store.isDriven('a')).toBe(true);
    const error = await store.acquireLease('a').catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'run-busy', details: { runId: 'a', pid: holder.pid, host: hostname() } });
    expect(error.message).toContain(`Run "a" is driven by process ${holder.pid} on ${hostname()} since 20`);
    holder.kill('SIGKILL');
    await holder.ended;
    await store.close();
  });

  test('a killed holder is followed at once', async () => {
    const folder = makeTemporaryFolder();
    const holder = await startHolder(folder);
    const store = await openSqliteStore(folder);
    holder.kill('SIGKILL');
    await holder.ended;
    expect(await store.isDriven('a')).toBe(false);
    const lease = await store.acquireLease('a');
    expect(await store.isDriven('a')).toBe(true);
    await lease.release();
    await store.close();
  });

  test('a release that could not be written is made up for, and holds nobody up meanwhile', { timeout: 15_000 }, async () => {
    const folder = makeTemporaryFolder();
    const store = await openSqliteStore(folder);
    const lease = await store.acquireLease('a');
    const damage = new DatabaseSync(store.location);
    damage.exec('ALTER TABLE leases RENAME TO away');
    await expect(lease.release()).rejects.toMatchObject({ code: 'store-failed' });
    damage.exec('ALTER TABLE away RENAME TO leases');
    damage.close();
    expect(await store.isDriven('a')).toBe(false);
    const other = await openSqliteStore(folder);
    await vi.waitFor(async () => expect(await other.isDriven('a')).toBe(false), { timeout: 10_000, interval: 100 });
    await other.close();
    await store.close();
  });

  test('a frozen holder stays the holder', async () => {
    const folder = makeTemporaryFolder();
    const holder = await startHolder(folder);
    holder.kill('SIGSTOP');
    // A day later, as far as heartbeats go.
    const store = await openSqliteStore(folder, { clock: makeClock(systemClock.now() + 86_400_000) });
    expect(await store.isDriven('a')).toBe(true);
    await expect(store.acquireLease('a')).rejects.toMatchObject({ code: 'run-busy' });
    holder.kill('SIGKILL');
    await holder.ended;
    await (await store.acquireLease('a')).release();
    await store.close();
  });

  test('of several processes that want a run at once, one gets it', async () => {
    const folder = makeTemporaryFolder();
    await (await openSqliteStore(folder)).close();
    const body = `
      say(await store.acquireLease('a').then(() => 'got it', (error) => error.code));
      setInterval(() => {}, 1000);`;
    const processes = ['1', '2', '3'].map((argument) => startStoreProcess(folder, body, { argument }));
    const answers: (string | undefined)[] = [];
    for (const each of processes) {
      await each.nextLine();
      answers.push(await each.nextLine());
    }
    for (const each of processes) each.kill('SIGKILL');
    await Promise.all(processes.map((each) => each.ended));
    expect(answers.filter((answer) => answer === 'got it')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'run-busy')).toHaveLength(2);
  });

  test('closing a store gives its runs back', async () => {
    const folder = makeTemporaryFolder();
    const first = await openSqliteStore(folder);
    await first.acquireLease('a');
    const taken = first.acquireLease('b');
    await first.close();
    await taken;
    const second = await openSqliteStore(folder);
    expect([await second.isDriven('a'), await second.isDriven('b')]).toEqual([false, false]);
    await second.close();
  });

  test.runIf(process.platform === 'linux')(
    'a process that has the pid of a dead holder does not count as the holder',
    async () => {
      // Only /proc tells when a process started.
      const folder = makeTemporaryFolder();
      const store = await openSqliteStore(folder);
      await store.acquireLease('a');
      editLease(store.location, `start_ticks = '1'`);
      expect(await store.isDriven('a')).toBe(false);
      await store.close();
    },
  );

  test('a robbed holder that releases does not release the new one', async () => {
    const folder = makeTemporaryFolder();
    const store = await openSqliteStore(folder);
    const robbed = await store.acquireLease('a');
    editLease(store.location, `pid = ${await findDeadPid()}`);
    const lease = await store.acquireLease('a');
    await robbed.release();
    expect(await store.isDriven('a')).toBe(true);
    await lease.release();
    expect(await store.isDriven('a')).toBe(false);
    await store.close();
  });
});

describe('holders on another host', () => {
  test('a heartbeat younger than 15 s keeps the run, an older one does not', async () => {
    const clock = makeClock(1_000_000);
    const store = await openSqliteStore(makeTemporaryFolder(), { clock });
    await store.acquireLease('a');
    editLease(store.location, `host_id = 'elsewhere', host_name = 'box', pid = 12`);
    clock.nowMs += 14_999;
    expect(await store.isDriven('a')).toBe(true);
    await expect(store.acquireLease('a')).rejects.toThrow(
      'Run "a" is driven by process 12 on box since 1970-01-01T00:16:40.000Z. Wait until it ends, or stop that process.',
    );
    clock.nowMs += 1;
    expect(await store.isDriven('a')).toBe(false);
    await (await store.acquireLease('a')).release();
    await store.close();
  });

  afterEach(() => void vi.useRealTimers());

  test('a heartbeat is written every 5 s while a run is held, and no longer', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const clock = makeClock(0);
    const store = await openSqliteStore(makeTemporaryFolder(), { clock });
    const lease = await store.acquireLease('a');
    const beats: unknown[] = [];
    for (let count = 0; count < 3; count += 1) {
      clock.nowMs += 5_000;
      vi.advanceTimersByTime(5_000);
      await store.putValue('v'.repeat(5_000) + count);
      beats.push(readLease(store.location)?.['heartbeat_ms']);
    }
    expect(beats).toEqual([5_000, 10_000, 15_000]);
    expect(readLease(store.location)?.['since_ms']).toBe(0);
    await lease.release();
    expect(vi.getTimerCount()).toBe(0);
    await store.close();
  });
});

describe('a holder that was robbed', () => {
  test('learns of it with its next heartbeat, and only of the run that was taken', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const store = await openSqliteStore(makeTemporaryFolder());
    const [robbed, kept] = [await store.acquireLease('a'), await store.acquireLease('b')];
    const database = new DatabaseSync(store.location, { timeout: 5_000 });
    database.exec(`UPDATE leases SET token = 'of another process' WHERE run_id = 'a'`);
    database.close();
    expect(robbed.lost.aborted).toBe(false);
    vi.advanceTimersByTime(5_000);
    // Writes are done in order: the beat comes before it.
    await store.putValue('v'.repeat(5_000));
    await vi.waitFor(() => expect(robbed.lost.aborted).toBe(true));
    expect(robbed.lost.reason).toMatchObject({ code: 'run-busy', details: { runId: 'a' } });
    expect(kept.lost.aborted).toBe(false);
    await robbed.release();
    expect(await store.isDriven('a')).toBe(true);
    await store.close();
    expect(kept.lost.aborted).toBe(false);
  });
});

describe('process identity', () => {
  test('this process lives, one that has ended does not', async () => {
    expect(isProcessAlive(process.pid, thisProcess().startTicks)).toBe(true);
    expect(isProcessAlive(await findDeadPid(), null)).toBe(false);
  });

  test.runIf(process.platform === 'linux')('a zombie is not alive, although its pid is there', async () => {
    // The shell becomes `sleep` before it has waited for its child, and sleep waits for nobody. Only /proc tells of zombies.
    const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 10'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const { value } = await createInterface({ input: parent.stdout })[Symbol.asyncIterator]().next();
    const pid = Number(value);
    await vi.waitFor(() => expect(isProcessAlive(pid, null)).toBe(false));
    expect(process.kill(pid, 0)).toBe(true);
    parent.kill('SIGKILL');
  });
});

function makeClock(nowMs: number): Clock & { nowMs: number } {
  return {
    nowMs,
    now() {
      return this.nowMs;
    },
    sleep: async () => {},
  };
}

function editLease(file: string, assignments: string): void {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  database.exec(`UPDATE leases SET ${assignments}`);
  database.close();
}

function readLease(file: string) {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  const row = database.prepare('SELECT * FROM leases').get();
  database.close();
  return row;
}

/** The pid of a process that has ended. */
async function findDeadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await new Promise((resolve) => child.on('close', resolve));
  return child.pid ?? 0;
}
