/**
 * A run and the runs of its sub-teams, as one stream of events tells them.
 *
 * 1. Each run's events are entered once and in order; after a lost connection the stream goes on behind the last that came.
 * 2. Listeners are told at most once a frame, however many events arrive.
 * 3. Folds are mutated in place; `version` says that something changed.
 */
import type { LiveDelta } from 'planwright/browser';
import type { RunStatus, RunUpdate } from '../api/answers.ts';
import { type Connection, followStream } from '../api/event-stream.ts';
import { paths } from '../api/paths.ts';
import type { SseMessage } from '../api/sse-parser.ts';
import { createRunFold, enterDelta, enterEvent, type RunFold } from './run-fold.ts';

export interface RunTree {
  /** The outermost run. */
  readonly root: RunFold;
  /** By run id, the outermost included. */
  readonly runs: ReadonlyMap<string, RunFold>;
  connection: () => Connection;
  /** As the server last said; null before it has. */
  status: () => RunStatus | null;
  version: () => number;
  subscribe: (listener: () => void) => () => void;
  close: () => void;
}

export function openRunTree(runId: string): RunTree {
  const root = createRunFold(runId);
  const runs = new Map([[runId, root]]);
  const listeners = new Set<() => void>();
  let connection: Connection = { kind: 'connecting' };
  let status: RunStatus | null = null;
  let lastEventId = '';
  let version = 0;
  let isTold = true;

  const tell = (): void => {
    isTold = true;
    version += 1;
    for (const listener of listeners) listener();
  };
  const change = (): void => {
    if (!isTold) return;
    isTold = false;
    // A page that is not seen gets no frames.
    if (document.visibilityState === 'visible') requestAnimationFrame(tell);
    else setTimeout(tell, 200);
  };
  const foldOf = (id: string): RunFold => {
    const fold = runs.get(id) ?? createRunFold(id);
    runs.set(id, fold);
    return fold;
  };

  const onMessage = ({ event, id, data }: SseMessage): void => {
    if (event === 'run-event') {
      const { runId: of, ...entry } = JSON.parse(data) as RunUpdate;
      enterEvent(foldOf(of), entry);
      if (id !== null) lastEventId = id;
    } else if (event === 'delta') {
      const { runId: of, delta } = JSON.parse(data) as { runId: string; delta: LiveDelta };
      enterDelta(foldOf(of), delta);
    } else if (event === 'status' || event === 'end') status = (JSON.parse(data) as { status: RunStatus }).status;
    else return;
    change();
  };

  const close = followStream(paths.runEvents(runId), {
    onMessage,
    onConnection: (next) => {
      connection = next;
      change();
    },
    lastEventId: () => lastEventId,
  });

  return {
    root,
    runs,
    connection: () => connection,
    status: () => status,
    version: () => version,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close,
  };
}
