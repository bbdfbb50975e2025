/** A rubric, graded by a model: a run of its own, journaled like any other, so a resumed comparison does not ask again. */
import { z } from 'zod';
import type { Json } from '../json.ts';
import { defineTeam } from '../team/define-team.ts';
import type { Team } from '../team/team.ts';
import { graderInstructions, layOutGrading } from '../verify/judge-prompts.ts';
import type { CheckOutcome } from '../verify/verdict-parts.ts';
import { textOf } from '../verify/verifier.ts';
import { carryOut } from './carry-out.ts';
import type { RubricCheck } from './comparison-task.ts';
import type { Lab } from './lab.ts';
import { checkRunId } from './run-ids.ts';

export function graderTeam(model: string | undefined): Team {
  const grader = { description: 'Grades an answer by a rubric.', instructions: graderInstructions, tools: [] };
  return defineTeam({ name: 'grader', ...(model === undefined ? {} : { model }), roles: { grader }, generalist: 'grader' });
}

const passing = z.strictObject({ reason: z.string(), pass: z.boolean() });
const scoring = z.strictObject({ reason: z.string(), score: z.number().min(0).max(1) });

export interface Grading {
  check: RubricCheck;
  task: string;
  deliverable: Json;
  /** The run that is graded. */
  runId: string;
  /** Of the grader where the check names none. */
  model: string | undefined;
  seed: number;
}

export type Graded =
  | { kind: 'graded'; outcome: CheckOutcome; tokens: number; usd: number | null; runId: string }
  | { kind: 'cut'; runId: string }
  | { kind: 'interrupted' };

/** `undecided` when the grader gave no grade. */
export async function gradeRubric(lab: Lab, grading: Grading): Promise<Graded> {
  const { check, seed } = grading;
  const team = graderTeam(check.model ?? grading.model);
  const runId = checkRunId(grading.runId, check, team.model ?? '');
  const output = check.threshold === undefined ? passing : scoring;
  const work = { instruction: grading.task, result: textOf(grading.deliverable) };
  const task = layOutGrading(work, check.rubric, check.threshold !== undefined);
  const done = await carryOut(lab, { runId, task, team, strategy: 'single', seed, output });
  if (done.kind !== 'ended') return done;
  const { deliverable, detail, status, ledger } = done.report;
  const tokens = ledger.inputTokens + ledger.outputTokens;
  const outcome =
    status === 'succeeded' ? readGrade(check, deliverable) : undecided(`The grading ended ${status}: ${detail ?? ''}`);
  return { kind: 'graded', outcome, tokens, usd: ledger.costUsd, runId };
}

function readGrade(check: RubricCheck, deliverable: Json): CheckOutcome {
  if (check.threshold === undefined) {
    const grade = passing.safeParse(deliverable);
    if (!grade.success) return undecided('The grade has another form than was asked for.');
    return { kind: grade.data.pass ? 'passed' : 'failed', detail: grade.data.reason };
  }
  const grade = scoring.safeParse(deliverable);
  if (!grade.success) return undecided('The grade has another form than was asked for.');
  const { score, reason } = grade.data;
  return { kind: score >= check.threshold ? 'passed' : 'failed', detail: `${score} of at least ${check.threshold}: ${reason}` };
}

function undecided(detail: string): CheckOutcome {
  return { kind: 'undecided', detail };
}
