/** A run for as long as a page shows it. */
import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { openRunTree, type RunTree } from './run-tree.ts';

/** The run that the page was opened with, read while the page is still being set up. */
let prepared: RunTree | null = null;

export function prepareRun(runId: string): void {
  prepared = openRunTree(runId);
}

function takeRun(runId: string): RunTree {
  const taken = prepared;
  prepared = null;
  if (taken?.root.runId === runId) return taken;
  taken?.close();
  return openRunTree(runId);
}

/** null for a moment, until it is opened. `round`: a change opens it anew. */
export function useRunTree(runId: string, round: number): RunTree | null {
  const [tree, setTree] = useState<RunTree | null>(null);
  useEffect(() => {
    const opened = takeRun(runId);
    setTree(opened);
    return () => opened.close();
  }, [runId, round]);
  return tree?.root.runId === runId ? tree : null;
}

/** The run of the page, for whatever stands in it. */
export const RunTreeContext = createContext<RunTree | null>(null);

/** @throws outside of a run's page. */
export function useTree(): RunTree {
  const tree = useContext(RunTreeContext);
  if (tree === null) throw new Error('This part of the page stands in no run.');
  return tree;
}

/** Renders anew, at most once a frame, when something of the run has changed. */
export function useTreeVersion(): number {
  const tree = useTree();
  return useSyncExternalStore(tree.subscribe, tree.version);
}

/** Renders anew only when what `select` gives is another value (by `Object.is`: a text, say). */
export function useTreeFact<Fact extends string | number | boolean | null>(select: (tree: RunTree) => Fact): Fact {
  const tree = useTree();
  return useSyncExternalStore(tree.subscribe, () => select(tree));
}
