/** The routes that look at runs. */
import { Hono, type TypedResponse } from 'hono';
import { compareRuns, PlanwrightError, readSubtaskHistory, reportRun } from '../index.ts';
import { type ApiContext, reply } from './api-context.ts';
import { asNotFound } from './api-error.ts';
import { queryOf } from './json-body.ts';
import { listCalls } from './list-calls.ts';
import { listRuns } from './list-runs.ts';
import {
  diffRunsOperation,
  followRunOperation,
  getRunOperation,
  getSubtaskOperation,
  listCallsOperation,
  listRunsOperation,
} from './operations.ts';

export function readRoutes(context: ApiContext) {
  const { store, hub } = context;
  return new Hono()
    .get(listRunsOperation.path, queryOf(listRunsOperation.query), async (c) =>
      reply(c, await listRuns(store, c.req.valid('query')), 200),
    )
    .get(getRunOperation.path, async (c) => reply(c, await reportRun(store, c.req.param('runId')), 200))
    .get(followRunOperation.path, queryOf(followRunOperation.query), async (c) => {
      const runId = c.req.param('runId');
      await refuseUnknown(context, runId);
      const stream = await hub.open(runId, c.req.header('last-event-id') ?? c.req.valid('query').after);
      if (stream === null) return c.body(null, 204);
      return c.body(stream, 200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        // A proxy that collects an answer before it hands it on would hand on nothing.
        'x-accel-buffering': 'no',
      }) as unknown as Response & TypedResponse<string, 200, 'text'>;
    })
    .get(getSubtaskOperation.path, queryOf(getSubtaskOperation.query), async (c) =>
      reply(
        c,
        await readSubtaskHistory(store, c.req.param('runId'), c.req.valid('query').path).catch((thrown: unknown) => {
          throw asNotFound(thrown);
        }),
        200,
      ),
    )
    .get(listCallsOperation.path, async (c) => reply(c, await listCalls(store, c.req.param('runId')), 200))
    .get(diffRunsOperation.path, async (c) => {
      const { runId, otherId } = c.req.param();
      return reply(c, await compareRuns(store, runId, otherId), 200);
    });
}

/** @throws {PlanwrightError} `run-unknown`; `usage` for the run of a sub-team, whose events come with its parent's. */
async function refuseUnknown({ store }: ApiContext, runId: string): Promise<void> {
  const run = await store.getRun(runId);
  if (run === undefined) throw new PlanwrightError('run-unknown', `No run "${runId.slice(0, 200)}" in ${store.location}.`);
  if (run.parentRunId !== null) {
    throw new PlanwrightError('usage', `Run "${runId}" is that of a sub-team. Its events come with those of ${run.rootRunId}.`);
  }
}
