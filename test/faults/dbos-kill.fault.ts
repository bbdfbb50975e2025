/** SIGKILL of workers at random moments: each is replaced, the other goes on, and the run ends as if nothing had happened. */

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { checkSurvey, expectOnceAtMost, type Moment, makeReference, type Reference, takeMoment } from './check-survey.ts';
import { addWorker, joinWorker, makeCluster, type WorkerProcess, warmWorker } from './cluster.ts';
import { expectToHold, part, tell } from './fault-case.ts';

const { skip, because } = postgresAvailability();
let postgres: PostgresServer;
beforeAll(async () => {
  if (!skip) postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres?.remove());

/** The quick part begins no further run after this. */
const quickMs = 25_000;
const kills = part === 'quick' ? 10 : 100;
/** Of one run: more would only make it longer. */
const killsPerRun = 6;

interface Outcome {
  kills: number;
  /** It ended with `tool-outcome-unknown`: a worker died inside a call that may act once only. */
  isUnknown: boolean;
}

async function killThroughout(
  atMost: number,
  { random, reference, folder }: { random: { next(): number }; reference: Reference; folder: string },
): Promise<Outcome> {
  await using cluster = await makeCluster({ postgres, folder, latencyMs: 40 });
  const { store } = cluster.engine;
  const workers: WorkerProcess[] = [await addWorker(cluster), await addWorker(cluster)];
  let next = warmWorker();
  const moments: Moment[] = [];
  let isOver = false;
  const killing = async (): Promise<void> => {
    while (moments.length < atMost) {
      await wait(200 + random.next() * 1_500);
      if (isOver || (await store.getRun('survey'))?.endedMs !== null) return;
      const index = Math.floor(random.next() * workers.length);
      const victim = workers[index];
      if (victim === undefined) return;
      victim.signal('SIGKILL');
      await victim.ended;
      moments.push(await takeMoment(store, cluster));
      const replacement = await next;
      workers[index] = replacement;
      next = warmWorker();
      await joinWorker(replacement, cluster);
    }
  };
  try {
    await cluster.begin();
    const killed = killing();
    const result = await cluster.end(90_000).finally(() => {
      isOver = true;
    });
    await killed;
    const errors = result.subtasks.flatMap(({ error }) => (error === undefined ? [] : [error.code]));
    const about = `after ${moments.length} kills, ${result.endReason} ${result.detail ?? ''} ${errors.join()}`;
    expectOnceAtMost(cluster.actsFile, about);
    // A worker died inside the call: nobody knows whether it has acted.
    if (errors.includes('tool-outcome-unknown')) return { kills: moments.length, isUnknown: true };
    expect(result, `${about}: its end`).toMatchObject({ status: 'succeeded', deliverable: reference.deliverable });
    await checkSurvey(reference, { model: cluster.model, actsFile: cluster.actsFile, store, moments, about });
    return { kills: moments.length, isUnknown: false };
  } finally {
    await Promise.all([...workers, await next].map((worker) => worker[Symbol.asyncDispose]()));
  }
}

test.skipIf(skip)(
  `DBOS: kill -9 of two workers at random moments${because}`,
  { timeout: part === 'quick' ? 150_000 : 1_800_000 },
  ({ task: { name } }) =>
    expectToHold(name, async ({ random, startMs }) => {
      const folder = makeTemporaryFolder();
      const reference = await makeReference(join(folder, 'reference.acts'));
      let [done, runs, unknown] = [0, 0, 0];
      while (done < kills && (part === 'full' || performance.now() - startMs < quickMs)) {
        const outcome = await killThroughout(Math.min(killsPerRun, kills - done), { random, reference, folder });
        done += outcome.kills;
        runs += 1;
        if (outcome.isUnknown) unknown += 1;
        tell(`    run ${runs}: ${outcome.kills} kills`);
      }
      expect(done).toBeGreaterThan(0);
      expect(unknown).toBeLessThanOrEqual(Math.ceil(runs / 5));
      return (
        `SIGKILL at ${done} moments of ${runs} runs: same deliverable, no finished call again, none lost, ` +
        `within the budget; ${unknown} inside a call that acts once only, which ended with that reason`
      );
    }),
);
