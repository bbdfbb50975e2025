import { z } from 'zod';
import { compareTeams } from '../../compare/compare-teams.ts';
import type { Comparison } from '../../compare/comparison.ts';
import type { ComparisonTask } from '../../compare/comparison-task.ts';
import { loadComparisonTasks, parseComparisonTasks } from '../../compare/read-tasks.ts';
import { PlanwrightError } from '../../errors.ts';
import { defaultPreset } from '../../team/defaults.ts';
import { loadTeam } from '../../team/load-team.ts';
import { resolveInside } from './files-root.ts';
import { refuseModels, surroundingFields } from './input-fields.ts';
import type { RunDesk } from './run-desk.ts';
import { declareTool } from './served-tool.ts';

const maxTasks = 1000;

const proportion = z.object({ k: z.number(), n: z.number(), low: z.number(), high: z.number() });
const ratio = z.object({ ratio: z.number(), low: z.number(), high: z.number() }).nullable();

export const compareTool = declareTool({
  name: 'compare',
  title: 'Compare a team with one agent',
  description:
    'Runs tasks with one agent and with the team, judges both by held-out checks, and says in numbers which is better: success, cost and time, with intervals. The same call goes on where an earlier one was cut off.',
  readOnly: false,
  input: z.strictObject({
    tasks: z
      .array(z.record(z.string(), z.unknown()))
      .min(1)
      .max(maxTasks)
      .optional()
      .describe('[{ id, task, check: { number: 4 } | { exact: "…" } | { regex: "…" }, files? }]'),
    file: z
      .string()
      .min(1)
      .max(1000)
      .optional()
      .describe("A tasks file (.jsonl, .yaml, .json) below the server's files root, in place of tasks."),
    preset: surroundingFields.preset,
    maxUsd: z.number().nonnegative().optional().describe('The most that all runs and gradings may cost, in US dollars.'),
    repeats: z.int().min(1).max(1000).optional().describe('Pairs of every task. Default 1.'),
    concurrency: z.int().min(1).max(64).optional().describe('Pairs at once. Default 1: times are compared.'),
    seed: z.int().optional().describe('Default 1.'),
    fixedN: z
      .boolean()
      .optional()
      .describe('true: run every task and use the classical test, in place of stopping as soon as the answer is clear.'),
  }),
  output: z.object({
    verdict: z.enum(['team', 'single', 'undecided']),
    comparisonId: z.string(),
    stopped: z.string(),
    pairs: z.number(),
    pairsPlanned: z.number(),
    both: z.number(),
    onlySingle: z.number(),
    onlyTeam: z.number(),
    neither: z.number(),
    eValue: z.number(),
    mcnemarP: z.number(),
    success: z.object({ single: proportion, team: proportion }),
    cost: ratio.describe('Team ÷ single.'),
    time: ratio,
    furtherPairs: z.number().nullable(),
    spentUsd: z.number().nullable(),
    words: z.array(z.string()),
    notes: z.array(z.string()),
  }),
  carryOut: (desk, { tasks: given, file, preset, maxUsd, repeats, concurrency, seed, fixedN }, { signal, report }) =>
    desk.carryOut(async () => {
      const tasks = await readTasks(desk, given, file);
      const { team: chosen = defaultPreset, model, limits = {} } = await desk.surroundings({ preset });
      const named = typeof chosen === 'object' ? chosen : await loadTeam(chosen);
      // What the operator limits holds for each run of the comparison.
      const team = { ...named, limits: { ...named.limits, ...limits } };
      const most = smallest(maxUsd, limits.usd);
      report({ done: 0, total: tasks.length * (repeats ?? 1), message: 'comparing' });
      const comparison = await compareTeams({
        tasks,
        team,
        store: await desk.openStore(),
        signal: AbortSignal.any([signal, desk.closing]),
        onPair: ({ task, ended, planned }) =>
          report({ done: ended, total: planned, message: `${ended} of ${planned} pairs (${task})` }),
        ...(model === undefined ? {} : { model }),
        ...(most === undefined ? {} : { maxUsd: most }),
        ...(repeats === undefined ? {} : { repeats }),
        ...(concurrency === undefined ? {} : { concurrency }),
        ...(seed === undefined ? {} : { seed }),
        ...(fixedN === undefined ? {} : { fixedN }),
      });
      return { structured: toOutput(comparison), text: [...comparison.report.words, ...comparison.notes].join('\n') };
    }),
});

async function readTasks(
  desk: RunDesk,
  given: Record<string, unknown>[] | undefined,
  file: string | undefined,
): Promise<ComparisonTask[]> {
  if ((given === undefined) === (file === undefined)) {
    throw new PlanwrightError('usage', 'Give either "tasks" or "file", which holds them.');
  }
  const tasks =
    file === undefined
      ? parseComparisonTasks(JSON.stringify(given), { file: 'tasks', folder: desk.filesRoot ?? '/' })
      : loadComparisonTasks(await resolveInside(desk.filesRoot, file));
  if (tasks.length > maxTasks) {
    throw new PlanwrightError('usage', `There are ${tasks.length} tasks; at most ${maxTasks} are compared in one call.`);
  }
  for (const { id, check, accept } of tasks) {
    refuseModels(check, `Task "${id}"`);
    refuseModels(accept, `Task "${id}"`);
  }
  return Promise.all(
    tasks.map(async (task) =>
      task.files === undefined ? task : { ...task, files: await resolveInside(desk.filesRoot, task.files) },
    ),
  );
}

function toOutput({ report, comparisonId, stopped, pairsPlanned, spentUsd, notes }: Comparison) {
  const { verdict, pairs, both, onlySingle, onlyTeam, neither, eValue, mcnemarP, success, cost, time, furtherPairs, words } =
    report;
  const counts = { pairs, pairsPlanned, both, onlySingle, onlyTeam, neither };
  return {
    verdict,
    comparisonId,
    stopped,
    ...counts,
    eValue,
    mcnemarP,
    success,
    cost,
    time,
    furtherPairs,
    spentUsd,
    words,
    notes,
  };
}

function smallest(...amounts: (number | undefined)[]): number | undefined {
  const given = amounts.filter((amount) => amount !== undefined);
  return given.length === 0 ? undefined : Math.min(...given);
}
