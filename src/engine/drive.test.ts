import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import type { RunEvent, RunSettings } from '../events.ts';
import type { Subtask } from '../plan/plan.ts';
import { attemptKey, driveRun, isInterruption, type Perform, type RunPort } from './drive.ts';
import { MemoryStore } from './memory-store.ts';

const role = { model: 'm', fallback: [], composite: false, checks: false };

function firstEvent(subtasks: Subtask[], more: Partial<RunSettings> = {}): RunEvent {
  const settings: RunSettings = {
    strategy: 'team',
    limits: { retries: 0, reroutes: 0, replans: 0, concurrency: 2, perModel: {}, depth: 1 },
    generalist: 'worker',
    roles: { worker: role },
    plan: { subtasks },
    approve: false,
    planRepairs: 0,
    checksDeliverable: false,
    typed: false,
    ...more,
  };
  return { type: 'run-started', task: 't', settings };
}

const chain = ['a', 'b', 'c'].map(
  (id, at, ids): Subtask => ({ id, role: 'worker', instruction: id, dependsOn: ids.slice(Math.max(0, at - 1), at) }),
);

const succeed: Perform = (command, port) => {
  if (command.kind !== 'start') return;
  const { subtask, attempt } = command;
  port.post({
    type: 'attempt-finished',
    subtaskId: subtask.id,
    attempt,
    outcome: { kind: 'succeeded', output: { kind: 'inline', value: subtask.id } },
  });
};

async function newStore(runId: string): Promise<MemoryStore> {
  const store = new MemoryStore();
  const unended = { status: 'running', endReason: null, endedMs: null, strategy: 'team' } as const;
  await store.createRun({
    version: 1,
    runId,
    rootRunId: runId,
    parentRunId: null,
    task: 't',
    createdMs: 0,
    setup: null,
    ...unended,
  });
  return store;
}

test('what is performed has been journaled first', async () => {
  const store = await newStore('r');
  const seen: string[] = [];
  const perform: Perform = (command, port) => {
    if (command.kind === 'start') {
      const count = store.readEvents('r').then((entries) => entries.length);
      count.then((entries) => seen.push(`${command.subtask.id} after ${entries}`)).catch(() => seen.push('?'));
    }
    succeed(command, port);
  };
  const { kind, state } = await driveRun({ runId: 'r', store, clock: systemClock, perform, first: firstEvent(chain) });
  expect(kind).toBe('ended');
  expect(state.end?.deliverable).toEqual({ kind: 'inline', value: 'c' });
  expect(seen).toEqual(['a after 2', 'b after 4', 'c after 6']);
});

test('interruption journals nothing more, and the run goes on from what is stored', async () => {
  const store = await newStore('r');
  const interruption = new AbortController();
  const reasons: unknown[] = [];
  const hang: Perform = (command, port) => {
    if (command.kind === 'start' && command.subtask.id === 'b') {
      port.signalFor(attemptKey('b', 1)).addEventListener('abort', (event) => reasons.push((event.target as AbortSignal).reason));
      setTimeout(() => interruption.abort(), 5);
      return;
    }
    succeed(command, port);
  };
  const first = await driveRun({
    runId: 'r',
    store,
    clock: systemClock,
    perform: hang,
    first: firstEvent(chain),
    signal: interruption.signal,
  });
  expect(first.kind).toBe('interrupted');
  expect(reasons.map(isInterruption)).toEqual([true]);
  const before = await store.readEvents('r');
  const started: string[] = [];
  const resumed = await driveRun({
    runId: 'r',
    store,
    clock: systemClock,
    perform: (command, port) => {
      if (command.kind === 'start') started.push(`${command.subtask.id}#${command.attempt}`);
      succeed(command, port);
    },
  });
  expect(started).toEqual(['b#1', 'c#1']);
  expect(resumed.state.end?.status).toBe('succeeded');
  const types = (await store.readEvents('r')).slice(before.length).map(({ event }) => event.type);
  expect(types).toEqual(['run-resumed', 'attempt-finished', 'attempt-started', 'attempt-finished', 'run-ended']);
});

test('a signal that aborts before the first event interrupts without hanging', async () => {
  const store = await newStore('r');
  const { kind } = await driveRun({
    runId: 'r',
    store,
    clock: systemClock,
    perform: succeed,
    first: firstEvent(chain),
    signal: AbortSignal.abort(),
  });
  expect(kind).toBe('interrupted');
  expect(await store.readEvents('r')).toEqual([]);
});

test('work that comes to its signal only after the interruption finds it aborted', async () => {
  const store = await newStore('r');
  const stopping = new AbortController();
  let late: (() => AbortSignal) | null = null;
  const perform: Perform = (command, port) => {
    if (command.kind !== 'start') return;
    // As a performer that first looks up its model.
    late = () => port.signalFor(attemptKey(command.subtask.id, command.attempt));
    stopping.abort();
  };
  const outcome = await driveRun({
    runId: 'r',
    store,
    clock: systemClock,
    perform,
    signal: stopping.signal,
    first: firstEvent(chain),
  });
  expect(outcome.kind).toBe('interrupted');
  const signal = (late as (() => AbortSignal) | null)?.();
  expect(signal?.aborted).toBe(true);
  expect(isInterruption(signal?.reason)).toBe(true);
});

test('a cancellation from another process ends the run and aborts what is in flight', async () => {
  const store = await newStore('r');
  let aborted = false;
  const perform: Perform = (command, port) => {
    if (command.kind !== 'start') return;
    port.signalFor(attemptKey(command.subtask.id, 1)).addEventListener('abort', () => {
      aborted = true;
    });
    store.sendSignal('r', { type: 'cancel', reason: 'enough' }).catch(() => {});
  };
  const { state } = await driveRun({ runId: 'r', store, clock: systemClock, perform, first: firstEvent(chain), signalPollMs: 5 });
  expect(state.end).toMatchObject({ status: 'cancelled', detail: 'enough' });
  expect(aborted).toBe(true);
});

test('a run that waits for a person ends its drive; the answer given meanwhile is taken up by the next one', async () => {
  const store = await newStore('r');
  const first = await driveRun({
    runId: 'r',
    store,
    clock: systemClock,
    perform: succeed,
    first: firstEvent(chain, { approve: true }),
  });
  expect(first.kind).toBe('waiting');
  const still = await driveRun({ runId: 'r', store, clock: systemClock, perform: succeed });
  expect(still.kind).toBe('waiting');
  await store.sendSignal('r', { type: 'approve', by: 'ada' });
  const last = await driveRun({ runId: 'r', store, clock: systemClock, perform: succeed });
  expect(last.state.end?.status).toBe('succeeded');
});

test('a store that fails stops the run before anything unjournaled is carried out', async () => {
  const store = await newStore('r');
  const started: string[] = [];
  let appends = 0;
  const failing = {
    readEvents: (runId: string) => store.readEvents(runId),
    readSignals: (runId: string) => store.readSignals(runId),
    appendEvents: async (...[runId, entries]: Parameters<MemoryStore['appendEvents']>) => {
      appends += 1;
      if (appends === 2) throw new Error('disk full');
      await store.appendEvents(runId, entries);
    },
  };
  const perform = (command: Parameters<Perform>[0], port: RunPort) => {
    if (command.kind === 'start') started.push(command.subtask.id);
    succeed(command, port);
  };
  await expect(driveRun({ runId: 'r', store: failing, clock: systemClock, perform, first: firstEvent(chain) })).rejects.toThrow(
    'disk full',
  );
  expect(started).toEqual(['a']);
});

test('an event posted after the end is dropped', async () => {
  const store = await newStore('r');
  let kept: RunPort | null = null;
  const perform: Perform = (command, port) => {
    kept = port;
    succeed(command, port);
  };
  await driveRun({ runId: 'r', store, clock: systemClock, perform, first: firstEvent(chain) });
  const before = (await store.readEvents('r')).length;
  (kept as RunPort | null)?.post({ type: 'cancel-requested', reason: 'late' });
  expect((await store.readEvents('r')).length).toBe(before);
});

test('a signal that was read stays in the store until its event is journaled, and is entered once', async () => {
  const store = await newStore('r');
  const takes: (readonly string[])[] = [];
  let failsLeft = 1;
  const watched = {
    readEvents: (runId: string) => store.readEvents(runId),
    readSignals: (runId: string) => store.readSignals(runId),
    appendEvents: async (...[runId, entries, options]: Parameters<MemoryStore['appendEvents']>) => {
      if (options?.takes !== undefined && failsLeft-- > 0) throw new Error('disk full');
      if (options?.takes !== undefined) takes.push(options.takes);
      // A poll falls between the reading and the journaling.
      await systemClock.sleep(10);
      await store.appendEvents(runId, entries, options);
    },
  };
  const perform: Perform = (command) => {
    if (command.kind === 'start') store.sendSignal('r', { type: 'cancel', reason: 'enough' }).catch(() => {});
  };
  const drive = { runId: 'r', store: watched, clock: systemClock, perform, signalPollMs: 2 };
  await expect(driveRun({ ...drive, first: firstEvent(chain) })).rejects.toThrow('disk full');
  const kept = await store.readSignals('r');
  expect(kept.map(({ signal }) => signal)).toEqual([{ type: 'cancel', reason: 'enough' }]);
  const { state } = await driveRun({ ...drive, perform: () => {} });
  expect(state.end?.status).toBe('cancelled');
  expect(takes).toEqual([kept.map(({ id }) => id)]);
  expect(await store.readSignals('r')).toEqual([]);
  const types = (await store.readEvents('r')).map(({ event }) => event.type);
  expect(types.filter((type) => type === 'cancel-requested')).toHaveLength(1);
});

test('a signal that came after the end stays where it is', async () => {
  const store = await newStore('r');
  await driveRun({ runId: 'r', store, clock: systemClock, perform: succeed, first: firstEvent(chain) });
  await store.sendSignal('r', { type: 'cancel', reason: 'late' });
  const before = await store.readEvents('r');
  expect((await driveRun({ runId: 'r', store, clock: systemClock, perform: succeed })).kind).toBe('ended');
  expect(await store.readEvents('r')).toEqual(before);
  expect(await store.readSignals('r')).toHaveLength(1);
});
