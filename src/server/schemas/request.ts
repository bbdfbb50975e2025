/** What programs send: bodies and query strings. Whatever is unknown in them is refused. */
import { z } from 'zod';
import { runSectionIds } from '../../index.ts';
import { anyJson, named } from './named.ts';
import { strategySchema } from './run.ts';

const text = (most: number) => z.string().min(1).max(most);
const positive = z.number().positive();
const count = z.int().min(1);

/** Ids are made of what a path can hold; anything else is no run. */
export const runIdSchema = z.string().min(1).max(500);

/** A plan as a document: `checkPlan` says what is wrong with it, and where. */
const planDraft = anyJson;

/** A preset's or an operator's team by its name, or a definition as in a team file. */
const teamChoice = z.union([text(200), z.record(z.string(), z.json())]);

/** Each replaces the team's own. */
const limits = z
  .strictObject({
    concurrency: count.max(10_000),
    calls: count,
    tokens: count,
    usd: positive,
    timeoutMs: count.max(2_147_483_647),
    depth: count.max(16),
    retries: z.int().nonnegative().max(1000),
    reroutes: z.int().nonnegative().max(1000),
    replans: z.int().nonnegative().max(1000),
  })
  .partial();

export const startRunSchema = named(
  'StartRun',
  z.strictObject({
    /** May be left out with a plan, which has its own. */
    task: text(200_000).optional(),
    team: teamChoice.optional(),
    /** For roles that name no model. */
    model: text(2000).optional(),
    strategy: z.enum(['auto', ...strategySchema.options]).optional(),
    plan: planDraft.optional(),
    /** A folder below one of the server's `--files-root`. */
    files: text(4096).optional(),
    limits: limits.optional(),
    /** Waits for a person before anything of the plan runs. */
    approve: z.boolean().optional(),
    taskClass: text(200).optional(),
    seed: z.int().optional(),
    priority: z.int().nonnegative().max(1_000_000).optional(),
  }),
);
export type StartRun = z.infer<typeof startRunSchema>;

/** Tasks of one comparison that comes with a request. */
export const maxRequestedTasks = 1000;

export const startComparisonSchema = named(
  'StartComparison',
  z.strictObject({
    /** As in a tasks file: `{ id, task, check, files?, class?, accept? }`. `files`: a folder below one of the server's. */
    tasks: z.array(z.record(z.string(), z.json())).min(1).max(maxRequestedTasks),
    team: teamChoice.optional(),
    /** For roles that name no model, and for rubrics that name none. */
    model: text(2000).optional(),
    /** Of each run; `maxUsd` is of them all. */
    limits: limits.optional(),
    /** The most that all runs and gradings may cost, in USD. */
    maxUsd: z.number().nonnegative().optional(),
    /** Pairs of every task. Default 1. */
    repeats: count.max(1000).optional(),
    /** Pairs at once. Default 1: times are compared. */
    concurrency: count.max(16).optional(),
    /** Default 1. */
    seed: z.int().optional(),
    /** Runs every task and uses the classical test. Default false: it ends as soon as the answer is clear. */
    fixedN: z.boolean().optional(),
  }),
);
export type StartComparison = z.infer<typeof startComparisonSchema>;

export const cancelRunSchema = named('CancelRun', z.strictObject({ reason: text(10_000).optional() }));

export const answerRunSchema = named(
  'AnswerRun',
  z.strictObject({
    decision: z.enum(['approve', 'deny']),
    /** Needed to deny. */
    reason: text(10_000).optional(),
    /** A waiting item's id, or a subtask's id or path. Default: all that waits. */
    only: text(2000).optional(),
    /** Runs in place of the plan that waits. */
    plan: planDraft.optional(),
  }),
);
export type AnswerRun = z.infer<typeof answerRunSchema>;

export const forkRunSchema = named(
  'ForkRun',
  z.strictObject({
    /** Begins with so many of the run's events. */
    atSeq: count.optional(),
    /** Begins before the first attempt at this subtask. */
    before: text(200).optional(),
    /** What is to be otherwise about that subtask; `model` for it alone. */
    change: z
      .strictObject({
        instruction: text(200_000).exactOptional(),
        role: text(200).exactOptional(),
        model: text(2000).exactOptional(),
      })
      .optional(),
    /** Default true: the fork is driven on at once. */
    resume: z.boolean().optional(),
  }),
);
export type ForkRun = z.infer<typeof forkRunSchema>;

export const checkPlanSchema = named(
  'CheckPlan',
  z.strictObject({
    plan: planDraft,
    /** Whose roles the plan may name. Default: roles are not checked. */
    team: teamChoice.optional(),
    /** In place of `team`: of the team that this run was started with. */
    runId: runIdSchema.optional(),
    /** Adds the makespan with so many workers. */
    workers: count.max(100_000).optional(),
  }),
);
export type CheckPlanRequest = z.infer<typeof checkPlanSchema>;

export const openSessionSchema = named('OpenSession', z.strictObject({ token: text(500) }));

export const listRunsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).optional(),
  before: text(1000).optional(),
  /** In the task, upper and lower case alike. */
  search: text(1000).optional(),
  status: z.enum(['running', 'waiting', 'interrupted', 'succeeded', 'partial', 'failed', 'cancelled']).optional(),
});
export type ListRunsQuery = z.infer<typeof listRunsQuery>;

export const judgeQuery = z.strictObject({
  method: z.enum(['anytime', 'fixed']).optional(),
  alpha: z.coerce.number().gt(0).lt(1).optional(),
});

const sectionId = z.enum(runSectionIds);

/** `only=ledger&only=time`. Default: all of the page. */
export const runSectionsQuery = z.strictObject({
  only: z.union([sectionId.transform((id) => [id]), z.array(sectionId).min(1).max(runSectionIds.length)]).optional(),
});

/** Ids from the run's plan down to the subtask, each as a `path` of its own: `path=release&path=ship`. */
export const subtaskQuery = z.strictObject({
  path: z.union([text(200).transform((id) => [id]), z.array(text(200)).min(1).max(16)]),
});
