/** The routes of comparisons: those of the store are looked at, whoever runs them; new ones are run by this server. */
import { Hono } from 'hono';
import { type ComparisonTask, listComparisons, parseComparisonTasks } from '../index.ts';
import { type ApiContext, findFolder, readTeam, reply } from './api-context.ts';
import type { WantedComparison } from './comparison-driver.ts';
import { jsonBody, queryOf } from './json-body.ts';
import { judge } from './judge.ts';
import {
  cancelComparisonOperation,
  getComparisonOperation,
  listComparisonsOperation,
  startComparisonOperation,
} from './operations.ts';
import type { StartComparison } from './schemas/request.ts';
import { withoutUndefined } from './without-undefined.ts';

export function comparisonRoutes(context: ApiContext) {
  const { store, comparisons } = context;
  const { body, maxBodyBytes: maxBytes } = startComparisonOperation;
  return new Hono()
    .get(listComparisonsOperation.path, async (c) =>
      reply(c, { comparisons: await listComparisons(store), underWay: comparisons.listUnderWay() }, 200),
    )
    .post(startComparisonOperation.path, jsonBody(body, { maxBytes }), async (c) =>
      reply(c, await comparisons.start(await readComparison(context, c.req.valid('json'))), 201),
    )
    .get(getComparisonOperation.path, queryOf(getComparisonOperation.query), async (c) => {
      const comparisonId = c.req.param('comparisonId');
      // Before the pairs are read: of one that has ended in between, all of them are.
      const progress = structuredClone(comparisons.progressOf(comparisonId));
      return reply(c, { ...(await judge(context, comparisonId, c.req.valid('query'))), progress }, 200);
    })
    .post(cancelComparisonOperation.path, (c) => reply(c, comparisons.cancel(c.req.param('comparisonId')), 202));
}

/** @throws {PlanwrightError} `usage` with every problem of the tasks; `team-invalid`, `path-outside-root`. */
async function readComparison(context: ApiContext, asked: StartComparison): Promise<WantedComparison> {
  const { tasks: given, team: choice, limits = {}, ...rest } = asked;
  const named = await readTeam(context, choice ?? 'research');
  const team = { ...named, limits: { ...named.limits, ...withoutUndefined(limits) } };
  return { ...withoutUndefined(rest), team, tasks: await readTasks(context, given) };
}

/** Folders are found first: outside of the operator's, not even whether there is one is told. */
async function readTasks(context: ApiContext, given: StartComparison['tasks']): Promise<ComparisonTask[]> {
  const placed = await Promise.all(
    given.map(async (task) => {
      const { files } = task;
      return typeof files === 'string' ? { ...task, files: await findFolder(context, files) } : task;
    }),
  );
  const lines = placed.map((task) => JSON.stringify(task)).join('\n');
  // Its messages say `tasks:3` for the third.
  return parseComparisonTasks(lines, { file: 'tasks' });
}
