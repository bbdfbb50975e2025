import {
  type Plan,
  type PlanDialect,
  type PlanTextProblem,
  PlanwrightError,
  planDialects,
  readPlanText,
  renderJson,
  renderYaml,
  toErrorRecord,
} from '../../index.ts';
import { exitCodes } from '../exit-code.ts';
import type { CliIo } from '../io.ts';
import { nameInput, readInput, readLines } from '../read-input.ts';

export interface ImportPlanFlags {
  dialect?: PlanDialect;
  task?: string;
  role?: string;
  json?: boolean;
  yaml?: boolean;
}

export async function runImportPlan(io: CliIo, path: string, flags: ImportPlanFlags): Promise<number> {
  if (path.endsWith('.jsonl')) return importLines(io, path, flags);
  const file = nameInput(path);
  const plan = readPlan(await readInput(path, 'plan'), file, flags);
  await io.print(flags.json === true ? renderJson(plan) : renderYaml(plan));
  return exitCodes.succeeded;
}

/** A plan a line, or why there is none: `{ error: { code, message, file, line, problems? } }`. Empty lines are passed over. */
async function importLines(io: CliIo, path: string, flags: ImportPlanFlags): Promise<number> {
  if (flags.yaml === true)
    throw new PlanwrightError('usage', 'A .jsonl file gives one line of JSON for each plan. Leave out --yaml.');
  let allRead = true;
  for await (const { text, line } of readLines(path, 'plans')) {
    const read = importLine(text, { file: path, line }, flags);
    allRead &&= !('error' in read);
    if (!(await io.print(`${JSON.stringify(read)}\n`))) break;
  }
  return allRead ? exitCodes.succeeded : exitCodes.usage;
}

interface LineError {
  code: string;
  message: string;
  file: string;
  line: number;
  problems?: unknown;
}

function importLine(text: string, place: { file: string; line: number }, flags: ImportPlanFlags): Plan | { error: LineError } {
  try {
    const { plan, dialect, task } = readRow(text);
    return readPlan(plan, `${place.file}:${place.line}`, {
      ...flags,
      ...(dialect === undefined ? {} : { dialect }),
      ...(flags.task === undefined && task !== undefined ? { task } : {}),
    });
  } catch (thrown) {
    const { code, message } = toErrorRecord(thrown);
    const problems: unknown = thrown instanceof PlanwrightError ? thrown.details['problems'] : undefined;
    return { error: { code, message, ...place, ...(problems === undefined ? {} : { problems }) } };
  }
}

interface Row {
  plan: string;
  dialect?: PlanDialect;
  task?: string;
}

/** The text itself, or an object with it: `plan`, `decomposition` or `text`; beside it `dialect`, and `question` or `task`. */
function readRow(line: string): Row {
  const value = parseLine(line);
  if (typeof value === 'string') return { plan: value };
  const record = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const textAt = (...keys: string[]): string | undefined =>
    keys.map((key) => record[key]).find((found): found is string => typeof found === 'string');
  const plan = textAt('plan', 'decomposition', 'text');
  if (plan === undefined) {
    throw new PlanwrightError(
      'usage',
      'This line holds no plan’s text. Give a JSON string, or an object with "plan", "decomposition" or "text".',
    );
  }
  const named = textAt('dialect');
  const dialect = planDialects.find((known) => known === named);
  if (named !== undefined && dialect === undefined) {
    throw new PlanwrightError('usage', `The dialect "${named.slice(0, 60)}" is not known. Known: ${planDialects.join(', ')}.`);
  }
  const task = textAt('question', 'task');
  return { plan, ...(dialect === undefined ? {} : { dialect }), ...(task === undefined ? {} : { task }) };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (thrown) {
    throw new PlanwrightError('usage', `This line is not valid JSON: ${toErrorRecord(thrown).message}.`);
  }
}

/** @throws {PlanwrightError} `plan-invalid` with every problem and its place in the text; `usage` without a dialect. */
function readPlan(text: string, file: string, { dialect, task, role }: ImportPlanFlags): Plan {
  if (dialect === undefined) {
    throw new PlanwrightError('usage', `Say how the plan is written: --dialect ${planDialects.join('|')}.`, {
      location: { file },
    });
  }
  const reading = readPlanText(text, {
    dialect,
    ...(task === undefined ? {} : { task }),
    ...(role === undefined ? {} : { role }),
  });
  if (reading.kind === 'plan') return reading.plan;
  const { problems } = reading;
  const [first] = problems;
  const message = [`The plan ${file} can’t be imported:`, ...problems.map((problem) => `  ${describe(file, problem)}`)].join(
    '\n',
  );
  throw new PlanwrightError('plan-invalid', message, {
    location: { file, ...(first === undefined ? {} : { line: first.line, column: first.column }) },
    details: { problems },
  });
}

function describe(file: string, { line, column, code, message }: PlanTextProblem): string {
  return `${file}:${line}:${column} ${code} ${message}`;
}
