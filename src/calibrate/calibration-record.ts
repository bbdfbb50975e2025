/** A calibration as it is kept: which critic it holds for, what it was measured on, and what came of it. Plain JSON. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Role } from '../team/team.ts';
import type { CalibrationTable } from './calibration-table.ts';

export interface CalibrationRecord {
  version: 1;
  /** Of the role and its model: `hashCritic`. A critic with other instructions, tools or model is another critic. */
  criticHash: string;
  team: string;
  role: string;
  model: string;
  table: CalibrationTable;
  /** ms since the Unix epoch. */
  madeMs: number;
  /** SHA-256 over what was judged and what was known of it. */
  worksHash: string;
  /** Judgements without a tool call that succeeded, and how many of them were approvals. */
  withoutReceipt: { judgements: number; accepted: number };
}

/** What the critic's verdicts depend on: its instructions, tools, temperature, limits and model. SHA-256, hexadecimal. */
export function hashCritic({ instructions, tools, temperature, limits }: Role, model: string): string {
  const { maxSteps, maxOutputTokens } = limits;
  return hashJson([1, instructions, [...tools], temperature ?? null, maxSteps, maxOutputTokens ?? null, model]);
}

export function hashJson(value: Json): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

const share = z.number().min(0).max(1);
const count = z.int().nonnegative();
const rate = z.object({ rate: share.nullable(), low: share, high: share });
const errorTable = z.object({
  good: z.object({ n: count, accepted: count }),
  bad: z.object({ n: count, rejected: count }),
  falseAccept: rate,
  falseReject: rate,
  unverified: count,
});
const recordSchema: z.ZodType<CalibrationRecord> = z.object({
  version: z.literal(1),
  criticHash: z.string(),
  team: z.string(),
  role: z.string(),
  model: z.string(),
  table: errorTable.extend({
    version: z.literal(1),
    alpha: share,
    unverifiedOf: z.object({ good: count, bad: count }),
    byKind: z.record(z.string(), errorTable),
  }),
  madeMs: z.number().nonnegative(),
  worksHash: z.string(),
  withoutReceipt: z.object({ judgements: count, accepted: count }),
});

/** @throws {PlanwrightError} `usage` for what is no record; a newer version is named. */
export function readCalibrationRecord(json: unknown): CalibrationRecord {
  const { version } = z.looseObject({ version: z.unknown() }).safeParse(json).data ?? {};
  if (typeof version === 'number' && version > 1) {
    throw new PlanwrightError(
      'usage',
      `This calibration record has version ${version}; this version reads 1. Calibrate again, or update.`,
    );
  }
  const parsed = recordSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PlanwrightError('usage', `This is no calibration record: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`);
}
