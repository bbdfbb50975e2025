/**
 * Per-stage error rates, as somebody finds them who knows the right results and looks at finished runs: from the texts that
 * were handed over, not from the draws behind them.
 */
import type { RunReport } from 'planwright';
import { readMark, rightMarks } from './marks.ts';
import type { Migration } from './migrations.ts';
import { planStep, stageIds } from './pipeline.ts';

export interface AuditedStep {
  /** `plan`, or a subtask's id. */
  stage: string;
  /** Everything it was given was right. The planner is given the task alone. */
  hadRightInputs: boolean;
  isRight: boolean;
}

/** In the order of the stages. A step that never ran is wrong. */
export function auditRun(migration: Migration, { subtasks }: Pick<RunReport, 'subtasks'>): AuditedStep[] {
  const right = rightMarks(migration);
  const found = new Map(subtasks.map(({ id, output }) => [id, typeof output === 'string' ? readMark(output) : undefined]));
  const isRight = (stage: string): boolean => found.get(stage) !== undefined && found.get(stage) === right.get(stage);
  const isBriefRight =
    subtasks.length > 0 && subtasks.every(({ instruction }) => instruction.endsWith(` brief ${right.get(planStep)}.`));
  return stageIds.map((stage) => {
    if (stage === planStep) return { stage, hadRightInputs: true, isRight: isBriefRight };
    const dependsOn = subtasks.find(({ id }) => id === stage)?.dependsOn ?? [];
    return { stage, hadRightInputs: isBriefRight && dependsOn.every(isRight), isRight: isRight(stage) };
  });
}

/** The first stage that went wrong by itself, from 0; null when the run is right. */
export function findFirstWrong(steps: readonly AuditedStep[]): number | null {
  const at = steps.findIndex(({ hadRightInputs, isRight }) => hadRightInputs && !isRight);
  return at < 0 ? null : at;
}
