/** Asks for one plan after another and tells at which try each was valid. What happened is read from the runs' events. */
import { loadTeam, MemoryStore, type RunEvent, type RunTaskOptions, runTask } from 'planwright';
import type { PlanningTask } from './planning-tasks.ts';

export interface PlanTries {
  team: string;
  task: string;
  /** 1 or 2; null: the plan was refused twice, or the model gave none. */
  validTry: number | null;
  /** Of each refused try, in order: the codes of its problems, each once. A call that failed stands as its error's code. */
  refused: string[][];
  /** Of the valid plan. */
  subtasks: number;
  seconds: number;
}

export interface MeasureOptions {
  model: NonNullable<RunTaskOptions['model']>;
  /** The folder that the tasks of `research` ask about. */
  files: string;
  signal: AbortSignal;
}

/** For a model that never ends its answer. A plan of these tasks takes some 300 tokens. */
const planTokens = 800;
const planTimeoutMs = 180_000;

/** The way of `planTask`, with the run's events kept: nothing of the plan is carried out. */
export async function measurePlan({ team, task }: PlanningTask, { model, files, signal }: MeasureOptions): Promise<PlanTries> {
  const store = new MemoryStore();
  const material = team === 'research' ? { files } : {};
  const preset = await loadTeam(team);
  const bounded = { ...preset, planner: { ...preset.planner, maxOutputTokens: planTokens } };
  const limits = { timeoutMs: planTimeoutMs };
  const run = runTask({ task, team: bounded, model, strategy: 'team', approve: true, limits, store, signal, ...material });
  const { ledger, plan } = await run;
  const events = (await store.readEvents(run.runId)).map(({ event }) => event);
  await store.close();
  const validTry = events.find((event) => event.type === 'plan-accepted')?.attempt ?? null;
  return {
    team,
    task,
    validTry,
    refused: events.flatMap(readRefusal),
    subtasks: validTry === null ? 0 : plan.subtasks.length,
    seconds: ledger.makespanMs / 1000,
  };
}

function readRefusal(event: RunEvent): string[][] {
  if (event.type === 'plan-refused') return [[...new Set(event.problems.map(({ code }) => code))]];
  if (event.type === 'planner-failed') return [[event.error.code]];
  if (event.type === 'run-ended' && event.reason === 'time') return [['time-spent']];
  return [];
}

export interface PlanTotals {
  calls: number;
  first: number;
  second: number;
  never: number;
  /** How many tries were refused for it, by code; the most frequent first. */
  codes: [string, number][];
}

export function totalPlans(measured: readonly PlanTries[]): PlanTotals {
  const counts = new Map<string, number>();
  for (const code of measured.flatMap(({ refused }) => refused.flat())) counts.set(code, (counts.get(code) ?? 0) + 1);
  const countAt = (wanted: number | null) => measured.filter(({ validTry }) => validTry === wanted).length;
  return {
    calls: measured.length,
    first: countAt(1),
    second: countAt(2),
    never: countAt(null),
    codes: [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)),
  };
}
