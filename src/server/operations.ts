/** Every route below /api, in the order of docs/server.md. */
import { z } from 'zod';
import { planBodyBytes, sessionBodyBytes, tasksBodyBytes } from './json-body.ts';
import { type Operation, operation } from './operation.ts';
import { runAcceptedSchema, runAnsweredSchema, runCancelledSchema, runForkedSchema, serverInfoSchema } from './schemas/action.ts';
import { callListSchema } from './schemas/call.ts';
import { comparisonListSchema, comparisonNowSchema, comparisonProgressSchema } from './schemas/comparison.ts';
import { runUpdateSchema } from './schemas/event.ts';
import { planCheckSchema } from './schemas/plan.ts';
import {
  answerRunSchema,
  cancelRunSchema,
  checkPlanSchema,
  forkRunSchema,
  judgeQuery,
  listRunsQuery,
  openSessionSchema,
  runSectionsQuery,
  startComparisonSchema,
  startRunSchema,
  subtaskQuery,
} from './schemas/request.ts';
import { runListSchema, runReportSchema } from './schemas/run.ts';
import { sectionListSchema } from './schemas/section.ts';
import { runDifferenceSchema, subtaskHistorySchema } from './schemas/subtask.ts';

const runs = { tag: 'runs' } as const;

export const listRunsOperation = operation({
  ...runs,
  method: 'get',
  path: '/api/runs',
  id: 'listRuns',
  summary: 'Runs, newest first; those of sub-teams are not listed.',
  query: listRunsQuery,
  responses: { 200: { description: 'A page of runs.', schema: runListSchema } },
});

export const startRunOperation = operation({
  ...runs,
  method: 'post',
  path: '/api/runs',
  id: 'startRun',
  summary: 'Starts a run. It is in the store when the answer comes, and goes on by itself.',
  body: startRunSchema,
  maxBodyBytes: planBodyBytes,
  responses: { 201: { description: 'The run has begun.', schema: runAcceptedSchema } },
});

export const getRunOperation = operation({
  ...runs,
  method: 'get',
  path: '/api/runs/:runId',
  id: 'getRun',
  summary: 'The report of a run, as `planwright show --json` gives it; also while it runs.',
  responses: { 200: { description: 'The report.', schema: runReportSchema } },
});

export const followRunOperation = operation({
  ...runs,
  method: 'get',
  path: '/api/runs/:runId/events',
  id: 'followRun',
  summary: 'The events of a run and of its sub-teams’ runs, as they come. `Last-Event-ID` goes on behind the event of that id.',
  query: z.strictObject({ after: z.string().max(100_000).optional() }),
  responses: {
    200: {
      description: 'Server-sent events: run-event (with an id), status, delta, end.',
      contentType: 'text/event-stream',
      schema: runUpdateSchema,
    },
    204: { description: 'The run has ended, and nothing is behind that event.' },
  },
});

export const getSubtaskOperation = operation({
  ...runs,
  method: 'get',
  path: '/api/runs/:runId/subtasks',
  id: 'getSubtask',
  summary: 'One subtask: what each attempt was told, what it called, what came of it and why.',
  query: subtaskQuery,
  responses: { 200: { description: 'The subtask.', schema: subtaskHistorySchema } },
});

export const listCallsOperation = operation({
  ...runs,
  method: 'get',
  path: '/api/runs/:runId/calls',
  id: 'listCalls',
  summary: 'What the calls of a run and of its sub-teams’ runs took, one by one, without their texts.',
  responses: { 200: { description: 'The calls.', schema: callListSchema } },
});

export const cancelRunOperation = operation({
  ...runs,
  method: 'post',
  path: '/api/runs/:runId/cancel',
  id: 'cancelRun',
  summary: 'Ends a run for good, whoever drives it.',
  body: cancelRunSchema,
  responses: { 202: { description: 'It is cancelled, or its process has been asked.', schema: runCancelledSchema } },
});

export const resumeRunOperation = operation({
  ...runs,
  method: 'post',
  path: '/api/runs/:runId/resume',
  id: 'resumeRun',
  summary: 'Goes on with a run that was interrupted, or that waits and was answered.',
  responses: { 202: { description: 'The run goes on.', schema: runAcceptedSchema } },
});

export const forkRunOperation = operation({
  ...runs,
  method: 'post',
  path: '/api/runs/:runId/fork',
  id: 'forkRun',
  summary: 'A new run that begins as this one did.',
  body: forkRunSchema,
  responses: { 201: { description: 'The fork is there.', schema: runForkedSchema } },
});

export const answerRunOperation = operation({
  ...runs,
  method: 'post',
  path: '/api/runs/:runId/approve',
  id: 'answerRun',
  summary: 'A person’s answer to what a run waits for: a plan, an attempt, or a tool call. The run then goes on.',
  body: answerRunSchema,
  maxBodyBytes: planBodyBytes,
  responses: { 202: { description: 'What was answered.', schema: runAnsweredSchema } },
});

export const diffRunsOperation = operation({
  ...runs,
  method: 'get',
  path: '/api/runs/:runId/diff/:otherId',
  id: 'diffRuns',
  summary: 'Two runs side by side, subtask by subtask: a fork and the run it began as.',
  responses: { 200: { description: 'What differs.', schema: runDifferenceSchema } },
});

export const checkPlanOperation = operation({
  tag: 'plans',
  method: 'post',
  path: '/api/plans/check',
  id: 'checkPlan',
  summary: 'What is wrong with a plan, and its shape. A plan with problems is no failure: `ok` says so.',
  body: checkPlanSchema,
  maxBodyBytes: planBodyBytes,
  responses: { 200: { description: 'The check.', schema: planCheckSchema } },
});

export const getRunPageOperation = operation({
  ...runs,
  method: 'get',
  path: '/api/runs/:runId/page',
  id: 'getRunPage',
  summary: 'The run as a page without scripts, as `planwright show --html` writes it.',
  responses: { 200: { description: 'The page.', contentType: 'text/html' } },
});

export const getRunSectionsOperation = operation({
  ...runs,
  method: 'get',
  path: '/api/runs/:runId/sections',
  id: 'getRunSections',
  summary: 'Sections of that page by themselves, also while it runs.',
  query: runSectionsQuery,
  responses: { 200: { description: 'The sections.', schema: sectionListSchema } },
});

export const listComparisonsOperation = operation({
  tag: 'comparisons',
  method: 'get',
  path: '/api/comparisons',
  id: 'listComparisons',
  summary: 'Comparisons, newest first: those of the store of which a pair has ended, and those that this server runs.',
  responses: { 200: { description: 'The comparisons.', schema: comparisonListSchema } },
});

export const startComparisonOperation = operation({
  tag: 'comparisons',
  method: 'post',
  path: '/api/comparisons',
  id: 'startComparison',
  summary: 'Starts a comparison of a team with one agent. The same request goes on where an earlier one was left.',
  body: startComparisonSchema,
  maxBodyBytes: tasksBodyBytes,
  responses: { 201: { description: 'Nothing is wrong with it, and it has begun.', schema: comparisonProgressSchema } },
});

export const getComparisonOperation = operation({
  tag: 'comparisons',
  method: 'get',
  path: '/api/comparisons/:comparisonId',
  id: 'getComparison',
  summary: 'The verdict over the pairs that have ended so far.',
  query: judgeQuery,
  responses: { 200: { description: 'The comparison as it is.', schema: comparisonNowSchema } },
});

export const getComparisonPageOperation = operation({
  tag: 'comparisons',
  method: 'get',
  path: '/api/comparisons/:comparisonId/report',
  id: 'getComparisonPage',
  summary: 'Its report as a page without scripts, as `planwright compare --html` writes it.',
  query: judgeQuery,
  responses: { 200: { description: 'The page.', contentType: 'text/html' } },
});

export const getComparisonSectionsOperation = operation({
  tag: 'comparisons',
  method: 'get',
  path: '/api/comparisons/:comparisonId/sections',
  id: 'getComparisonSections',
  summary: 'The sections of that page by themselves, over the pairs that have ended so far.',
  query: judgeQuery,
  responses: { 200: { description: 'The sections.', schema: sectionListSchema } },
});

export const cancelComparisonOperation = operation({
  tag: 'comparisons',
  method: 'post',
  path: '/api/comparisons/:comparisonId/cancel',
  id: 'cancelComparison',
  summary: 'Stops a comparison that this server runs: what is under way is interrupted, what has ended counts.',
  responses: { 202: { description: 'It stops.', schema: comparisonProgressSchema } },
});

export const getServerOperation = operation({
  tag: 'server',
  method: 'get',
  path: '/api/server',
  id: 'getServer',
  summary: 'What this server offers: teams, model, folders.',
  responses: { 200: { description: 'The server.', schema: serverInfoSchema } },
});

export const getOpenApiOperation = operation({
  tag: 'server',
  method: 'get',
  path: '/api/openapi.json',
  id: 'getOpenApi',
  summary: 'This description.',
  responses: { 200: { description: 'An OpenAPI 3.1 document.', schema: z.looseObject({}) } },
});

export const openSessionOperation = operation({
  tag: 'server',
  method: 'post',
  path: '/api/session',
  id: 'openSession',
  summary: 'Opens a session of a browser, by a link’s token or the server’s: the answer sets its cookie.',
  body: openSessionSchema,
  maxBodyBytes: sessionBodyBytes,
  responses: { 204: { description: 'The session is open.' } },
  isOpen: true,
});

export const closeSessionOperation = operation({
  tag: 'server',
  method: 'delete',
  path: '/api/session',
  id: 'closeSession',
  summary: 'Closes the browser’s session.',
  responses: { 204: { description: 'It is closed.' } },
});

export const operations: readonly Operation[] = [
  listRunsOperation,
  startRunOperation,
  getRunOperation,
  followRunOperation,
  getSubtaskOperation,
  listCallsOperation,
  cancelRunOperation,
  resumeRunOperation,
  forkRunOperation,
  answerRunOperation,
  diffRunsOperation,
  getRunPageOperation,
  getRunSectionsOperation,
  checkPlanOperation,
  listComparisonsOperation,
  startComparisonOperation,
  getComparisonOperation,
  getComparisonPageOperation,
  getComparisonSectionsOperation,
  cancelComparisonOperation,
  getServerOperation,
  getOpenApiOperation,
  openSessionOperation,
  closeSessionOperation,
];
