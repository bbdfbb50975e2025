/** The routes that do something with runs, and the check of plans. */
import { Hono } from 'hono';
import {
  answerRun,
  checkPlan,
  createModelRegistry,
  type EngineRun,
  forkRun,
  loadRunTeam,
  type Plan,
  PlanwrightError,
  type RunAnswer,
  type Team,
} from '../index.ts';
import { type ApiContext, findFolder, readTeam, reply } from './api-context.ts';
import { ApiError } from './api-error.ts';
import { jsonBody } from './json-body.ts';
import {
  answerRunOperation,
  cancelRunOperation,
  checkPlanOperation,
  forkRunOperation,
  resumeRunOperation,
  startRunOperation,
} from './operations.ts';
import type { AnswerRun, CheckPlanRequest, ForkRun, StartRun } from './schemas/request.ts';
import { withoutUndefined } from './without-undefined.ts';

export function actionRoutes(context: ApiContext) {
  const { store, driver } = context;
  return new Hono()
    .post(startRunOperation.path, jsonBody(startRunOperation.body, bodyOf(startRunOperation)), async (c) =>
      reply(c, await driver.start(await readRun(context, c.req.valid('json'))), 201),
    )
    .post(cancelRunOperation.path, jsonBody(cancelRunOperation.body), async (c) =>
      reply(c, await driver.cancel(c.req.param('runId'), c.req.valid('json').reason), 202),
    )
    .post(resumeRunOperation.path, async (c) => reply(c, await driver.resume(c.req.param('runId')), 202))
    .post(forkRunOperation.path, jsonBody(forkRunOperation.body), async (c) =>
      reply(c, await fork(context, c.req.param('runId'), c.req.valid('json')), 201),
    )
    .post(answerRunOperation.path, jsonBody(answerRunOperation.body, bodyOf(answerRunOperation)), async (c) => {
      const runId = c.req.param('runId');
      const answered = await answerRun(store, runId, await readAnswer(context, runId, c.req.valid('json')));
      const drivenBy = await driver.goOn(runId, new Set(answered.map(({ id }) => id)));
      return reply(c, { runId, drivenBy, answered }, 202);
    })
    .post(checkPlanOperation.path, jsonBody(checkPlanOperation.body, bodyOf(checkPlanOperation)), async (c) =>
      reply(c, await check(context, c.req.valid('json')), 200),
    );
}

function bodyOf({ maxBodyBytes }: { maxBodyBytes: number }): { maxBytes: number } {
  return { maxBytes: maxBodyBytes };
}

/** @throws {PlanwrightError} `usage`, `plan-invalid`, `team-invalid`, `path-outside-root`. */
async function readRun(context: ApiContext, asked: StartRun): Promise<EngineRun> {
  const { task, team, plan: draft, files, limits, model = context.info.model, ...rest } = asked;
  const named = team === undefined ? undefined : await readTeam(context, team);
  if (draft !== undefined && (rest.strategy === 'single' || rest.strategy === 'cascade')) {
    throw new PlanwrightError('usage', `A plan is run by the team, not with the strategy ${rest.strategy}.`);
  }
  const plan = draft === undefined ? undefined : readPlan(draft, named);
  const said = task?.trim() ?? plan?.task ?? '';
  if (said === '') throw new PlanwrightError('usage', 'There is no task: give `task`, or a `plan` with one.');
  return {
    ...withoutUndefined(rest),
    task: said,
    model,
    ...(named === undefined ? {} : { team: named }),
    ...(plan === undefined ? {} : { plan }),
    ...(files === undefined ? {} : { files: await findFolder(context, files) }),
    ...(limits === undefined ? {} : { limits: withoutUndefined(limits) }),
  };
}

/** @throws {PlanwrightError} `plan-invalid` with every problem. */
function readPlan(draft: unknown, team: Team | undefined): Plan {
  const { plan, problems } = checkPlan(draft, team === undefined ? {} : { roles: rolesOf(team) });
  if (plan !== undefined) return plan;
  const [first] = problems;
  const place = first?.path === undefined ? '' : `${first.path}: `;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  throw new PlanwrightError('plan-invalid', `${place}${first?.message ?? ''}${more}`, { details: { problems } });
}

function rolesOf({ roles, generalist }: Team): string[] {
  return [...new Set([...Object.keys(roles), generalist.name])];
}

async function readAnswer({ store, answersAs }: ApiContext, runId: string, asked: AnswerRun): Promise<RunAnswer> {
  const { decision, reason, only, plan: draft } = asked;
  const about = { by: answersAs, ...(only === undefined ? {} : { only }) };
  if (decision === 'deny') {
    if (reason === undefined) throw new ApiError('malformed', 'reason: say why, for the run’s journal.');
    if (draft !== undefined)
      throw new ApiError('malformed', 'plan: a plan in place of the one that waits is approved, not denied.');
    return { type: 'deny', reason, ...about };
  }
  const plan = draft === undefined ? undefined : readPlan(draft, await loadRunTeam(store, runId));
  return { type: 'approve', ...about, ...(plan === undefined ? {} : { plan }) };
}

async function fork(context: ApiContext, runId: string, { resume = true, change, ...place }: ForkRun) {
  const { store, driver } = context;
  await refuseModel(context, change?.model);
  const { runId: forkId, forkedFrom } = await forkRun(store, runId, {
    ...withoutUndefined(place),
    ...(change === undefined ? {} : { change: withoutUndefined(change) }),
  });
  const from = forkedFrom ?? { runId, seq: 0 };
  if (!resume) return { runId: forkId, drivenBy: 'nobody' as const, forkedFrom: from };
  const { drivenBy } = await driver.resume(forkId);
  return { runId: forkId, drivenBy, forkedFrom: from };
}

/** Before there is a fork that nothing could drive. @throws {PlanwrightError} `model-unknown`, `secret-missing`. */
async function refuseModel({ info }: ApiContext, spec: string | undefined): Promise<void> {
  if (spec !== undefined && spec !== info.model) await createModelRegistry().resolve(spec);
}

async function check(context: ApiContext, { plan, team, runId, workers }: CheckPlanRequest) {
  if (team !== undefined && runId !== undefined) {
    throw new ApiError('malformed', 'Give `team` or `runId`, not both: either says whose roles a plan may name.');
  }
  const named =
    runId !== undefined
      ? await loadRunTeam(context.store, runId)
      : team === undefined
        ? undefined
        : await readTeam(context, team);
  return checkPlan(plan, {
    ...(named === undefined ? {} : { roles: rolesOf(named) }),
    ...(workers === undefined ? {} : { workers }),
  });
}
