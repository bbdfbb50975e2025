/** One run on virtual time: every model call takes one unit, tools and everything else none. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, MemoryStore, type RunResult, type RunTaskOptions, runTask } from 'planwright';
import { fakeClock, type ScriptedAnswer } from 'planwright/testing';
import type { PlayedCall } from './play.ts';
import { callMs, playedModel } from './played-model.ts';

/** Real ms without anything under way after which the next sleeper is woken, whoever it is. */
const patienceMs = 50;

export interface VirtualRun {
  result: RunResult;
  /** From the first event to the last, in model calls. */
  levels: number;
  /** The same work one after the other. */
  serialLevels: number;
}

export async function runVirtually(
  options: RunTaskOptions,
  answer: (call: PlayedCall) => string | ScriptedAnswer,
): Promise<VirtualRun> {
  const time = fakeClock();
  let callsUnderWay = 0;
  const callClock: Clock = {
    ...time.clock,
    async sleep(ms, signal) {
      callsUnderWay += 1;
      try {
        await time.clock.sleep(ms, signal);
      } finally {
        callsUnderWay -= 1;
      }
    },
  };
  const model = playedModel(callClock, answer);
  let hasEnded = false;
  const end = (): void => {
    hasEnded = true;
  };
  const before = countResources();
  const run = runTask({ ...options, model, clock: time.clock, store: new MemoryStore() });
  run.then(end, end);
  for (let idleSinceMs = performance.now(); !hasEnded; ) {
    await letRun();
    const isWorking = hasMore(countResources(), before);
    const isDue = callsUnderWay > 0 && !isWorking;
    if (isWorking || isDue) idleSinceMs = performance.now();
    if (hasEnded) break;
    // Nothing under way for long: a pause before a retry.
    if (isDue || performance.now() - idleSinceMs > patienceMs) await time.advanceToNext();
    else await sleep(1);
  }
  const result = await run;
  return { result, levels: result.ledger.makespanMs / callMs, serialLevels: result.ledger.serialMs / callMs };
}

/** Everything that is ready to run has run. */
async function letRun(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** What this process waits for, by kind, timers aside: files that are read, processes, workers. */
function countResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (kind !== 'Timeout' && kind !== 'Immediate') counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function hasMore(now: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>): boolean {
  return [...now].some(([kind, count]) => count > (before.get(kind) ?? 0));
}
