/** Readers that change from feed to feed: whatever order each has seen the same runs in, every event comes once. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryStore, type RunEvent, subRunId } from '../index.ts';
import { readCursor, writeCursor } from './event-cursor.ts';
import { FeedReader } from './feed-reader.ts';
import { RunFeed } from './run-feed.ts';

const rootId = 'root';
const filler: RunEvent = { type: 'wait-ended' };
const started = {
  type: 'run-started',
  task: 't',
  settings: { roles: { team: { composite: true }, leaf: { composite: false } } },
} as unknown as RunEvent;
const ended: RunEvent = { type: 'run-ended', status: 'succeeded', reason: 'completed', deliverable: null };

interface LiveRun {
  runId: string;
  seq: number;
  depth: number;
  hasEnded: boolean;
  /** Subtasks whose attempt is under way, with their runs. */
  below: Map<string, LiveRun>;
}

/** A tree of runs that grows by one event at a time. */
class Tree {
  readonly store = new MemoryStore();
  readonly runs: LiveRun[] = [];

  async begin(runId: string, parent: LiveRun | null): Promise<LiveRun> {
    const record = {
      version: 1,
      runId,
      rootRunId: rootId,
      parentRunId: parent?.runId ?? null,
      task: 't',
      status: 'running',
    } as const;
    await this.store.createRun({ ...record, strategy: 'team', endReason: null, createdMs: 0, endedMs: null, setup: null });
    const run: LiveRun = { runId, seq: 0, depth: (parent?.depth ?? 0) + 1, hasEnded: false, below: new Map() };
    this.runs.push(run);
    return run;
  }

  async enter(run: LiveRun, event: RunEvent): Promise<void> {
    run.seq += 1;
    run.hasEnded ||= event.type === 'run-ended';
    await this.store.appendEvents(run.runId, [{ version: 1, seq: run.seq, atMs: run.seq, event }]);
  }

  /** @param die Two numbers from 0 to 99. An attempt may be withdrawn before its run has ended, which then goes on for a while. */
  async step([which, what]: readonly [number, number]): Promise<void> {
    const open = this.runs.filter(({ hasEnded }) => !hasEnded);
    const run = open[which % open.length];
    if (run === undefined) return;
    if (run.seq === 0) {
      await this.enter(run, started);
      return;
    }
    const [subtaskId, child] = [...run.below][what % Math.max(1, run.below.size)] ?? [];
    if (what < 30 && run.depth < 3) {
      const id = `s${run.seq}`;
      await this.enter(run, { type: 'attempt-started', subtaskId: id, attempt: 1, role: 'team' });
      run.below.set(id, await this.begin(subRunId(run.runId, id, 1), run));
    } else if (what < 60 && child !== undefined && subtaskId !== undefined && (child.hasEnded || what < 36)) {
      await this.enter(run, { type: 'attempt-finished', subtaskId, attempt: 1, outcome: { kind: 'cancelled' } });
      run.below.delete(subtaskId);
    } else if (what >= 90 && run.runId !== rootId) await this.enter(run, ended);
    else await this.enter(run, filler);
  }
}

const nameOf = ({ runId, seq }: { runId: string; seq: number }) => `${runId}#${seq}`;

/** What a reader takes, each with its id; at most `most`, and until nothing comes. */
async function take(feed: RunFeed, after: string, most: number): Promise<{ name: string; id: string }[]> {
  const cursor = readCursor(after, rootId);
  if (cursor === null) throw new Error(`No cursor: ${after}`);
  const reader = new FeedReader(feed, cursor);
  expect(reader.isPlausible).toBe(true);
  const taken: { name: string; id: string }[] = [];
  for (;;) {
    const text = (await reader.next(0)) ?? '';
    for (const [, id = '', data = ''] of text.matchAll(/^id: (.*)\nevent: run-event\ndata: (.*)$/gm)) {
      taken.push({ id, name: nameOf(JSON.parse(data)) });
    }
    if (!text.includes('run-event') && !text.includes('event: status')) break;
  }
  reader.stop();
  return taken.slice(0, most);
}

const dice = fc.tuple(fc.nat(99), fc.nat(99));
const moves = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('step' as const), dice }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('look' as const), feed: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('read' as const), feed: fc.nat(2), most: fc.nat(12) }) },
  ),
  { minLength: 20, maxLength: 150 },
);

test('over three feeds that have looked at other times', async () => {
  await fc.assert(
    fc.asyncProperty(moves, async (played) => {
      const tree = new Tree();
      const root = await tree.begin(rootId, null);
      await tree.enter(root, started);
      const options = { store: tree.store, runId: rootId, lookEveryMs: 1_000_000, onError: () => {} };
      const feeds = [new RunFeed(options), new RunFeed(options), new RunFeed(options)];
      const seen: { name: string; id: string }[] = [];
      const readOn = async (at: number, most: number): Promise<void> => {
        const feed = feeds[at];
        if (feed === undefined) return;
        // As the hub does when a stream is opened.
        await feed.look();
        seen.push(...(await take(feed, seen.at(-1)?.id ?? '0', most)));
      };
      for (const move of played) {
        if (move.do === 'step') await tree.step(move.dice);
        else if (move.do === 'look') await feeds[move.feed]?.look();
        else await readOn(move.feed, move.most);
      }
      for (const run of tree.runs.toReversed()) {
        if (run.seq === 0) await tree.enter(run, started);
        if (!run.hasEnded) await tree.enter(run, ended);
      }
      expect(root.hasEnded).toBe(true);
      await readOn(played.length % 3, Number.POSITIVE_INFINITY);
      const all = tree.runs.flatMap(({ runId, seq }) =>
        Array.from({ length: seq }, (_none, at) => nameOf({ runId, seq: at + 1 })),
      );
      expect(seen.map(({ name }) => name).toSorted()).toEqual(all.toSorted());
      for (const { runId } of tree.runs) {
        const own = seen.flatMap(({ name }) => (name.startsWith(`${runId}#`) ? [Number(name.slice(runId.length + 1))] : []));
        expect(own).toEqual(Array.from({ length: own.length }, (_none, at) => at + 1));
      }
      for (const feed of feeds) feed.stop();
    }),
    { numRuns: 150 },
  );
});

test('an id says what it was made of', () => {
  const below = new Map([
    ['root.a%2Fb.1', 3],
    ['root.a.1.c.2', 0],
  ]);
  const text = writeCursor({ seq: 7, below }, rootId);
  expect(text).toBe('7,a%2Fb.1:3,a.1.c.2:0');
  expect(readCursor(text, rootId)).toEqual({ seq: 7, below });
});
