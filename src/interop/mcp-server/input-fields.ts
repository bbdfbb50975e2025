/** Fields that several tools' inputs have, with their limits. */
import { z } from 'zod';
import { PlanwrightError } from '../../errors.ts';
import { checkPlan } from '../../plan/check.ts';
import type { Plan } from '../../plan/plan.ts';

/** A task's text. */
const maxTaskCharacters = 100_000;
/** A plan's JSON text. */
const maxPlanCharacters = 2_000_000;

export const taskField = z
  .string()
  .max(maxTaskCharacters)
  .refine((text) => text.trim() !== '', { error: 'must not be blank' })
  .describe('What is to be done, in plain language.');

export const runField = z.string().min(1).max(200).describe('The id of a run, or "last".');

export const surroundingFields = {
  files: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe("A folder of documents to work on, below the server's files root; '.' is the root itself."),
  preset: z.string().min(1).max(100).optional().describe("A ready-made team in place of the server's: research or report."),
  budgetUsd: z.number().positive().optional().describe('Spend at most so many US dollars.'),
  budgetTokens: z.int().min(1).optional().describe('Use at most so many tokens, input and output together.'),
  timeoutS: z.number().positive().max(2_000_000).optional().describe('Take at most so many seconds.'),
};

export const concurrencyField = z.int().min(1).max(1000).optional().describe('Subtasks at once.');

export const planField = z
  .record(z.string(), z.unknown())
  .describe(
    'A plan as the tool "plan" gives it; it may be edited: { version: 1, task, deliverable?, subtasks: [{ id, role, instruction, dependsOn }] }.',
  );

/** @throws {PlanwrightError} `plan-invalid` with its problems; `usage` when it is too large or names a model. */
export function readPlan(given: Record<string, unknown>): Plan {
  const { length } = JSON.stringify(given);
  if (length > maxPlanCharacters) {
    throw new PlanwrightError('usage', `The plan has ${length} characters as JSON; at most ${maxPlanCharacters} are taken.`);
  }
  const { plan, problems } = checkPlan(given);
  const [first] = problems;
  if (plan === undefined || first !== undefined) {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    const place = first?.path === undefined ? '' : `${first.path}: `;
    throw new PlanwrightError('plan-invalid', `The plan is not valid: ${place}${first?.message ?? ''}${more}`, {
      details: { problems },
    });
  }
  for (const { id, accept } of plan.subtasks) refuseModels(accept ?? [], `Subtask "${id}"`);
  return plan;
}

/** Which models are asked, and so what is spent where, is the operator's choice. @throws {PlanwrightError} `usage` */
export function refuseModels(checks: readonly { kind: string; model?: string | undefined }[], whose: string): void {
  if (checks.every(({ model }) => model === undefined)) return;
  throw new PlanwrightError('usage', `${whose} has a check that names a model. Leave "model" out: the server's is used.`);
}
