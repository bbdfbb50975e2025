/** A provider of which every third answer is bad: an error, silence, a stream that breaks off, or garbage. */
import { join } from 'node:path';
import { type Clock, MemoryStore, openSqliteStore, resumeRun, runTask, seededRandom, systemClock } from 'planwright';
import type { ScriptedReply, ScriptedRequest } from 'planwright/testing';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { answerAll, expectOnceAtMost } from './check-survey.ts';
import { countEach, startCountedModel } from './counted-model.ts';
import { expectToHold, part } from './fault-case.ts';
import { playSurvey, runId, surveyTeam, surveyTools, task } from './scenario.ts';

const share = 0.3;
const timeouts = { callTimeoutMs: 700, idleTimeoutMs: 300 };
const places = 4;
const budget = { calls: 400, tokens: 60_000 };

/** The most that were under way at once; of one that was given up the server hears a little later than it was. */
function countPeak(requests: readonly ScriptedRequest[]): number {
  const kept = requests.filter(({ abandoned }) => !abandoned);
  const moments = kept.flatMap(({ receivedMs, endedMs }) => [
    { atMs: receivedMs, step: 1 },
    { atMs: endedMs ?? receivedMs, step: -1 },
  ]);
  let [now, peak] = [0, 0];
  for (const { step } of moments.toSorted((a, b) => a.atMs - b.atMs || a.step - b.step)) {
    now += step;
    peak = Math.max(peak, now);
  }
  return peak;
}

type Fault = 'error' | 'hang' | 'cut' | 'garbage';
const faults: Fault[] = ['error', 'hang', 'cut', 'garbage'];

function spoil(fault: Fault, body: Parameters<typeof playSurvey>[0], at: number): ScriptedReply {
  switch (fault) {
    case 'error':
      return at % 2 === 0 ? { status: 429, retryAfterMs: 20 } : { status: 503, retryAfterMs: 20 };
    case 'hang':
      return at % 2 === 0 ? { hang: true } : { hang: true, text: ['{"sub', 'tasks'], afterChunks: 1 };
    case 'cut': {
      const reply = playSurvey(body);
      return typeof reply === 'string' ? { text: [reply, reply], cutAfterChunks: 1 } : { ...reply, cutAfterChunks: 1 };
    }
    case 'garbage':
      return at % 2 === 0 ? { raw: ['<html>Bad gateway</html>'] } : { raw: ['data: {"choices":[{"delta":{"cont\n\n'] };
  }
}

test('A provider that fails 30 % of its calls', { timeout: part === 'quick' ? 120_000 : 900_000 }, ({ task: { name } }) =>
  expectToHold(name, async ({ seed, startMs }) => {
    const folder = makeTemporaryFolder();
    const runs = part === 'quick' ? 8 : 40;
    const ends: string[] = [];
    const injected = countEach([]);
    let [requests, done] = [0, 0];
    const one = async (index: number): Promise<void> => {
      const ofRun = seededRandom(seed * 1_000 + index);
      await using model = await startCountedModel({
        disturb: ({ body, index: at }) => {
          if (ofRun.next() >= share) return undefined;
          const fault = faults[Math.floor(ofRun.next() * faults.length)] ?? 'error';
          injected.set(fault, (injected.get(fault) ?? 0) + 1);
          return spoil(fault, body, at);
        },
      });
      const actsFile = join(folder, `${index}.acts`);
      let aheadMs = 0;
      const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
      const store = index % 2 === 0 ? new MemoryStore({ clock }) : await openSqliteStore(join(folder, `${index}.db`), { clock });
      const tools = surveyTools(actsFile);
      const team = surveyTeam({ ...budget, perModel: { [model.spec]: { concurrency: places } } }, timeouts);
      // Its waits are short: full jitter of nearly nothing.
      const options = { tools, store, clock, random: { next: () => 0 } };
      let result = await runTask({ task, team, strategy: 'team', runId, model: model.spec, ...options });
      while (result.status === 'waiting') {
        await answerAll(store);
        result = await resumeRun({ runId, ...options });
      }
      const about = `seed ${seed}, run ${index}`;
      expect(['succeeded', 'partial', 'failed'], `${about}: its end`).toContain(result.status);
      const reasons = [result.detail ?? '', ...result.subtasks.map(({ error }) => error?.message ?? '')].join('');
      expect(result.status === 'succeeded' || reasons !== '', `${about}: ${result.endReason}, and says why`).toBe(true);
      // Whoever comes when the provider's pauses are over finds every place free: where there is but one, it is to be had.
      aheadMs = 3_600_000;
      const ask = { rootRunId: 'next', model: model.spec, tokens: 1, usd: null, modelLimits: { concurrency: 1 }, budgets: [] };
      expect(await store.limits.reserve(ask), `${about}: the model's only place`).toMatchObject({ kind: 'granted' });
      expect(await store.isDriven(runId), `${about}: its lease`).toBe(false);
      const { calls, tokens } = await store.sumCalls(runId);
      expect(calls, `${about}: calls`).toBeLessThanOrEqual(budget.calls);
      expect(model.tokens(), `${about}: tokens by the provider's count`).toBeLessThanOrEqual(Math.max(tokens, budget.tokens));
      expect(model.server.requests.length, `${about}: calls by the provider's count`).toBe(calls);
      expect(countPeak(model.server.requests), `${about}: calls at once`).toBeLessThanOrEqual(places);
      // An attempt that fails after its act is tried again, as another call, which a person approves like the first.
      const published = (await store.listCalls(runId)).filter((call) => call.kind === 'tool' && call.name === 'publish');
      expectOnceAtMost(actsFile, about, published.length);
      ends.push(result.status === 'succeeded' ? 'succeeded' : `${result.status}: ${result.endReason}`);
      requests += model.server.requests.length;
      done += 1;
      await store.close();
    };
    const order = Array.from({ length: runs }, (_, index) => index);
    const lane = async (): Promise<void> => {
      for (let index = order.shift(); index !== undefined; index = order.shift()) {
        if (part === 'quick' && performance.now() - startMs > 25_000) return;
        await one(index);
      }
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
    expect(done).toBeGreaterThan(1);
    const spoiled = [...injected].map(([fault, count]) => `${count} ${fault}`).join(', ');
    const how = [...countEach(ends)].map(([end, count]) => `${count} ${end}`).join(', ');
    return `${requests} calls of ${done} runs spoiled by ${spoiled}; ends: ${how}; no place, lease or reservation stays held`;
  }),
);
