/** What happens to a store file and to the processes on it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openSqliteStore } from 'planwright';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { checkSurvey, listFinished, makeReference, takeMoment } from './check-survey.ts';
import { startCountedModel } from './counted-model.ts';
import { driveToEnd, startDriver } from './drive-lane.ts';
import { expectToHold, part } from './fault-case.ts';

test('SQLite: two processes drive one run at once', { timeout: 120_000 }, ({ task: { name } }) =>
  expectToHold(name, async () => {
    const folder = makeTemporaryFolder();
    const reference = await makeReference(join(folder, 'reference.acts'));
    const rounds = part === 'quick' ? 2 : 10;
    const refusals: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await using model = await startCountedModel({ latencyMs: 10 });
      const order = { storePath: join(folder, `${round}.db`), actsFile: join(folder, `${round}.acts`), spec: model.spec };
      const about = `round ${round}`;
      await using first = await startDriver();
      await using second = await startDriver();
      // The one that is refused tries again until the run has ended, and so meets the other at every stage.
      const insist = async (driver: typeof first) => {
        for (;;) {
          const answer = await driveToEnd(driver, order).catch((thrown: { code?: string }) => {
            // The harness answered what the other's harness had answered already.
            if (thrown.code === 'usage' || thrown.code === 'run-ended') return undefined;
            throw thrown;
          });
          if (answer?.kind === 'ended') return answer;
          if (answer !== undefined) refusals.push(answer.code);
          await wait(20);
        }
      };
      for (const answer of await Promise.all([insist(first), insist(second)])) {
        expect(answer, `${about}: its end`).toMatchObject({ status: 'succeeded', deliverable: reference.deliverable });
      }
      const store = await openSqliteStore(order.storePath);
      await checkSurvey(reference, { model, actsFile: order.actsFile, store, moments: [], about });
      await store.close();
    }
    expect(new Set(refusals)).toEqual(new Set(['run-busy']));
    expect(refusals.length).toBeGreaterThanOrEqual(rounds);
    return `two processes on one run, ${rounds}×: ${refusals.length} times run-busy, every call made once`;
  }),
);

test('SQLite: a driver frozen and continued', { timeout: 120_000 }, ({ task: { name } }) =>
  expectToHold(name, async () => {
    const folder = makeTemporaryFolder();
    const reference = await makeReference(join(folder, 'reference.acts'));
    // Longer than a heartbeat from another host may be old.
    const frozenMs = part === 'quick' ? 3_000 : 20_000;
    // A connection that the provider gave up meanwhile fails the next call on it, which is tried again.
    const spareCalls = 4;
    await using model = await startCountedModel({ latencyMs: 20 });
    const order = { storePath: join(folder, 'run.db'), actsFile: join(folder, 'run.acts'), spec: model.spec, spareCalls };
    await using frozen = await startDriver();
    await using other = await startDriver();
    const driven = driveToEnd(frozen, order);
    await model.server.received(30);
    frozen.signal('SIGSTOP');
    await wait(frozenMs);
    other.tell(order);
    // Stopped in the middle of a commit it holds the file as well.
    const refusal = await other.next();
    expect(refusal, 'a frozen process holds its run').toMatchObject({
      kind: 'failed',
      code: expect.stringMatching(/^(run-busy|store-failed)$/),
      message: expect.stringMatching(/is driven by process|locked|busy/),
    });
    frozen.signal('SIGCONT');
    const ended = await driven;
    const about = `frozen: ${ended?.kind === 'ended' ? ended.reason : ''}`;
    expect(ended, `${about}: its end`).toMatchObject({ status: 'succeeded', deliverable: reference.deliverable });
    const store = await openSqliteStore(order.storePath);
    await checkSurvey(reference, { model, actsFile: order.actsFile, store, moments: [], stoppedCalls: spareCalls, about });
    await store.close();
    return `stopped for ${frozenMs / 1000} s: nobody else may take the run, it goes on, every call made once`;
  }),
);

test('SQLite: the wall clock set back by an hour', { timeout: 120_000 }, ({ task: { name } }) =>
  expectToHold(name, async () => {
    const folder = makeTemporaryFolder();
    const reference = await makeReference(join(folder, 'reference.acts'));
    await using model = await startCountedModel({ latencyMs: 20 });
    const order = { storePath: join(folder, 'run.db'), actsFile: join(folder, 'run.acts'), spec: model.spec };
    await using driver = await startDriver({ preload: 'clock-back.ts' });
    const driven = driveToEnd(driver, order);
    await model.server.received(30);
    driver.signal('SIGUSR2');
    expect(await driven).toMatchObject({ status: 'succeeded', deliverable: reference.deliverable });
    const store = await openSqliteStore(order.storePath);
    const ends = (await store.listCalls('survey')).map(({ endedMs }) => endedMs);
    expect(Math.max(...ends) - Math.min(...ends), 'what the calls were dated').toBeGreaterThan(3_500_000);
    await checkSurvey(reference, { model, actsFile: order.actsFile, store, moments: [], about: 'clock set back' });
    await store.close();
    return 'Date.now() went back by 3,600 s in mid-run: same deliverable, every call made once';
  }),
);

/** Where a small file system can be mounted: root, and a kernel that lets it. */
function findMountProblem(): string | undefined {
  if (process.getuid?.() !== 0) return 'mounting a tmpfs needs root';
  const folder = makeTemporaryFolderNow();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'pipe' });
    execFileSync('umount', [folder], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'a tmpfs cannot be mounted here';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeTemporaryFolderNow(): string {
  const folder = join('/tmp', `planwright-mount-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

const mountProblem = findMountProblem();
const reason = mountProblem === undefined ? '' : ` (${mountProblem})`;

test.skipIf(mountProblem !== undefined)(`SQLite: the disk full${reason}`, { timeout: 120_000 }, ({ task: { name } }) =>
  expectToHold(name, async ({ random }) => {
    const folder = makeTemporaryFolder();
    const reference = await makeReference(join(folder, 'reference.acts'));
    const rounds = part === 'quick' ? 2 : 20;
    for (let round = 0; round < rounds; round += 1) {
      const disk = makeTemporaryFolderNow();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk]);
      try {
        await using model = await startCountedModel({ latencyMs: 10 });
        const order = { storePath: join(disk, 'run.db'), actsFile: join(folder, `${round}.acts`), spec: model.spec };
        const about = `round ${round}`;
        await using driver = await startDriver();
        const driven = driveToEnd(driver, order);
        await model.server.received(5 + Math.floor(random.next() * 70));
        fill(disk);
        const failed = await driven;
        expect(failed, `${about}: its end`).toMatchObject({ kind: 'failed', code: 'store-failed' });
        expect(failed?.kind === 'failed' && failed.message, `${about}: what the error says`).toMatch(/full|space/i);
        // On a full disk it can't give its lease back: that is free when it has ended, as a command does.
        await driver[Symbol.asyncDispose]();
        rmSync(join(disk, 'ballast'));
        const store = await openSqliteStore(order.storePath);
        const moments = [await takeMoment(store, { model, actsFile: order.actsFile })];
        const finished = (await listFinished(store)).size;
        await using second = await startDriver();
        expect(await driveToEnd(second, order), `${about}: its end`).toMatchObject({
          status: 'succeeded',
          deliverable: reference.deliverable,
        });
        expect((await listFinished(store)).size, `${about}: calls that have ended`).toBeGreaterThan(finished);
        await checkSurvey(reference, { model, actsFile: order.actsFile, store, moments, about });
        await store.close();
      } finally {
        execFileSync('umount', ['-l', disk]);
        rmSync(disk, { recursive: true, force: true });
      }
    }
    return `filled ${rounds}× in mid-run: store-failed that says so; freed and resumed: same deliverable, no finished call again`;
  }),
);

/** To the last block. */
function fill(disk: string): void {
  const { bavail, bsize } = statfsSync(disk);
  try {
    writeFileSync(join(disk, 'ballast'), new Uint8Array(bavail * bsize));
  } catch (thrown) {
    // The store took a block meanwhile: it is full all the same.
    if ((thrown as { code?: string }).code !== 'ENOSPC') throw thrown;
  }
}
