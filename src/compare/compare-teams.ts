/**
 * Runs arms on the same tasks and judges them in pairs.
 *
 * 1. Pairs are begun in the order of the tasks, repeat after repeat, and enter the evidence in that order, whichever ends
 *    first: what is looked at does not depend on how long things take.
 * 2. A pair counts whole or not at all: every arm has finished on it and was judged.
 * 3. Nothing is begun once the evidence decides, the money does not reach, or the signal has come; what is under way ends,
 *    except on the signal.
 * 4. Everything a verdict rests on is in the store: the same options give the same comparison without a call.
 */
import { seededRandom, systemClock } from '../clock.ts';
import { openStore } from '../engine/open-store.ts';
import { PlanwrightError } from '../errors.ts';
import { judgeResults } from '../measure/judge-results.ts';
import { withoutUndefined } from '../team/without-undefined.ts';
import { defaultArms, namedArm, resolveArms } from './arms.ts';
import type { CompareTeamsOptions, Comparison, StopReason } from './comparison.ts';
import { writeNotes } from './comparison-notes.ts';
import type { ComparisonTask } from './comparison-task.ts';
import { deriveSeed } from './draw-order.ts';
import type { Lab } from './lab.ts';
import { PairLog } from './pair-log.ts';
import { Purse } from './purse.ts';
import { loadComparisonTasks } from './read-tasks.ts';
import { refuseInfeasible } from './refuse-infeasible.ts';
import { hashFolder, RunIds } from './run-ids.ts';
import { type PairPlan, type PairSettings, runPair } from './run-pair.ts';

/**
 * Compares arms on tasks. A run that fails is its arm's failure; what is wrong with tasks, teams or models rejects before
 * anything is spent.
 * @throws {PlanwrightError} `usage`, `check-unavailable`, `team-invalid`, `tool-unknown`, `model-unknown`, `secret-missing`,
 * `model-unpriced` (a limit on money and a model without a price); `run-busy` when another process runs the same comparison.
 */
export async function compareTeams(options: CompareTeamsOptions): Promise<Comparison> {
  const { seed = 1, repeats = 1, alpha = 0.05, concurrency = 1, maxUsd, fixedN = false } = options;
  refuseNumbers({ repeats, concurrency }, { seed, alpha, maxUsd });
  const method = fixedN ? 'fixed' : 'anytime';
  const tasks = typeof options.tasks === 'string' ? loadComparisonTasks(options.tasks) : options.tasks;
  refuseTasks(tasks);
  const arms = await resolveArms(options.arms ?? defaultArms.map((name) => namedArm(name)), options.team);
  const { model, tools, env, random, packageFolders, clock = systemClock } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const drive: Lab['drive'] = {
    clock,
    signal,
    ...withoutUndefined({ model, tools, env, random, packageFolders }),
  };
  const graderModel = arms.find(({ name }) => name === 'team')?.team.model;
  await refuseInfeasible(drive, { arms, tasks, maxUsd, graderModel });
  const identity = { arms, model: nameModel(model), seed, repeats, alpha, method } as const;
  const ids = new RunIds(identity, tasks, await hashFolders(tasks));
  const store = await openStore(options.store, clock);
  try {
    const lab: Lab = { store, drive, purse: new Purse(maxUsd, concurrency) };
    const pairsPlanned = tasks.length * repeats;
    const log = new PairLog({ alpha, planned: pairsPlanned, concurrency, purse: lab.purse, clock });
    const settings: PairSettings = { arms, ids, seed, graderModel };
    options.onBegin?.({ comparisonId: ids.comparisonId, pairsPlanned });
    const stopped = await runPairs(lab, planPairs(tasks, repeats), {
      settings,
      log,
      concurrency,
      isAnytime: !fixedN,
      stop,
      ...(options.onPair === undefined ? {} : { onPair: options.onPair }),
    });
    const pairs = log.pairs();
    const rows = pairs.flatMap((pair) => pair.rows);
    const runs = pairs.flatMap((pair) => pair.runs);
    const report = judgeResults(rows, { method, alpha, random: seededRandom(deriveSeed(seed, 'intervals')) });
    const grading = log.grading();
    const notes = writeNotes({
      stopped,
      pairsPlanned,
      pairs,
      cutPairs: log.cutPairs,
      arms,
      tasks,
      defaultModel: nameModel(model),
      method,
      maxUsd,
      concurrency,
      grading,
    });
    const { comparisonId } = ids;
    const { tokens, usd } = grading;
    return {
      report,
      comparisonId,
      stopped,
      pairsPlanned,
      pairsRun: pairs.length,
      spentUsd: lab.purse.spentUsd,
      grading: { tokens, usd },
      notes,
      rows,
      runs,
    };
  } finally {
    if (typeof options.store !== 'object') await store.close();
  }
}

function* planPairs(tasks: readonly ComparisonTask[], repeats: number): Generator<PairPlan> {
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [taskIndex, task] of tasks.entries()) yield { index: repeat * tasks.length + taskIndex, task, taskIndex, repeat };
  }
}

interface Running {
  settings: PairSettings;
  log: PairLog;
  concurrency: number;
  isAnytime: boolean;
  /** Interrupts what is under way when something throws. */
  stop: AbortController;
  onPair?: NonNullable<CompareTeamsOptions['onPair']>;
}

async function runPairs(lab: Lab, plans: Iterator<PairPlan>, running: Running): Promise<StopReason> {
  const { settings, log, isAnytime, stop, onPair } = running;
  let stopped: StopReason = 'exhausted';
  const whyStop = (): StopReason => {
    if (lab.drive.signal.aborted) return 'interrupted';
    if (isAnytime && log.isDecided) return 'decided';
    return log.affordsNext() ? 'exhausted' : 'max-usd';
  };
  const work = async (): Promise<void> => {
    while (stopped === 'exhausted' && !log.isComplete) {
      stopped = whyStop();
      const next = stopped === 'exhausted' ? plans.next() : undefined;
      if (next === undefined || next.done === true) return;
      log.begin(next.value);
      const result = await runPair(lab, next.value, settings);
      if (result.kind === 'ended') {
        const progress = log.end(result);
        onPair?.(progress);
      } else if (result.kind === 'interrupted') stopped = 'interrupted';
      else {
        log.cut(result.plan);
        if (stopped === 'exhausted') stopped = 'max-usd';
      }
    }
  };
  const lanes = Array.from({ length: running.concurrency }, () =>
    work().catch((thrown: unknown) => {
      stop.abort(thrown);
      throw thrown;
    }),
  );
  const ended = await Promise.allSettled(lanes);
  for (const lane of ended) if (lane.status === 'rejected') throw lane.reason;
  return stopped;
}

async function hashFolders(tasks: readonly ComparisonTask[]): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  for (const { files } of tasks) {
    if (files !== undefined && !contents.has(files)) contents.set(files, await hashFolder(files));
  }
  return contents;
}

function nameModel(model: CompareTeamsOptions['model']): string {
  if (typeof model === 'object') return `custom:${model.provider}/${model.modelId}`;
  return model ?? 'offline';
}

/** Tasks from a file are sound; others come from a program. */
function refuseTasks(tasks: readonly ComparisonTask[]): void {
  if (tasks.length === 0) throw new PlanwrightError('usage', 'There are no tasks to compare on.');
  const ids = new Set<string>();
  for (const { id } of tasks) {
    if (ids.has(id)) throw new PlanwrightError('usage', `Two tasks have the id "${id}". Give each its own.`);
    ids.add(id);
  }
}

function refuseNumbers(
  counts: Record<string, number>,
  { seed, alpha, maxUsd = 0 }: { seed: number; alpha: number; maxUsd: number | undefined },
): void {
  for (const [name, count] of Object.entries(counts)) {
    if (!(Number.isSafeInteger(count) && count >= 1))
      throw new PlanwrightError('usage', `${name} is a whole number from 1 on, not ${count}.`);
  }
  if (!Number.isSafeInteger(seed)) throw new PlanwrightError('usage', `seed is a whole number, not ${seed}.`);
  if (!(alpha > 0 && alpha < 1)) throw new PlanwrightError('usage', `alpha is a number between 0 and 1, not ${alpha}.`);
  if (!(maxUsd >= 0)) throw new PlanwrightError('usage', `maxUsd is an amount of US dollars from 0 on, not ${maxUsd}.`);
}
