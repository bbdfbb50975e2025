/** What the cases about workers share: a cluster with some calls to spare, and what has to hold at its end. */

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { PostgresServer } from '../support/postgres.ts';
import { checkSurvey, type Moment, makeReference, type Reference, takeMoment } from './check-survey.ts';
import { askState, type Cluster, type ClusterOptions, makeCluster, type WorkerProcess } from './cluster.ts';
import { runId, surveyCalls, surveyTeam } from './scenario.ts';

/** Calls that a worker was told to stop are in the ledger, and their repetitions too: what the slots of its workers may cost. */
const spare = 12;

export interface SurveyCluster extends Cluster {
  reference: Reference;
  /** Until the run has asked for so many calls. */
  untilRequests(count: number): Promise<void>;
  takeMoment(): Promise<Moment>;
  /** @param inHand See `Ended`. */
  checkEnd(moments: readonly Moment[], about: string, inHand?: number): Promise<void>;
  checkNothingHeld(about: string): Promise<void>;
  /** Starts a new run, and waits until this worker has done something for it. */
  expectTakesWork(worker: WorkerProcess, about: string): Promise<void>;
}

export async function makeSurveyCluster(
  folder: string,
  postgres: PostgresServer,
  options: Partial<Pick<ClusterOptions, 'latencyMs' | 'reach'>> = {},
): Promise<SurveyCluster> {
  const reference = await makeReference(join(folder, 'reference.acts'));
  const cluster = await makeCluster({ postgres, folder, latencyMs: 60, ...options, limits: { calls: surveyCalls + spare } });
  const { engine, model, actsFile } = cluster;
  const schema = new URL(cluster.url).searchParams.get('schema');
  const count = async (what: string): Promise<unknown> =>
    (await postgres.query(`SELECT count(*)::int AS count FROM ${what}`))[0]?.['count'];
  return {
    ...cluster,
    reference,
    untilRequests: async (wanted) => {
      await Promise.race([model.server.received(wanted), wait(30_000)]);
      expect(model.server.requests.length, 'calls that the run has asked for').toBeGreaterThanOrEqual(wanted);
    },
    takeMoment: () => takeMoment(engine.store, cluster),
    checkEnd: async (moments, about, inHand = 0) => {
      const result = await cluster.end(90_000);
      const why = `${about}: ${result.endReason} ${result.detail ?? ''}`;
      expect(result, `${why}: its end`).toMatchObject({ status: 'succeeded', deliverable: reference.deliverable });
      await checkSurvey(reference, { model, actsFile, store: engine.store, moments, stoppedCalls: spare, inHand, about });
    },
    checkNothingHeld: async (about) => {
      const held = await count(`"${schema}".pw_reservations WHERE held`);
      expect(held, `${about}: reservations that are held`).toBe(0);
      const pending = await count(`"${schema}".workflow_status WHERE status = 'PENDING' AND queue_name LIKE 'planwright.role.%'`);
      expect(pending, `${about}: work that is still under way`).toBe(0);
    },
    expectTakesWork: async (worker, about) => {
      const untilMs = performance.now() + 30_000;
      const before = (await askState(worker)).state;
      const again = `${runId}-${worker.pid}`;
      const handle = engine.start({
        task: 'Another survey.',
        strategy: 'team',
        runId: again,
        team: surveyTeam(),
        model: model.spec,
      });
      while (performance.now() < untilMs) {
        const { state } = await askState(worker);
        if (state.phase === 'working' && state.done.succeeded > before.done.succeeded) {
          handle.cancel('It takes work again.');
          return;
        }
        await wait(100);
      }
      throw new Error(`${about}: the worker takes no work: ${JSON.stringify(await askState(worker))}`);
    },
  };
}

export async function disposeAll(workers: readonly WorkerProcess[]): Promise<void> {
  await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
}
