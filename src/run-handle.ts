/** What `runTask` hands back: await it for the result, iterate its events while it runs, cancel it. */
import type { JournalEntry } from './events.ts';
import type { Json } from './json.ts';
import type { RunReport } from './measure/run-report.ts';

/** An event of a run or of one of its sub-teams' runs. */
export interface RunUpdate extends JournalEntry {
  runId: string;
}

/** The report of a run; with `output` the deliverable has its type, or is null when none was accepted. */
export type RunResult<Deliverable = Json> = Omit<RunReport, 'deliverable'> & { deliverable: Deliverable | null };

/** A promise of the result that is also a hold on the run. */
export type RunHandle<Deliverable = Json> = Promise<RunResult<Deliverable>> & {
  runId: string;
  /** Events in the order in which they became durable. Ends with the run. Each iteration starts from the first event. */
  events: AsyncIterable<RunUpdate>;
  /** Ends the run for good; it can't be resumed. */
  cancel(reason?: string): void;
};

/** A list that can be read while it grows, any number of times, from its beginning. */
export function createUpdateLog(): { push(updates: RunUpdate[]): void; close(): void; updates: AsyncIterable<RunUpdate> } {
  const log: RunUpdate[] = [];
  let isClosed = false;
  let wakers: (() => void)[] = [];
  const wakeAll = (): void => {
    for (const wake of wakers.splice(0)) wake();
  };
  async function* read(): AsyncGenerator<RunUpdate> {
    for (let at = 0; ; ) {
      const update = log[at];
      if (update !== undefined) {
        at += 1;
        yield update;
      } else if (isClosed) return;
      else await new Promise<void>((resolve) => wakers.push(resolve));
    }
  }
  return {
    push: (updates) => {
      for (const update of updates) log.push(update);
      wakeAll();
    },
    close: () => {
      isClosed = true;
      wakeAll();
      wakers = [];
    },
    updates: { [Symbol.asyncIterator]: read },
  };
}
