/**
 * Histories of a file as one graph. A making is known by its version and its depth: two that made the same version at the same
 * depth are one, and a version that comes back later is another.
 */
import { compareText } from '../documents/compare-text.ts';
import type { History, Version } from './patch.ts';

/** Older makings are forgotten: what they would have told apart is then merged over an older base. */
export const maxMakings = 256;

export interface MakingNode {
  id: string;
  version: Version;
  depth: number;
  /** Ids of what it was made from. */
  from: Set<string>;
}

/** By id, in the order of a history. */
export type HistoryGraph = Map<string, MakingNode>;

/** Distinct for distinct versions; that of no file sorts first. */
export function keyOf(version: Version): string {
  return version === null ? '' : `${version.hash} ${version.mode} ${version.size}`;
}

/** The union. Neither order nor repetition changes it. */
export function joinHistories(histories: readonly History[]): HistoryGraph {
  const nodes: HistoryGraph = new Map();
  for (const history of histories) {
    const ids = history.map(({ version, depth }) => idOf(version, depth));
    history.forEach(({ version, depth, from }) => {
      const id = idOf(version, depth);
      const node = nodes.get(id) ?? { id, version, depth, from: new Set() };
      for (const index of from) node.from.add(ids[index] ?? '');
      nodes.set(id, node);
    });
  }
  return inOrder(nodes.values());
}

export function toHistory(graph: HistoryGraph): History {
  const index = new Map([...graph.keys()].map((id, at) => [id, at]));
  return [...graph.values()].map(({ version, depth, from }) => ({
    version,
    depth,
    from: [...from].flatMap((id) => index.get(id) ?? []).toSorted((a, b) => a - b),
  }));
}

/** What is made of the graph's merged heads by a second history: its first makings are made from those heads. */
export function continueHistory(graph: HistoryGraph, second: History): HistoryGraph {
  const heads = listHeads(graph);
  const depth = Math.max(0, ...heads.map((node) => node.depth));
  const ids = second.map((making) => idOf(making.version, making.depth + depth));
  const later = second.map(
    (making, at): MakingNode => ({
      id: ids[at] ?? '',
      version: making.version,
      depth: making.depth + depth,
      from: new Set(making.from.length === 0 ? heads.map(({ id }) => id) : making.from.map((index) => ids[index] ?? '')),
    }),
  );
  return inOrder([...graph.values(), ...later]);
}

/** What nothing else was made from; of the given ids only when there are any. In order. */
export function listHeads(graph: HistoryGraph, ids: ReadonlySet<string> = new Set(graph.keys())): MakingNode[] {
  const nodes = [...graph.values()].filter(({ id }) => ids.has(id));
  const used = new Set(nodes.flatMap(({ from }) => [...from]));
  return nodes.filter(({ id }) => !used.has(id));
}

/** The making and all that led to it. */
export function pastOf(graph: HistoryGraph, node: MakingNode): Set<string> {
  const past = new Set<string>();
  const waiting = [node.id];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const found = graph.get(id);
    if (found === undefined || past.has(id)) continue;
    past.add(id);
    waiting.push(...found.from);
  }
  return past;
}

function idOf(version: Version, depth: number): string {
  return `${depth} ${keyOf(version)}`;
}

function inOrder(nodes: Iterable<MakingNode>): HistoryGraph {
  const sorted = [...nodes].toSorted((a, b) => a.depth - b.depth || compareText(a.id, b.id)).slice(-maxMakings);
  return new Map(sorted.map((node) => [node.id, node]));
}
