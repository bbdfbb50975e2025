/**
 * What a worker has in hand: each piece under its DBOS workflow's id, with the signal that stops it. DBOS records how a
 * workflow ended; work that is given up must not be recorded, so its promise never settles, and another worker does it.
 */
import { PlanwrightError } from '../../errors.ts';
import { isInterruption } from '../drive.ts';

export type HandKind = 'run' | 'work';

export interface Hands {
  /** Does the work under a signal. Work that throws after an abort for an interruption, or because the store failed, never settles. */
  hold(id: string, kind: HandKind, work: (signal: AbortSignal) => Promise<void>): Promise<void>;
  count(kind: HandKind): number;
  ids(kind: HandKind): string[];
  /** Stops one piece for good: nobody wants it any more. */
  withdraw(id: string): void;
  /** Stops everything of these kinds; another worker goes on with it. */
  giveUp(kinds: readonly HandKind[], reason: string): void;
  /** Resolves when nothing of these kinds is in hand, or after `atMostMs`. @returns whether it is so. */
  empty(kinds: readonly HandKind[], atMostMs: number): Promise<boolean>;
}

interface Piece {
  kind: HandKind;
  controller: AbortController;
}

export interface HandsOptions {
  /** Whenever a piece has left. */
  onFree: () => void;
  /** The store failed under a piece, which was given up: until this worker has joined anew nobody else can take it. */
  onBroken: () => void;
}

export function createHands({ onFree, onBroken }: HandsOptions): Hands {
  const pieces = new Map<string, Piece>();
  const listeners = new Set<() => void>();
  const countOf = (kinds: readonly HandKind[]): number => [...pieces.values()].filter(({ kind }) => kinds.includes(kind)).length;
  return {
    hold: async (id, kind, work) => {
      const controller = new AbortController();
      const piece = { kind, controller };
      pieces.set(id, piece);
      try {
        await work(controller.signal);
      } catch (thrown) {
        leave(id, piece);
        const isBroken = isStoreFailure(thrown);
        if (isBroken) onBroken();
        if (isBroken || isInterruption(controller.signal.reason)) await never();
        if (controller.signal.aborted) return;
        throw thrown;
      }
      leave(id, piece);
    },
    count: (kind) => countOf([kind]),
    ids: (kind) => [...pieces].filter(([, piece]) => piece.kind === kind).map(([id]) => id),
    withdraw: (id) => pieces.get(id)?.controller.abort(new PlanwrightError('cancelled', 'The work was withdrawn.')),
    giveUp: (kinds, reason) => {
      for (const { kind, controller } of pieces.values()) {
        if (kinds.includes(kind)) controller.abort(interruption(reason));
      }
    },
    empty: (kinds, atMostMs) =>
      new Promise((resolve) => {
        const finish = (isEmpty: boolean): void => {
          clearTimeout(timer);
          listeners.delete(look);
          resolve(isEmpty);
        };
        const look = (): void => {
          if (countOf(kinds) === 0) finish(true);
        };
        const timer = setTimeout(() => finish(countOf(kinds) === 0), atMostMs);
        listeners.add(look);
        look();
      }),
  };

  function leave(id: string, piece: Piece): void {
    if (pieces.get(id) !== piece) return;
    pieces.delete(id);
    onFree();
    for (const listener of listeners) listener();
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
}

function isStoreFailure(thrown: unknown): boolean {
  return thrown instanceof PlanwrightError && thrown.code === 'store-failed';
}

function interruption(reason: string): PlanwrightError {
  return new PlanwrightError('cancelled', reason, { details: { interrupted: true } });
}
