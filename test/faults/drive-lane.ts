/** A disturbed run on SQLite: processes drive it, the harness answers what it waits for. */
import { openSqliteStore } from 'planwright';
import { answerAll } from './check-survey.ts';
import type { DriveAnswer, DriveOrder } from './drive-process.ts';
import { startToldProcess, type ToldProcess, type ToldProcessOptions } from './processes.ts';

export type Driver = ToldProcess<DriveOrder, DriveAnswer>;

/** Waits until it has loaded everything. */
export async function startDriver(options: ToldProcessOptions = {}): Promise<Driver> {
  const driver = startToldProcess<DriveOrder, DriveAnswer>('drive-process.ts', options);
  const first = await driver.next();
  if (first?.kind !== 'ready') throw new Error(`The driver did not start: ${driver.stderr()}`);
  return driver;
}

/** Has it drive the run until it ends, answering all that it waits for. @returns undefined when the process died of it. */
export async function driveToEnd(
  driver: Driver,
  order: DriveOrder,
): Promise<Exclude<DriveAnswer, { kind: 'ready' }> | undefined> {
  for (;;) {
    driver.tell(order);
    const answer = await driver.next();
    if (answer === undefined || answer.kind === 'ready') return undefined;
    if (answer.kind === 'failed') return answer;
    // Another process took it up in the moment between.
    if (answer.status === 'running') continue;
    if (answer.status !== 'waiting') return answer;
    const store = await openSqliteStore(order.storePath);
    try {
      await answerAll(store);
    } finally {
      await store.close();
    }
  }
}
