/** From a calibration file, JSON lines, to labeled verdicts or to cases. Everything wrong is told at once, by line and field. */
import { z } from 'zod';
import { TaskProblems } from '../compare/task-problems.ts';
import { PlanwrightError, type SourceLocation } from '../errors.ts';
import { describeValue, quoteText } from '../plan/quote-value.ts';
import type { CalibrationCase } from './calibration-case.ts';
import { type CalibrationField, type FieldMap, pickFields } from './calibration-fields.ts';
import type { LabeledVerdict } from './calibration-table.ts';
import { sandboxLanguageOf } from './code-regions.ts';
import { readTruth, readVerdict, truthChoices, verdictChoices } from './verdict-words.ts';

const maxCharacters = 256 * 1024 * 1024;
const maxRows = { verdicts: 1_000_000, cases: 100_000 } as const;
/** Of one text of a case. */
const maxTextCharacters = 1_000_000;
/** Beyond it a kind is no kind but a name. */
const maxKinds = 1000;
const maxNameCharacters = 1000;

export type CalibrationFile =
  | { kind: 'verdicts'; rows: (LabeledVerdict & { id: string })[] }
  | { kind: 'cases'; cases: CalibrationCase[] };

export interface ReadCalibrationOptions {
  /** The file's name, for messages; nothing is opened. Default `cases`. */
  file?: string;
  /** Where a foreign file keeps its fields. */
  fields?: FieldMap;
  /** What every case has to name, besides `id`, `correct` and `defective`. Default: nothing more. */
  needs?: readonly ('instruction' | 'tests')[];
  /** Rows of a file. Default 1,000,000 verdicts, 100,000 cases. */
  maxRows?: number;
}

/**
 * Rows `{ id, truth, verdict, kind? }` are labeled verdicts, `{ id, instruction, correct, defective, tests?, kind?, language?,
 * packages? }`
 * cases; a file holds one or the other, and other keys are passed over. Blank lines and lines that begin with `#` hold no row.
 * At most 256 Mi characters, `maxRows`, and 1,000 kinds.
 * @throws {PlanwrightError} `usage` with every problem: `cases.jsonl:3 verdict: …`.
 */
export function readCalibrationFile(text: string, options: ReadCalibrationOptions = {}): CalibrationFile {
  const { file = 'cases', fields = {} } = options;
  if (text.length > maxCharacters) {
    const most = maxCharacters.toLocaleString('en-US');
    throw new PlanwrightError('usage', `${file}: the file has more than ${most} characters.`, { location: { file } });
  }
  const problems = new TaskProblems();
  const reading = new Reading(file, options, problems);
  for (const { line, content } of listLines(text)) {
    if (!reading.take(line, content, fields)) break;
  }
  if (reading.isEmpty && problems.count === 0) {
    problems.add(
      { file },
      'There are no rows in this file. Write one a line: { "id": …, "truth": "good", "verdict": "accepted" }',
    );
  }
  problems.refuse();
  return reading.result();
}

function* listLines(text: string): Generator<{ line: number; content: string }> {
  let line = 0;
  for (let start = text.startsWith('\uFEFF') ? 1 : 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const content = text.slice(start, end < 0 ? text.length : end).trim();
    start = end < 0 ? text.length : end + 1;
    line += 1;
    if (content !== '' && !content.startsWith('#')) yield { line, content };
  }
}

const name = z.unknown().transform((value, context): string => {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  if (text !== '' && text.length <= maxNameCharacters) return text;
  context.addIssue(`${describeValue(value)} is no name: write text of 1 to ${maxNameCharacters} characters`);
  return z.NEVER;
});

const kind = name.exactOptional();

const verdictSchema = z.object({
  id: name.exactOptional(),
  truth: z.unknown().transform((value, context) => {
    const truth = readTruth(value);
    if (truth !== undefined) return truth;
    context.addIssue(`${describeValue(value)} says neither good nor bad. Write ${truthChoices}`);
    return z.NEVER;
  }),
  verdict: z.unknown().transform((value, context) => {
    const verdict = readVerdict(value);
    if (verdict !== undefined) return verdict;
    context.addIssue(`${describeValue(value)} is no verdict. Write ${verdictChoices}`);
    return z.NEVER;
  }),
  kind,
});

const body = z.unknown().transform((value, context): string => {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= maxTextCharacters) return value;
  const most = maxTextCharacters.toLocaleString('en-US');
  context.addIssue(`${describeValue(value)} is no text of 1 to ${most} characters`);
  return z.NEVER;
});

const language = z.unknown().transform((value, context): string => {
  const known = typeof value === 'string' ? sandboxLanguageOf(value) : undefined;
  if (known !== undefined) return known;
  context.addIssue(`${describeValue(value)} is no language that tests run in. Write javascript, typescript or python`);
  return z.NEVER;
});

const caseSchema = z.object({
  id: name,
  instruction: body.exactOptional(),
  correct: body,
  defective: body,
  tests: body.exactOptional(),
  kind,
  language: language.exactOptional(),
  packages: z.array(name, { error: 'packages are a list of names' }).max(50).exactOptional(),
});

type Picked = Partial<Record<CalibrationField, unknown>>;

class Reading {
  readonly #file: string;
  readonly #options: Pick<ReadCalibrationOptions, 'needs' | 'maxRows'>;
  readonly #problems: TaskProblems;
  readonly #ids = new Map<string, number>();
  readonly #kinds = new Set<string>();
  readonly #rows: (LabeledVerdict & { id: string })[] = [];
  readonly #cases: CalibrationCase[] = [];
  #form: CalibrationFile['kind'] | null = null;
  #taken = 0;

  constructor(file: string, options: Pick<ReadCalibrationOptions, 'needs' | 'maxRows'>, problems: TaskProblems) {
    this.#file = file;
    this.#options = options;
    this.#problems = problems;
  }

  get isEmpty(): boolean {
    return this.#taken === 0;
  }

  result(): CalibrationFile {
    return this.#form === 'cases' ? { kind: 'cases', cases: this.#cases } : { kind: 'verdicts', rows: this.#rows };
  }

  /** @returns false when no further line is to be read. */
  take(line: number, content: string, fields: FieldMap): boolean {
    this.#taken += 1;
    const value = this.#parse(line, content);
    if (value === null) return true;
    const picked = pickFields(value, fields);
    const form = formOf(picked);
    if (form === null) {
      this.#refuse(line, undefined, 'this row has neither truth and verdict nor correct and defective');
      return true;
    }
    this.#form ??= form;
    if (form !== this.#form) {
      const [was, is] = form === 'cases' ? ['labeled verdicts', 'a case'] : ['cases', 'a labeled verdict'];
      this.#refuse(line, undefined, `this row is ${is}; the rows before are ${was}. Give each a file of its own`);
      return true;
    }
    const most = this.#options.maxRows ?? maxRows[form];
    if (this.#taken > most) {
      this.#refuse(line, undefined, `a file has at most ${most.toLocaleString('en-US')} ${form}`);
      return false;
    }
    if (form === 'cases') this.#takeCase(line, picked);
    else this.#takeVerdict(line, picked);
    return true;
  }

  #parse(line: number, content: string): object | null {
    try {
      const value: unknown = JSON.parse(content);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
      this.#refuse(
        line,
        undefined,
        `${describeValue(value)} where a row was expected. Write { "id": …, "truth": …, "verdict": … }`,
      );
    } catch (thrown) {
      this.#refuse(line, undefined, `not valid JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
    return null;
  }

  #takeVerdict(line: number, picked: Picked): void {
    const parsed = this.#check(line, verdictSchema, picked, ['truth', 'verdict']);
    if (parsed === null) return;
    const { id = `line ${line}`, ...row } = parsed;
    if (this.#admit(line, id, row.kind)) this.#rows.push({ id, ...row });
  }

  #takeCase(line: number, picked: Picked): void {
    const parsed = this.#check(line, caseSchema, picked, ['id', 'correct', 'defective', ...(this.#options.needs ?? [])]);
    if (parsed === null || !this.#admit(line, parsed.id, parsed.kind)) return;
    if (parsed.correct === parsed.defective) {
      this.#refuse(line, 'defective', 'the defective text is the correct one');
      return;
    }
    this.#cases.push({ instruction: '', ...parsed });
  }

  /** null, with its problems told, when the row can't be read. An empty or null kind, tests, … is an absent one. */
  #check<Row>(line: number, schema: z.ZodType<Row>, picked: Picked, required: readonly CalibrationField[]): Row | null {
    const present = Object.fromEntries(
      Object.entries(picked).filter(([field, value]) => field === 'verdict' || !(value === null || value === '')),
    );
    const missing = required.filter((field) => !Object.hasOwn(present, field));
    for (const field of missing) this.#refuse(line, field, 'there is nothing here. Every row needs it');
    const parsed = schema.safeParse(present);
    if (parsed.success && missing.length === 0) return parsed.data;
    for (const { path, message } of parsed.error?.issues ?? []) {
      const field = String(path[0] ?? '');
      if (!missing.some((known) => known === field)) this.#refuse(line, field, message);
    }
    return null;
  }

  #admit(line: number, id: string, ofKind: string | undefined): boolean {
    const first = this.#ids.get(id);
    if (first !== undefined) {
      this.#refuse(line, 'id', `the id ${quoteText(id)} is taken already (line ${first})`);
      return false;
    }
    this.#ids.set(id, line);
    if (ofKind !== undefined) this.#kinds.add(ofKind);
    if (this.#kinds.size <= maxKinds) return true;
    this.#refuse(line, 'kind', `more than ${maxKinds.toLocaleString('en-US')} different kinds. Use broader ones`);
    return false;
  }

  #refuse(line: number, field: string | undefined, message: string): void {
    const location: SourceLocation = { file: this.#file, line, ...(field === undefined ? {} : { path: field }) };
    this.#problems.add(location, message);
  }
}

function formOf(picked: Picked): CalibrationFile['kind'] | null {
  if ('truth' in picked && 'verdict' in picked) return 'verdicts';
  if ('correct' in picked || 'defective' in picked) return 'cases';
  return 'truth' in picked || 'verdict' in picked ? 'verdicts' : null;
}
