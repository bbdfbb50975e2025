/**
 * A process that drives the scenario on a SQLite store. It loads everything, says `ready`, and then does what it is told, one order
 * after another. With `deathAt` it kills itself with SIGKILL at that many commits: right after the writes of a transaction are
 * durable and before anything that follows from them.
 */
import { openSqliteStore, resumeRun, runTask, type Store } from 'planwright';
import { runId, surveyBudget, surveyTeam, surveyTools, task } from './scenario.ts';

export interface DriveOrder {
  storePath: string;
  actsFile: string;
  spec: string;
  /** Calls that the budget leaves for those that fail. Default 0. */
  spareCalls?: number;
  /** Counted over the orders of this process. */
  deathAt?: number;
}

export type DriveAnswer =
  | { kind: 'ready' }
  | { kind: 'ended'; status: string; deliverable: unknown; errors: string[]; reason: string; commits: number }
  | { kind: 'failed'; code: string; message: string };

let commits = 0;

const durable = new Set(['createRun', 'updateRun', 'appendEvents', 'putValue', 'putCall', 'putOutcome']);

/** Writes of one turn are one transaction (GroupCommit) and resolve together: the first of them tells of it. */
function dieAt(store: Store, deathAt: number): Store {
  let isCounted = false;
  const count = (): void => {
    if (isCounted) return;
    isCounted = true;
    process.nextTick(() => {
      isCounted = false;
    });
    commits += 1;
    if (commits === deathAt) process.kill(process.pid, 'SIGKILL');
  };
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (!durable.has(String(name))) return member.bind(target) as unknown;
      return async (...args: unknown[]): Promise<unknown> => {
        const result: unknown = await (Reflect.apply(member, target, args) as Promise<unknown>);
        count();
        return result;
      };
    },
  });
}

async function drive({
  storePath,
  actsFile,
  spec,
  spareCalls = 0,
  deathAt = Number.POSITIVE_INFINITY,
}: DriveOrder): Promise<DriveAnswer> {
  const opened = await openSqliteStore(storePath);
  try {
    const store = dieAt(opened, deathAt);
    const tools = surveyTools(actsFile);
    const team = surveyTeam({ ...surveyBudget, calls: surveyBudget.calls + spareCalls });
    const isThere = (await store.readEvents(runId)).length > 0;
    const result = await (isThere
      ? resumeRun({ runId, store, tools })
      : runTask({ task, team, tools, strategy: 'team', runId, model: spec, store }));
    const failures = result.subtasks.flatMap(({ error }) => error ?? []);
    const reason = [result.endReason, result.detail, ...failures.map(({ message }) => message)].join('; ');
    const errors = failures.map(({ code }) => code);
    return { kind: 'ended', status: result.status, deliverable: result.deliverable, errors, reason, commits };
  } catch (thrown) {
    const { code = 'unknown', message } = thrown as { code?: string; message: string };
    return { kind: 'failed', code, message };
  } finally {
    await opened.close();
  }
}

process.on('message', (order: DriveOrder) => {
  drive(order).then(
    (answer) => process.send?.(answer),
    (thrown: unknown) => process.send?.({ kind: 'failed', code: 'close', message: String(thrown) } satisfies DriveAnswer),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ kind: 'ready' } satisfies DriveAnswer);
