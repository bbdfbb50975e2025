import {
  buildForecastBasis,
  type Forecast,
  type ForecastBasis,
  forecastPlan,
  loadTeam,
  type Plan,
  type PlanProblem,
  type PlanShape,
  PlanwrightError,
  toErrorRecord,
} from '../../index.ts';
import { exitCodes } from '../exit-code.ts';
import { formatCount, formatDuration, formatNumber } from '../figures.ts';
import { describeForecast } from '../forecast-text.ts';
import type { CliIo } from '../io.ts';
import { type CheckOptions, checkText, describeProblem, type LocatedCheck } from '../plan-input.ts';
import { nameInput, readInput, readLines } from '../read-input.ts';
import { printJson } from '../tell-run.ts';
import { stripControls, toOneLine } from '../terminal-text.ts';

export interface CheckFlags {
  team?: string;
  workers?: number;
  json?: boolean;
}

const pathNamed = 12;

/** What is printed of one plan with --json. */
type CheckDocument = Omit<LocatedCheck, 'plan'> & {
  /** Of a valid plan. */
  forecast?: Forecast;
  error?: { code: string; message: string; file?: string; line?: number; column?: number };
};

/** How plans are looked at: the same for all of them. */
interface Looking extends CheckOptions {
  basis: ForecastBasis;
}

export async function runCheck(io: CliIo, paths: string[], flags: CheckFlags): Promise<number> {
  const { workers } = flags;
  const team = flags.team === undefined ? undefined : await loadTeam(flags.team);
  const options: Looking = {
    basis: buildForecastBasis({
      ...(team === undefined ? {} : { team }),
      ...(workers === undefined ? {} : { limits: { concurrency: workers } }),
    }),
    ...(workers === undefined ? {} : { workers }),
    ...(team === undefined ? {} : { roles: [...new Set([...Object.keys(team.roles), team.generalist.name])] }),
  };
  let allOk = true;
  for (const path of paths) {
    const isOk = path.endsWith('.jsonl')
      ? await checkLines(io, path, options)
      : await checkFile(io, path, { ...flags, isOnly: paths.length === 1 }, options);
    allOk &&= isOk;
  }
  return allOk ? exitCodes.succeeded : exitCodes.usage;
}

async function checkFile(
  io: CliIo,
  path: string,
  { json, isOnly }: CheckFlags & { isOnly: boolean },
  options: Looking,
): Promise<boolean> {
  const file = nameInput(path);
  const document = await checkOne(path, file, options, isOnly);
  if (json !== true) await io.print(describe(file, document, options.basis));
  else if (isOnly) await printJson(io, { file, ...document });
  else await io.print(`${JSON.stringify({ file, ...document })}\n`);
  return document.ok;
}

/** A file that is not even JSON or YAML has one problem; with several files, one that can't be opened does not end the rest. */
async function checkOne(path: string, file: string, options: Looking, isOnly: boolean): Promise<CheckDocument> {
  try {
    const { plan, ...document } = checkText(await readInput(path, 'plan'), file, options);
    return { ...document, ...forecastIfValid(plan, options) };
  } catch (thrown) {
    if (!(thrown instanceof PlanwrightError) || (isOnly && thrown.code !== 'plan-unreadable')) throw thrown;
    const { line, column } = thrown.location;
    const place = { ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
    const problem = { code: 'malformed' as const, message: thrown.message, ...place };
    return { ok: false, problems: [problem], shape: null, error: { code: thrown.code, message: thrown.message, file, ...place } };
  }
}

/** One plan a line, as it is or as `plan` of an object; `id` is passed on. Empty lines are passed over. */
async function checkLines(io: CliIo, path: string, options: Looking): Promise<boolean> {
  let allOk = true;
  for await (const { text, line } of readLines(path, 'plans')) {
    const document = checkLine(text, `${path}:${line}`, line, options);
    allOk &&= document.ok;
    if (!(await io.print(`${JSON.stringify({ file: path, ...document })}\n`))) break;
  }
  return allOk;
}

interface LineDocument {
  line: number;
  id?: string | number;
  ok: boolean;
  problems: PlanProblem[];
  shape: PlanShape | null;
  forecast?: Forecast;
}

function checkLine(text: string, file: string, line: number, options: Looking): LineDocument {
  try {
    const { draft, id } = unwrap(JSON.parse(text));
    const { ok, problems, shape, plan } = checkText(JSON.stringify(draft), file, options);
    // Lines and columns of a problem would be those of the plan alone.
    const inFile = problems.map(({ line: _line, column: _column, ...problem }) => ({ ...problem, line }));
    return { line, ...(id === undefined ? {} : { id }), ok, problems: inFile, shape, ...forecastIfValid(plan, options) };
  } catch (thrown) {
    const message = `This line is not valid JSON: ${toErrorRecord(thrown).message}`;
    return { line, ok: false, problems: [{ code: 'malformed', message, line }], shape: null };
  }
}

function forecastIfValid(plan: Plan | undefined, { basis }: Looking): { forecast?: Forecast } {
  return plan === undefined ? {} : { forecast: forecastPlan(plan, basis) };
}

function unwrap(value: unknown): { draft: unknown; id: string | number | undefined } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { draft: value, id: undefined };
  const { id, ...rest } = value as Record<string, unknown>;
  const named = typeof id === 'string' || typeof id === 'number' ? id : undefined;
  return { draft: !('subtasks' in rest) && 'plan' in rest ? rest['plan'] : rest, id: named };
}

function describe(file: string, { problems, shape, error, forecast }: CheckDocument, { limits }: ForecastBasis): string {
  const lines = error === undefined ? problems.map((problem) => describeProblem(file, problem)) : [error.message];
  if (problems.length === 0) lines.push(`${file}: a valid plan`);
  if (shape !== null) lines.push(...describeShape(shape).map((line) => `  ${line}`));
  if (forecast !== undefined) {
    const assumed = forecast.basis.includes('prior') ? ' (in part from assumptions: planwright simulate says which)' : '';
    lines.push(`  forecast ${describeForecast(forecast, limits.concurrency)}${assumed}`);
  }
  return `${lines.map(stripControls).join('\n')}\n`;
}

function describeShape({
  subtasks,
  edges,
  depth,
  width,
  roots,
  leaves,
  criticalPath,
  criticalPathMs,
  makespanMs,
}: PlanShape): string[] {
  const graph = [
    formatNumber(subtasks, 'subtask'),
    edges === 1 ? '1 dependency' : `${formatCount(edges)} dependencies`,
    `depth ${formatCount(depth)}`,
    `width ${formatCount(width)}`,
    formatNumber(roots, 'root'),
    leaves === 1 ? '1 leaf' : `${formatCount(leaves)} leaves`,
  ];
  const lines = [graph.join(', ')];
  // Without estimates there is no time to forecast.
  if (makespanMs.one === 0) return lines;
  const named = criticalPath.slice(0, pathNamed).map((id) => toOneLine(id));
  const more = criticalPath.length > named.length ? ` → … ${criticalPath.length - named.length} more` : '';
  lines.push(`critical path ${formatDuration(criticalPathMs)}: ${named.join(' → ')}${more}`);
  const forecast = [`${formatDuration(makespanMs.unlimited)} with any number of workers`];
  if (makespanMs.workers !== undefined) forecast.push(`${formatDuration(makespanMs.workers)} with as many as given`);
  forecast.push(`${formatDuration(makespanMs.one)} with one`);
  lines.push(`makespan ${forecast.join(', ')}`);
  return lines;
}
