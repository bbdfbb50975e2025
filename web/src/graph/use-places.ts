/**
 * The places of a graph's nodes. One question is under way at a time; of those that come up meanwhile only the last is asked,
 * so that a plan that streams in is laid out as often as the worker can, and no more.
 */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { LayoutGraph } from './layout.ts';
import { askForLayout, type LaidOut } from './layout-worker-host.ts';
import { isLarge, placeByDepth } from './place-by-depth.ts';
import { placeLevels } from './place-levels.ts';

export function usePlaces(graph: LayoutGraph, key: string): LaidOut {
  // Columns take a few ms even for a large plan: less than asking the worker.
  const columns = useMemo(() => layOutColumns(graph), [key]);
  const [laidOut, setLaidOut] = useState<LaidOut>({ places: {}, tookMs: null });
  const isBusy = useRef(false);
  const isStale = useRef(false);
  const takeBack = useRef<(() => void) | null>(null);
  // The graph is made anew with each render; its key says whether it is another one.
  const latest = useRef(graph);
  latest.current = graph;

  useEffect(() => {
    const ask = (): void => {
      isBusy.current = true;
      isStale.current = false;
      takeBack.current = askForLayout(latest.current, (answer) => {
        isBusy.current = false;
        setLaidOut(answer);
        if (isStale.current) ask();
      });
    };
    if (latest.current.nodes.length === 0 || isLarge(latest.current)) return;
    if (isBusy.current) isStale.current = true;
    else ask();
  }, [key]);
  useEffect(() => () => takeBack.current?.(), []);

  return columns ?? laidOut;
}

function layOutColumns(graph: LayoutGraph): LaidOut | null {
  if (!isLarge(graph)) return null;
  const startedMs = performance.now();
  const places = placeLevels(graph, placeByDepth);
  return { places, tookMs: performance.now() - startedMs };
}
