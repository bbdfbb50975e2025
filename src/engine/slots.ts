/** Attempts at once over a whole tree of runs, first come first served. Composites hold none, so a limit of 1 can't deadlock. */
export interface Slots {
  /** Resolves to the function that gives the slot back. Rejects with the signal's reason when it aborts first. */
  acquire(signal: AbortSignal): Promise<() => void>;
}

/** One attempt's place among those at work; it is given up while the attempt waits for a person. */
export interface Place {
  /** Does nothing when it is taken. Rejects with the signal's reason when it aborts first. */
  take(): Promise<void>;
  leave(): void;
}

export function createPlace(slots: Slots, signal: AbortSignal): Place {
  let release: (() => void) | null = null;
  let taking: Promise<void> | null = null;
  const acquire = async (): Promise<void> => {
    try {
      release = await slots.acquire(signal);
    } finally {
      taking = null;
    }
  };
  return {
    take: () => {
      if (release !== null) return Promise.resolve();
      taking ??= acquire();
      return taking;
    },
    leave: () => {
      release?.();
      release = null;
    },
  };
}

export function createSlots(most: number): Slots {
  let free = most;
  const waiting = new Set<() => void>();
  const release = (): void => {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else {
      waiting.delete(next);
      next();
    }
  };
  const releaseOnce = (): (() => void) => {
    let isHeld = true;
    return () => {
      if (isHeld) release();
      isHeld = false;
    };
  };
  return {
    acquire: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason);
        } else if (free > 0) {
          free -= 1;
          resolve(releaseOnce());
        } else {
          const take = (): void => {
            signal.removeEventListener('abort', giveUp);
            resolve(releaseOnce());
          };
          const giveUp = (): void => {
            waiting.delete(take);
            reject(signal.reason);
          };
          waiting.add(take);
          signal.addEventListener('abort', giveUp, { once: true });
        }
      }),
  };
}
