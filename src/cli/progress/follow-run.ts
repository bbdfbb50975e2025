/** Shows a run while it goes on, and waits for its end or for its interruption. */
import { type LiveDelta, type RunHandle, type RunResult, systemClock } from '../../index.ts';
import { graceMs } from '../interrupts.ts';
import type { CliIo } from '../io.ts';
import { type LiveTree, startLiveTree } from './live-tree.ts';
import { describeUpdate } from './plain-lines.ts';
import { Progress } from './progress.ts';

export interface FollowOptions {
  interrupted: AbortSignal;
  /** What is known of a run that goes on. */
  progress?: Progress;
}

export type FollowedRun =
  | { kind: 'told'; result: RunResult }
  /** Interrupted, and not stopped within the grace period or not even begun. */
  | { kind: 'cut-off'; runId: string; hasBegun: boolean };

const offlineLine =
  'The model is "offline": rules, not a language model. It searches and quotes the given files and evaluates arithmetic; --model names another.';

export type StartRun = (options: { signal: AbortSignal; onDelta: (runId: string, delta: LiveDelta) => void }) => RunHandle;

export async function followRun(
  io: CliIo,
  start: StartRun,
  { interrupted, progress: known }: FollowOptions,
): Promise<FollowedRun> {
  let progress = known;
  const handle = start({ signal: interrupted, onDelta: (runId, delta) => progress?.enterDelta(runId, delta) });
  progress ??= new Progress(handle.runId);
  const display = showRun(io, handle, progress);
  const given = await Promise.race([handle.then((result) => ({ kind: 'told' as const, result })), untilCutOff(interrupted)]);
  if (given.kind === 'told') await display.settled;
  display.close();
  const hasBegun = progress.root.state.phase !== 'new';
  if (given.kind === 'told' && (given.result.status !== 'interrupted' || hasBegun)) return given;
  return { kind: 'cut-off', runId: handle.runId, hasBegun };
}

function showRun(io: CliIo, handle: RunHandle, progress: Progress): { settled: Promise<void>; close(): void } {
  let tree: LiveTree | null = null;
  let isClosed = false;
  let hasToldModel = false;
  const { terminal } = io;
  const sinceMs = systemClock.now();
  const tellModel = (): void => {
    if (hasToldModel || progress.root.state.phase === 'new') return;
    hasToldModel = true;
    const models = Object.values(progress.root.state.settings.roles).map(({ model }) => model);
    if (models.includes('offline')) io.note(`${offlineLine}\n`);
    if (terminal !== null) tree = startLiveTree({ progress, terminal, clock: systemClock, write: (text) => io.note(text) });
  };
  const read = async (): Promise<void> => {
    for await (const update of handle.events) {
      if (isClosed) return;
      const givenUp = progress.enter(update);
      tellModel();
      if (terminal !== null) continue;
      for (const line of describeUpdate(progress, update, givenUp, sinceMs)) io.note(`${line}\n`);
    }
  };
  return {
    settled: read(),
    close: () => {
      isClosed = true;
      tree?.close();
    },
  };
}

/** Resolves the grace period after the interruption; never without one. */
function untilCutOff(interrupted: AbortSignal): Promise<{ kind: 'cut-off' }> {
  return new Promise((resolve) => {
    const wait = (): void => void setTimeout(() => resolve({ kind: 'cut-off' }), graceMs).unref();
    if (interrupted.aborted) wait();
    else interrupted.addEventListener('abort', wait, { once: true });
  });
}
