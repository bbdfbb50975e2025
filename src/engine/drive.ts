/**
 * The run loop: takes events from the mailbox, folds them, makes them durable, and only then has their commands
 * carried out. It is the same for every store that lives in this process.
 *
 * Invariants
 * 1. An event is journaled before any command that follows from it is carried out.
 * 2. One event at a time is folded, in the order of `seq`; there is no other way into the state.
 * 3. After an interruption nothing more is journaled: the run can be taken up from exactly what is stored.
 * 4. A signal from outside leaves the store in the transaction that holds its event, and is posted once: it is neither lost at
 *    a crash nor entered twice.
 * 5. That a run waits for a person is entered only when nothing else of it is under way: no call, no tool, no check.
 */
import type { Clock } from '../clock.ts';
import { PlanwrightError, toErrorRecord } from '../errors.ts';
import type { JournalEntry, RunEvent } from '../events.ts';
import type { Command } from '../schedule/command.ts';
import { decide } from '../schedule/decide.ts';
import { pendingCommands } from '../schedule/pending.ts';
import { createRunState, type RunState } from '../schedule/state.ts';
import { createFold, type Folded } from './fold.ts';
import type { RunSignal, Store } from './store.ts';

/** What a drive needs of a store. */
export type RunJournal = Pick<Store, 'readEvents' | 'appendEvents' | 'readSignals' | 'watchSignals'>;

/** What a command's performer is given of its run. */
export interface RunPort {
  readonly runId: string;
  /** The fold's state: to read, never to write. */
  readonly state: Readonly<RunState>;
  /** Enters an event. After the run has ended or was interrupted it does nothing. */
  post(event: RunEvent): void;
  /** Aborts when the command named by `key` is withdrawn, with the reason as a PlanwrightError. */
  signalFor(key: string): AbortSignal;
  /** Says of an attempt under way, by its `attemptKey`, whether it can do nothing until a person answers. */
  setBlocked(key: string, isBlocked: boolean): void;
}

/** Carries out one command, now or later, and posts what came of it. Must not throw. */
export type Perform = (command: Command, port: RunPort) => void;

export interface DriveOptions {
  runId: string;
  store: RunJournal;
  clock: Clock;
  perform: Perform;
  /** The first event of a new run; a run with events goes on without it. */
  first?: RunEvent;
  /** Interrupts the run: what is in flight is stopped, nothing is journaled. */
  signal?: AbortSignal;
  /** Hands out a function that cancels the run for good. */
  onCancelable?: (cancel: (reason: string) => void) => void;
  onEntries?: (entries: JournalEntry[]) => void;
  /**
   * Hears when the run begins to wait for a person, and when it goes on. With it the run stays and looks for answers;
   * without it the drive ends.
   */
  onWaiting?: (isWaiting: boolean) => void;
  /** How often requests from other processes are looked for. Default 250. */
  signalPollMs?: number;
}

export interface DriveOutcome {
  kind: 'ended' | 'waiting' | 'interrupted';
  state: RunState;
}

export const attemptKey = (subtaskId: string, attempt: number): string => `${attempt}/${subtaskId}`;
export const plannerKey = '@plan';
export const timerKey = (timerId: string): string => `@timer/${timerId}`;

/** Drives a run until it ends, waits for a person, or is interrupted. */
export async function driveRun(options: DriveOptions): Promise<DriveOutcome> {
  const { runId, store, clock, perform, signal } = options;
  const state = createRunState();
  const mailbox = createMailbox();
  const controllers = new Map<string, AbortController>();
  const blocked = new Set<string>();
  let isOpen = true;
  /** Why what is under way was stopped when the run was left; null while it is driven. */
  let leftFor: PlanwrightError | null = null;

  const port: RunPort = {
    runId,
    state,
    post: (event) => {
      if (isOpen) mailbox.put(event);
    },
    signalFor: (key) => {
      const known = controllers.get(key) ?? new AbortController();
      controllers.set(key, known);
      // Work that comes to its signal only after the run was left is not begun.
      if (leftFor !== null) known.abort(leftFor);
      return known.signal;
    },
    setBlocked: (key, isBlocked) => {
      if (isBlocked) blocked.add(key);
      else if (blocked.delete(key) && state.isWaiting) port.post({ type: 'wait-ended' });
      mailbox.wake();
    },
  };

  const journaled = await store.readEvents(runId);
  for (const entry of journaled) decide(state, entry);
  const seq = journaled.at(-1)?.seq ?? 0;
  const fold = createFold(state, seq);
  if (state.phase === 'ended') return { kind: 'ended', state };
  if (seq === 0) {
    if (options.first === undefined) throw new PlanwrightError('run-unknown', `Run "${runId}" has no events.`);
    mailbox.put(options.first);
  } else mailbox.put({ type: 'run-resumed' });
  let isResuming = seq > 0;
  /** Ids of the signals that are in the mailbox or journaled. */
  const received = new Set<string>();
  const receive = async (): Promise<void> => {
    for (const { id, signal: request } of await store.readSignals(runId)) {
      if (!isOpen || received.has(id)) continue;
      received.add(id);
      mailbox.put(eventOfSignal(request), id);
    }
  };
  await receive();

  options.onCancelable?.((reason) => port.post({ type: 'cancel-requested', reason }));
  const isInterrupted = (): boolean => signal?.aborted === true;
  const interrupt = () => mailbox.wake();
  signal?.addEventListener('abort', interrupt, { once: true });
  const watching = watchSignals(options, port, receive);

  try {
    for (;;) {
      if (isInterrupted()) return { kind: 'interrupted', state };
      if (needsPerson(state, blocked) && mailbox.isEmpty()) {
        // Tools of one step start one after another: the next one may be about to.
        await nextTurn();
        if (needsPerson(state, blocked) && mailbox.isEmpty()) mailbox.put({ type: 'wait-began' });
      }
      if (mailbox.isEmpty()) await mailbox.arrival();
      if (isInterrupted()) return { kind: 'interrupted', state };
      const { events, takes } = mailbox.take();
      if (events.length === 0) continue;
      const wasWaiting = state.isWaiting;
      const folded: Folded = { entries: [], commands: [] };
      const { entries, commands } = folded;
      const atMs = clock.now();
      for (const event of events) {
        fold.enter(event, atMs, folded);
        if (event.type === 'attempt-finished' && controllers.size > 0) {
          const key = attemptKey(event.subtaskId, event.attempt);
          controllers.delete(key);
          blocked.delete(key);
        }
      }
      if (isResuming) {
        isResuming = false;
        commands.unshift(...pendingCommands(state).filter((pending) => !commands.some((issued) => isSame(issued, pending))));
      }
      await store.appendEvents(runId, entries, takes === undefined ? undefined : { takes });
      options.onEntries?.(entries);
      for (const command of commands) {
        if (command.kind === 'abort') {
          const key = attemptKey(command.subtaskId, command.attempt);
          stop(controllers, key);
          blocked.delete(key);
        } else if (command.kind === 'stop-planner') stop(controllers, plannerKey);
        else if (command.kind === 'stop-timer') stop(controllers, timerKey(command.timerId));
        else perform(command, port);
      }
      if (isEnded(state)) return { kind: 'ended', state };
      if (state.phase === 'approving' || (state.isWaiting && options.onWaiting === undefined)) return { kind: 'waiting', state };
      if (state.isWaiting !== wasWaiting) options.onWaiting?.(state.isWaiting);
    }
  } finally {
    isOpen = false;
    signal?.removeEventListener('abort', interrupt);
    watching.stop();
    leftFor = isEnded(state) ? new PlanwrightError('cancelled', 'The run has ended.') : interruption(signal?.reason);
    for (const controller of controllers.values()) controller.abort(leftFor);
  }
}

/** The reason of aborts that come from an interruption: work stopped for it may be taken up again. */
export function isInterruption(reason: unknown): boolean {
  return reason instanceof PlanwrightError && reason.details['interrupted'] === true;
}

function interruption(cause: unknown): PlanwrightError {
  return new PlanwrightError('cancelled', 'The run was interrupted.', { cause, details: { interrupted: true } });
}

/** Whether everything under way is blocked, and something waits for a person. */
function needsPerson(state: RunState, blocked: ReadonlySet<string>): boolean {
  if (state.asked === 0 && blocked.size === 0) return false;
  if (state.isWaiting || state.plannerAtWork || state.replan !== null || state.inFlight !== blocked.size) return false;
  return state.phase === 'executing' || state.phase === 'planning';
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** On resume a command may be both pending in the state and just issued by `run-resumed` (a start that had waited). */
function isSame(a: Command, b: Command): boolean {
  if (a.kind === 'start' && b.kind === 'start') return a.subtask.id === b.subtask.id && a.attempt === b.attempt;
  return a.kind === b.kind && !['start', 'verify', 'ask', 'go-on'].includes(a.kind);
}

function isEnded(state: RunState): boolean {
  return state.phase === 'ended';
}

function stop(controllers: Map<string, AbortController>, key: string): void {
  controllers.get(key)?.abort(new PlanwrightError('cancelled', 'The work was withdrawn.'));
  controllers.delete(key);
}

/** Looks for what other processes ask of this run. A look that fails for now is made up for by the next. */
function watchSignals(options: DriveOptions, port: RunPort, receive: () => Promise<void>): { stop(): void } {
  const { runId, store, clock, signalPollMs = 250 } = options;
  const stopper = new AbortController();
  const look = async (): Promise<void> => {
    try {
      await receive();
    } catch (thrown) {
      const { code, message } = toErrorRecord(thrown);
      if (stopper.signal.aborted || code === 'store-failed') return;
      port.post({ type: 'cancel-requested', reason: `The store failed: ${message}` });
    }
  };
  if (store.watchSignals !== undefined) {
    const forget = store.watchSignals(runId, () => {
      look().catch(() => {});
    });
    return {
      stop: () => {
        stopper.abort('stopped');
        forget();
      },
    };
  }
  const loop = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(signalPollMs, stopper.signal);
      await look();
    }
  };
  // It ends by being stopped.
  loop().catch(() => {});
  // A reason that is given need not be made: an error of its own costs a run more than it is worth.
  return { stop: () => stopper.abort('stopped') };
}

export function eventOfSignal(request: RunSignal): RunEvent {
  switch (request.type) {
    case 'cancel':
      return { type: 'cancel-requested', reason: request.reason };
    case 'approve': {
      const { by, plan, request: name } = request;
      if (name !== undefined) return { type: 'approval-given', request: name, by };
      return { type: 'plan-approved', by, ...(plan === undefined ? {} : { plan }) };
    }
    case 'deny': {
      const { by, reason, request: name } = request;
      if (name !== undefined) return { type: 'approval-denied', request: name, by, reason };
      return { type: 'plan-denied', by, reason };
    }
  }
}

interface Mailbox {
  /** `signalId`: of the signal that asks for the event. */
  put(event: RunEvent, signalId?: string): void;
  wake(): void;
  isEmpty(): boolean;
  /** Resolves when something comes, or when it is woken. */
  arrival(): Promise<void>;
  /** Everything that has come. */
  take(): { events: RunEvent[]; takes: string[] | undefined };
}

function createMailbox(): Mailbox {
  let waiting: RunEvent[] = [];
  let signalIds: string[] | undefined;
  let wakeUp: (() => void) | null = null;
  const wake = (): void => {
    wakeUp?.();
    wakeUp = null;
  };
  return {
    put: (event, signalId) => {
      waiting.push(event);
      if (signalId !== undefined) signalIds = [...(signalIds ?? []), signalId];
      wake();
    },
    wake,
    isEmpty: () => waiting.length === 0,
    arrival: () =>
      new Promise((resolve) => {
        wakeUp = resolve;
      }),
    take: () => {
      const taken = { events: waiting, takes: signalIds };
      waiting = [];
      signalIds = undefined;
      return taken;
    },
  };
}
