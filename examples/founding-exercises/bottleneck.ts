/** How long nobody works but the coordinator: while the plan is written, while results are put together, while it replans. */
import type { CallRecord } from 'planwright';
import { runLeafWork } from './leaf-work.ts';

export const planSizes = [8, 32, 128] as const;
export const slotCounts = [4, 32] as const;

export interface AloneFigures {
  n: number;
  slots: number;
  streamed: boolean;
  makespanMs: number;
  /** Time in which a coordinator's call is under way and no executor's. */
  aloneMs: number;
  /** Of that, before the first executor's call. */
  beforeMs: number;
  /** Executors at work at once: the most, and the mean over the makespan. */
  mostAtWork: number;
  meanAtWork: number;
}

export async function measureAlone(): Promise<AloneFigures[]> {
  const figures: AloneFigures[] = [];
  for (const n of planSizes) {
    for (const slots of slotCounts) {
      for (const streamed of [false, true]) {
        const { result, calls } = await runLeafWork({ n, levels: 1, slots, streamed });
        const { ledger } = result;
        const executing = calls.filter(isExecuting);
        const firstMs = Math.min(...executing.map(({ startedMs }) => startedMs));
        figures.push({
          n,
          slots,
          streamed,
          makespanMs: ledger.makespanMs,
          aloneMs: timeAlone(calls),
          beforeMs: firstMs - Math.min(...calls.map(({ startedMs }) => startedMs)),
          mostAtWork: Math.max(...executing.map((call) => executing.filter((other) => isOpenAt(other, call.startedMs)).length)),
          meanAtWork: executing.reduce((sum, call) => sum + call.endedMs - call.startedMs, 0) / ledger.makespanMs,
        });
      }
    }
  }
  return figures;
}

type Timed = Pick<CallRecord, 'purpose' | 'startedMs' | 'endedMs'>;

const isOpenAt = ({ startedMs, endedMs }: Timed, atMs: number): boolean => startedMs <= atMs && atMs < endedMs;
const isExecuting = ({ purpose }: Timed): boolean => purpose === 'execute';

/** Milliseconds with a call that is not an executor's under way, and none that is. */
export function timeAlone(calls: readonly Timed[]): number {
  const changes = calls
    .flatMap((call) => [
      { atMs: call.startedMs, call, by: 1 },
      { atMs: call.endedMs, call, by: -1 },
    ])
    .toSorted((a, b) => a.atMs - b.atMs);
  let [executing, coordinating, aloneMs, sinceMs] = [0, 0, 0, 0];
  for (const { atMs, call, by } of changes) {
    if (coordinating > 0 && executing === 0) aloneMs += atMs - sinceMs;
    sinceMs = atMs;
    if (isExecuting(call)) executing += by;
    else coordinating += by;
  }
  return aloneMs;
}
