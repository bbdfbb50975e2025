/** From the text of a labels file to rows: which failure a person saw in which trace, and which not. */
import { z } from 'zod';
import { TaskProblems } from '../compare/task-problems.ts';
import { PlanwrightError } from '../errors.ts';
import { describeValue, quoteText } from '../plan/quote-value.ts';
import { isMastCode, type MastCode, mastCodes } from './mast-modes.ts';

export interface TraceLabel {
  /** A path from the labels file's folder, or an id of a trace in one of its JSON-lines files. */
  trace: string;
  mode: MastCode;
  present: boolean;
  /** Of its file, from 1. */
  line: number;
}

const maxCharacters = 64 * 1024 * 1024;
const maxRows = 1_000_000;

const labelSchema = z.object({
  trace: z.unknown().transform((value, context): string => {
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
    if (text !== '' && text.length <= 1000) return text;
    context.addIssue(`${describeValue(value)} names no trace: write its path or its id`);
    return z.NEVER;
  }),
  mode: z.unknown().transform((value, context): MastCode => {
    const [code = ''] = typeof value === 'string' || typeof value === 'number' ? String(value).trim().split(/\s/) : [];
    if (isMastCode(code)) return code;
    context.addIssue(`${describeValue(value)} is no mode. Write one of ${mastCodes.join(', ')}, as text`);
    return z.NEVER;
  }),
  present: z.unknown().transform((value, context): boolean => {
    if (value === true || value === 1 || value === 'true' || value === 'yes') return true;
    if (value === false || value === 0 || value === 'false' || value === 'no') return false;
    context.addIssue(`${describeValue(value)} says neither. Write true or false`);
    return z.NEVER;
  }),
});

/**
 * JSON lines, or one JSON list, of rows `{ trace, mode, present }`; other keys are passed over, as are blank lines and lines that begin
 * with `#`. The same trace and mode twice is an error. At most 64 Mi characters and 1,000,000 rows.
 * @param options.file The file's name, for messages; nothing is opened. Default `labels`.
 * @throws {PlanwrightError} `usage` with every problem: `labels.jsonl:3 mode: "9.9" is no mode. …`
 */
export function readTraceLabels(text: string, { file = 'labels' }: { file?: string } = {}): TraceLabel[] {
  if (text.length > maxCharacters) {
    throw new PlanwrightError('usage', `${file}: the file has more than ${maxCharacters.toLocaleString('en-US')} characters.`, {
      location: { file },
    });
  }
  const problems = new TaskProblems();
  const labels: TraceLabel[] = [];
  const known = new Map<string, number>();
  for (const { line, value, problem } of listRows(text)) {
    if (labels.length >= maxRows) {
      problems.add({ file, line }, `a file has at most ${maxRows.toLocaleString('en-US')} rows`);
      break;
    }
    if (problem !== undefined) {
      problems.add({ file, line }, problem);
      continue;
    }
    const parsed = labelSchema.safeParse(value);
    if (!parsed.success) {
      for (const { path, message } of parsed.error.issues) {
        problems.add(
          { file, line, ...(path.length === 0 ? {} : { path: path.join('.') }) },
          path.length === 0 ? `${describeValue(value)} is no row. Write { "trace": …, "mode": "1.3", "present": true }` : message,
        );
      }
      continue;
    }
    const key = JSON.stringify([parsed.data.trace, parsed.data.mode]);
    const first = known.get(key);
    if (first !== undefined) {
      problems.add({ file, line }, `${quoteText(parsed.data.trace)} is labeled for ${parsed.data.mode} already (line ${first})`);
      continue;
    }
    known.set(key, line);
    labels.push({ ...parsed.data, line });
  }
  if (labels.length === 0 && problems.count === 0) {
    problems.add(
      { file },
      'there are no rows in this file. Write one a line: { "trace": "a.json", "mode": "1.3", "present": true }',
    );
  }
  problems.refuse();
  return labels;
}

interface Row {
  line: number;
  value?: unknown;
  problem?: string;
}

function* listRows(text: string): Generator<Row> {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (/^\s*\[/.test(body)) {
    const { value, problem } = parse(body);
    if (problem !== undefined) yield { line: 1, problem };
    else if (Array.isArray(value)) for (const [at, item] of value.entries()) yield { line: at + 1, value: item };
    return;
  }
  let line = 0;
  for (let start = 0; start < body.length; ) {
    const end = body.indexOf('\n', start);
    const content = body.slice(start, end < 0 ? body.length : end).trim();
    start = end < 0 ? body.length : end + 1;
    line += 1;
    if (content !== '' && !content.startsWith('#')) yield { line, ...parse(content) };
  }
}

function parse(text: string): { value?: unknown; problem?: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (thrown) {
    return { problem: `not valid JSON: ${(thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 200)}` };
  }
}
