/** Something the server computes from a run, asked for again while the run goes on: not more often than it takes. */
import { useEffect, useRef } from 'react';
import { type Resource, useResource } from '../shared/resource.ts';

const oftenestMs = 1500;
/** So many times its own duration passes between two requests: a large run is asked about rarely. */
const restFactor = 15;

/** `key` null: not yet. */
export function usePolled<Value>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<Value>,
  { version, isOpen }: { version: number; isOpen: boolean },
): [Resource<Value>, () => void] {
  const tookMs = useRef(0);
  const seen = useRef(version);
  const latest = useRef(version);
  latest.current = version;
  const [resource, reload] = useResource(key, async (signal) => {
    seen.current = latest.current;
    const startedMs = performance.now();
    const value = await load(signal);
    tookMs.current = performance.now() - startedMs;
    return value;
  });
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    if (seen.current === version || timer.current !== undefined) return;
    timer.current = setTimeout(
      () => {
        timer.current = undefined;
        if (seen.current !== latest.current) reload();
      },
      Math.max(oftenestMs, tookMs.current * restFactor),
    );
  }, [version, reload]);
  useEffect(() => () => clearTimeout(timer.current), []);
  // The end is not waited for.
  const wasOpen = useRef<boolean | null>(null);
  useEffect(() => {
    if (key === null) return;
    if (wasOpen.current !== null && wasOpen.current !== isOpen) reload();
    wasOpen.current = isOpen;
  }, [key, isOpen, reload]);
  return [resource, reload];
}
