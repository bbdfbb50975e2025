/** How long a run stands still when the worker is killed that drives it and works on it. */
import { setTimeout as wait } from 'node:timers/promises';
import { openDbosEngine } from '../src/engine/dbos/index.ts';
import { benchTask, benchTeam, fanPlan } from './engine-plans.ts';
import { newStore, withPostgres } from './engine-postgres.ts';
import { startBenchWorker } from './engine-process.ts';
import { atMost, type Figure } from './figure.ts';
import { median } from './measure.ts';

/** How often the journal is looked at. */
const lookEveryMs = 10;

export function measureTakeover({ lifetimesMs, kills }: { lifetimesMs: number[]; kills: number }): Promise<Figure[]> {
  return withPostgres(async (server) => {
    const figures: Figure[] = [];
    for (const lifetimeMs of lifetimesMs) {
      const ratios: number[] = [];
      for (let kill = 0; kill < kills; kill++) {
        // Spread over the time between two heartbeats.
        await wait((lifetimeMs / 4) * (kill / kills));
        // A store of its own: what an earlier kill left behind would be taken over too.
        const url = await newStore(server, `takeover_${lifetimeMs}_${kill}`);
        ratios.push((await takeOver(url, lifetimeMs)) / lifetimeMs);
      }
      const what = `Heartbeat's lifetime ${lifetimeMs / 1000} s, ${kills} kills`;
      figures.push({ what: `${what}: takeover ÷ lifetime, median`, measured: median(ratios), unit: ' ×' });
      figures.push({ what: `${what}: the longest`, measured: Math.max(...ratios), unit: ' ×', bound: atMost(2) });
    }
    return figures;
  });
}

/** @returns ms from the kill to the next journal entry or model call. */
async function takeOver(url: string, lifetimeMs: number): Promise<number> {
  const engine = await openDbosEngine(url);
  const first = await startBenchWorker({ url, lifetimeMs, hangs: true });
  const following = new AbortController();
  const { signal } = following;
  // One attempt at a time: the second worker has nothing to do while the first lives.
  const handle = engine.start({ task: benchTask, team: benchTeam, plan: fanPlan(1), model: 'custom:model', signal });
  await first.called;
  const second = await startBenchWorker({ url, lifetimeMs, hangs: true });
  try {
    const lastSeq = (await engine.store.readEvents(handle.runId)).at(-1)?.seq ?? 0;
    const startMs = performance.now();
    await first.kill();
    const readLater = () => engine.store.readEvents(handle.runId, lastSeq);
    const called = second.called.then(() => true);
    for (let goesOn = false; !goesOn; ) {
      goesOn = (await Promise.race([called, wait(lookEveryMs, false)])) || (await readLater()).length > 0;
    }
    return performance.now() - startMs;
  } finally {
    following.abort();
    await handle;
    await second.kill();
    await engine.close();
  }
}
