/** One row of a results file: its cells as they stand there, and what they mean. */
import { z } from 'zod';
import { PlanwrightError, type SourceLocation } from '../errors.ts';
import { describeValue } from '../plan/quote-value.ts';
import type { ResultRow } from './comparison-report.ts';
import { singleArm, teamArm } from './pair-results.ts';

/** The columns that are read, as messages name them; anything else in a row is passed over. */
export const resultColumns = ['task', 'arm', 'success', 'seconds', 'usd', 'tokens', 'class', 'repeat', 'runId'] as const;
export const requiredColumns = ['task', 'arm', 'success'] as const;

export type ResultColumn = (typeof resultColumns)[number];

/** What stands in a file at the places of the known columns. */
export type ResultCells = Partial<Record<ResultColumn, unknown>>;

/** Where a row stands. */
export interface ResultPlace {
  file: string;
  /** Of the row, or of one of its cells as far as the format tells; called for what is refused only. */
  locate: (name?: ResultColumn) => { line: number; column?: number };
}

export interface Refusal {
  /** The cell, when it is one. */
  name?: ResultColumn;
  /** What is wrong and what to do, without a full stop. */
  problem: string;
}

/** A number beyond this is no measurement, and sums of a million of them stay exact enough. */
const maxAmount = 1e15;

const columnsByLowerCase = new Map(resultColumns.map((name) => [name.toLowerCase(), name]));
const successWords = new Map(
  [
    ['true', '1', 'yes', 'pass', 'passed'],
    ['false', '0', 'no', 'fail', 'failed'],
  ].flatMap((words, failed) => words.map((word) => [word, failed === 0] as const)),
);
/** Digits with a fraction and an exponent: no sign, unit, grouping or hexadecimal. */
const decimal = /^(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

const text = z
  .union([z.string(), z.number()], { error: ({ input }) => `${describeValue(input)} is no text` })
  .transform((value) => String(value).trim());

const arm = text.transform((name) => [singleArm, teamArm].find((known) => known === name.toLowerCase()) ?? name);

const success = z.unknown().transform((value, context): boolean => {
  const meaning = typeof value === 'boolean' ? value : successWords.get(String(value).trim().toLowerCase());
  if (meaning !== undefined && typeof value !== 'object') return meaning;
  context.addIssue(
    `${describeValue(value)} is neither success nor failure. Write true or false (or 1, 0, yes, no, pass, fail, passed, failed)`,
  );
  return z.NEVER;
});

const amount = z.unknown().transform((value, context): number => {
  const number = typeof value === 'string' && decimal.test(value.trim()) ? Number(value) : value;
  if (typeof number === 'number' && number >= 0 && number <= maxAmount) return number;
  context.addIssue(`${describeValue(value)} is no number from 0 to 1e15. Write plain digits with a point, such as 0.25`);
  return z.NEVER;
});

const repeat = amount.refine(Number.isSafeInteger, { error: 'the number of a repeat is a whole number from 0 on' });

const rowSchema = z.object({
  task: text,
  arm,
  success,
  seconds: amount.exactOptional(),
  usd: amount.exactOptional(),
  tokens: amount.exactOptional(),
  class: text.exactOptional(),
  repeat: repeat.exactOptional(),
  runId: text.exactOptional(),
});

/** The known column of this name, whatever its case and the white space around it. */
export function findColumn(name: string): ResultColumn | undefined {
  return columnsByLowerCase.get(name.trim().toLowerCase());
}

/** @throws {PlanwrightError} `usage` that names the place and the first cell that is missing or means nothing. */
export function parseRow(cells: ResultCells, place: ResultPlace): ResultRow {
  // An empty cell is an absent one.
  const present = Object.fromEntries(Object.entries(cells).filter(([, value]) => !isEmpty(value)));
  const missing = requiredColumns.find((name) => !(name in present));
  if (missing !== undefined) throw refuse(place, { name: missing, problem: 'there is nothing here. Every row needs it' });
  const parsed = rowSchema.safeParse(present);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = resultColumns.find((known) => known === issue?.path[0]);
  throw refuse(place, { ...(name === undefined ? {} : { name }), problem: issue?.message ?? 'this row can’t be read' });
}

/** `results.csv:3:7 usd: …` */
export function refuse({ file, locate }: ResultPlace, { name, problem }: Refusal): PlanwrightError {
  const { line, column } = locate(name);
  const location: SourceLocation = {
    file,
    line,
    ...(column === undefined ? {} : { column }),
    ...(name === undefined ? {} : { path: name }),
  };
  const where = `${file}:${line}${column === undefined ? '' : `:${column}`}${name === undefined ? '' : ` ${name}`}`;
  return new PlanwrightError('usage', `${where}: ${problem}.`, { location });
}

/** For what is wrong with a file as a whole, or with a line of it. */
export function placeLine(file: string, line: number): ResultPlace {
  return { file, locate: () => ({ line }) };
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '');
}
