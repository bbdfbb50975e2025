/** A finished run before the held-out checks of its task. No run was given any of them. */

import type { Json } from '../json.ts';
import type { CodeCheck } from '../plan/plan.ts';
import { type CodeCheckReport, checkCode } from '../verify/code-check.ts';
import type { ArmRun } from './arm-run.ts';
import { checkAnswer } from './check-answer.ts';
import type { ArmProgress } from './comparison.ts';
import type { ComparisonTask, HeldOutCheck } from './comparison-task.ts';
import { gradeRubric } from './grade-rubric.ts';
import type { Lab } from './lab.ts';

export interface JudgingOptions {
  task: ComparisonTask;
  /** Of rubrics that name none. */
  graderModel: string | undefined;
  seed: number;
}

export type Judged =
  | { kind: 'judged'; outcome: ArmProgress['outcome']; detail: string; grading: GradingCost[] }
  | { kind: 'cut'; runId: string }
  | { kind: 'interrupted' };

export interface GradingCost {
  runId: string;
  tokens: number;
  usd: number | null;
}

/** All checks must pass. Those that need no model come first; nothing is graded once one has failed. */
export async function judgeRun(lab: Lab, run: ArmRun, options: JudgingOptions): Promise<Judged> {
  const grading: GradingCost[] = [];
  const judged = (outcome: ArmProgress['outcome'], detail: string): Judged => ({ kind: 'judged', outcome, detail, grading });
  if (run.status !== 'succeeded') return judged('failed', `The run ended ${run.status}.`);
  const { task, graderModel, seed } = options;
  let open: string | null = null;
  for (const check of orderByCost(task.check)) {
    if (check.kind === 'rubric' && open !== null) break;
    let result: { kind: 'passed' | 'failed' | 'undecided'; detail: string };
    if (check.kind === 'rubric') {
      const { deliverable, runId } = run;
      const graded = await gradeRubric(lab, { check, task: task.task, deliverable, runId, model: graderModel, seed });
      if (graded.kind !== 'graded') return graded;
      grading.push({ runId: graded.runId, tokens: graded.tokens, usd: graded.usd });
      result = graded.outcome;
    } else if (check.kind === 'code') {
      const report = await runTests(check, run.deliverable, lab);
      if (report === null) return { kind: 'interrupted' };
      result = report;
    } else result = checkAnswer(check, run.deliverable);
    if (result.kind === 'failed') return judged('rejected', result.detail);
    if (result.kind === 'undecided') open ??= result.detail;
  }
  return open === null ? judged('passed', 'Every check passed.') : judged('unjudged', open);
}

const costs: Partial<Record<HeldOutCheck['kind'], number>> = { code: 1, rubric: 2 };

function orderByCost(checks: readonly HeldOutCheck[]): HeldOutCheck[] {
  return checks.toSorted((a, b) => (costs[a.kind] ?? 0) - (costs[b.kind] ?? 0));
}

/** null when the comparison was interrupted. */
async function runTests(check: CodeCheck, deliverable: Json, { drive }: Lab): Promise<CodeCheckReport | null> {
  const { signal, packageFolders } = drive;
  try {
    const folders = packageFolders === undefined ? {} : { packageFolders };
    return await checkCode({ result: deliverable, check, signal, ...folders });
  } catch (thrown) {
    if (signal.aborted) return null;
    throw thrown;
  }
}
