/**
 * What several patches make of one file. Invariants:
 * 1. The outcome is a function of the union of their histories: neither the order of the patches nor how they were grouped
 *    changes it.
 * 2. A version gives way to one that was made from it, and to nothing else.
 * 3. Versions are merged over what they share, those that share the most first; what shares nothing is merged over the base of
 *    the patches.
 */
import { compareText } from '../documents/compare-text.ts';
import type { BlobStore } from './blob-store.ts';
import type { Conflict } from './conflict.ts';
import { type HistoryGraph, joinHistories, keyOf, listHeads, type MakingNode, pastOf, toHistory } from './history.ts';
import { mergeContents } from './merge-contents.ts';
import { type History, historyOf, type PatchChange, type Version } from './patch.ts';
import type { FileState } from './tree.ts';

export type FileMerge = { kind: 'merged'; after: Version; history: History } | { kind: 'conflict'; conflict: Conflict };

type VersionMerge = { kind: 'merged'; version: Version } | { kind: 'conflict'; conflict: Conflict };

export interface MergeFileOptions {
  path: string;
  /** In the base of the patches. */
  before: Version;
  blobs: BlobStore;
}

/** @param changes At least one, all of this path and made from `before`. */
export async function mergeFile(changes: readonly PatchChange[], options: MergeFileOptions): Promise<FileMerge> {
  const graph = joinHistories(changes.map(historyOf));
  const merge = await new FileMerger(graph, options).merge(listHeads(graph));
  return merge.kind === 'conflict' ? merge : { kind: 'merged', after: merge.version, history: toHistory(graph) };
}

/** A version and the ids of all that led to it: a making, or what several merged to. */
interface Head {
  version: Version;
  past: ReadonlySet<string>;
}

/** Bases of bases beyond this are not looked for: the base of the patches serves. */
const maxNesting = 20;

class FileMerger {
  readonly #graph: HistoryGraph;
  readonly #options: MergeFileOptions;
  /** What a set of makings merges to, by their ids. */
  readonly #known = new Map<string, Version>();

  constructor(graph: HistoryGraph, options: MergeFileOptions) {
    this.#graph = graph;
    this.#options = options;
  }

  async merge(nodes: readonly MakingNode[], nesting = 0): Promise<VersionMerge> {
    let heads: Head[] = nodes.map((node) => ({ version: node.version, past: pastOf(this.#graph, node) }));
    for (;;) {
      const [only] = heads;
      if (only !== undefined && heads.length === 1) return { kind: 'merged', version: only.version };
      const { shared, members } = findNearest(heads);
      const versions = [...new Map(members.map(({ version }) => [keyOf(version), version])).values()];
      const merge = await this.#mergeOver(versions, () => this.#findBase(shared, nesting));
      if (merge.kind === 'conflict') return merge;
      const past = new Set(members.flatMap((member) => [...member.past]));
      heads = [...heads.filter((head) => !members.includes(head)), { version: merge.version, past }];
    }
  }

  /** What the shared makings merge to; the patches' base for none, and when they do not merge. */
  async #findBase(shared: ReadonlySet<string>, nesting: number): Promise<Version> {
    if (shared.size === 0 || nesting > maxNesting) return this.#options.before;
    const id = [...shared].toSorted().join('\n');
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const merge = await this.merge(listHeads(this.#graph, shared), nesting + 1);
    const base = merge.kind === 'merged' ? merge.version : this.#options.before;
    this.#known.set(id, base);
    return base;
  }

  /** @param versions Different ones. */
  async #mergeOver(versions: readonly Version[], findBase: () => Promise<Version>): Promise<VersionMerge> {
    const [first = null] = versions;
    if (versions.length === 1) return { kind: 'merged', version: first };
    const base = await findBase();
    const { path, blobs } = this.#options;
    const ordered = versions.toSorted((a, b) => compareText(keyOf(a), keyOf(b)));
    const disagree = (kind: Conflict['kind']) => ({
      kind: 'conflict' as const,
      conflict: { path, kind, before: base, versions: ordered },
    });
    if (base === null) return disagree('both-added');
    const files = ordered.filter((version) => version !== null);
    if (files.length < versions.length) return disagree('changed-and-removed');
    // A file has one of two modes: whoever differs from the base's is right.
    const mode = files.find((file) => file.mode !== base.mode)?.mode ?? base.mode;
    const contents = new Map<string, FileState>(files.filter(({ hash }) => hash !== base.hash).map((file) => [file.hash, file]));
    const [changed = base] = contents.values();
    if (contents.size < 2) return { kind: 'merged', version: { ...changed, mode } };
    const merge = await mergeContents(base, { path, hashes: [...contents.keys()].toSorted(compareText) }, blobs);
    if (merge.kind === 'merged') return { kind: 'merged', version: { ...merge.content, mode } };
    const { kind, conflict } = disagree('both-changed');
    return { kind, conflict: merge.ranges === null ? conflict : { ...conflict, ranges: merge.ranges } };
  }
}

/**
 * The heads that share the most, and what they share; all heads when no two share anything. No two of the members share more
 * than that, so it is the base for all of them at once.
 */
function findNearest(heads: readonly Head[]): { shared: ReadonlySet<string>; members: readonly Head[] } {
  let shared: ReadonlySet<string> = new Set();
  for (const [at, head] of heads.entries()) {
    for (const other of heads.slice(at + 1)) {
      const both = new Set([...head.past].filter((id) => other.past.has(id)));
      const isMore = both.size > shared.size || (both.size === shared.size && compareText(textOf(both), textOf(shared)) < 0);
      if (isMore) shared = both;
    }
  }
  return { shared, members: heads.filter(({ past }) => [...shared].every((id) => past.has(id))) };
}

function textOf(ids: ReadonlySet<string>): string {
  return [...ids].toSorted().join('\n');
}
