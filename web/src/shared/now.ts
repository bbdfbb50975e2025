/** The time, told once a second to what shows it. */
import { systemClock } from 'planwright/browser';
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let nowMs = systemClock.now();

function listen(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = systemClock.now();
    for (const one of listeners) one();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const ignore = () => () => {};

/** ms since the Unix epoch; stands still unless `ticks`. */
export function useNow(ticks: boolean): number {
  return useSyncExternalStore(ticks ? listen : ignore, () => nowMs);
}
