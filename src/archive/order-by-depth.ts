import type { RunRecord } from '../engine/store.ts';

/** Every run after the one it is below; of one depth, oldest first. `newestFirst`: as a store lists them. */
export function orderByDepth(newestFirst: readonly RunRecord[]): RunRecord[] {
  const parents = new Map(newestFirst.map(({ runId, parentRunId }) => [runId, parentRunId]));
  const depthOf = (runId: string): number => {
    let depth = 0;
    const seen = new Set<string>();
    for (let at = parents.get(runId); typeof at === 'string' && !seen.has(at); at = parents.get(at)) {
      seen.add(at);
      depth += 1;
    }
    return depth;
  };
  return newestFirst
    .toReversed()
    .map((run) => ({ run, depth: depthOf(run.runId) }))
    .toSorted((a, b) => a.depth - b.depth)
    .map(({ run }) => run);
}
