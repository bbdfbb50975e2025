/** From a tasks file to tasks: checked, shorthands written out, folders found. Everything wrong is told at once. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PlanwrightError } from '../errors.ts';
import { quoteText } from '../plan/quote-value.ts';
import { describeIssues } from '../team/schema-issues.ts';
import type { PathSegment } from '../team/team-problems.ts';
import { describeUnavailableCheck } from '../verify/availability.ts';
import { type ComparisonTask, comparisonTaskSchema } from './comparison-task.ts';
import { expandChecks } from './expand-check.ts';
import { readWrittenTasks, type WrittenTask } from './read-task-file.ts';
import { TaskProblems } from './task-problems.ts';

/** Bytes of a tasks file. */
const maxFileBytes = 256 * 1024 * 1024;

export interface ReadTasksOptions {
  /** The file's name, for messages. Default `tasks`. */
  file?: string;
  /** The folder that `files` start from. Default: the process's. */
  folder?: string;
}

/**
 * Reads a `.jsonl`, `.yaml`, `.yml` or `.json` file; `files` of a task start from the file's folder.
 * @throws {PlanwrightError} `usage`, with every problem: `tasks.jsonl:3 check.pattern: …`.
 */
export function loadComparisonTasks(path: string): ComparisonTask[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) {
    const what = found === undefined ? 'There is no tasks file' : 'Not a file:';
    throw new PlanwrightError('usage', `${what} "${path}".`, { location: { file: path } });
  }
  if (found.size > maxFileBytes)
    throw new PlanwrightError('usage', `${path}: the file is larger than ${maxFileBytes} bytes.`, { location: { file: path } });
  return parseComparisonTasks(readFileSync(path, 'utf8'), { file: path, folder: dirname(resolve(path)) });
}

/** The same for a text. @throws {PlanwrightError} `usage`. */
export function parseComparisonTasks(text: string, { file = 'tasks', folder }: ReadTasksOptions = {}): ComparisonTask[] {
  const problems = new TaskProblems();
  const written = readWrittenTasks(text, file, problems);
  const tasks = readTasks(written, folder ?? process.cwd(), problems);
  problems.refuse();
  return tasks;
}

function readTasks(written: readonly WrittenTask[], folder: string, problems: TaskProblems): ComparisonTask[] {
  const tasks: ComparisonTask[] = [];
  const ids = new Map<string, string>();
  const folders = new Map<string, string | null>();
  for (const entry of written) {
    const { id, files } = isRecord(entry.value) ? entry.value : {};
    if (typeof id === 'string' || typeof id === 'number') refuseTakenId(String(id), entry, ids, problems);
    if (typeof files === 'string') {
      const path = resolve(folder, files);
      const problem = folders.get(path) ?? inspectFolder(path);
      folders.set(path, problem);
      if (problem !== null) problems.add(entry.locate(['files']), problem);
    }
    const task = readTask(entry, problems);
    if (task !== null) tasks.push(task.files === undefined ? task : { ...task, files: resolve(folder, task.files) });
  }
  return tasks;
}

function refuseTakenId(id: string, { locate }: WrittenTask, ids: Map<string, string>, problems: TaskProblems): void {
  const first = ids.get(id);
  if (first !== undefined) {
    problems.add(locate(['id']), `the id ${quoteText(id)} is taken already (${first})`);
    return;
  }
  const { line, path } = locate([]);
  ids.set(id, line === undefined ? (path ?? '') : `line ${line}`);
}

function readTask({ value, locate }: WrittenTask, problems: TaskProblems): ComparisonTask | null {
  const { checks, writtenPath } = expandChecks(isRecord(value) ? value['check'] : undefined);
  const place = (path: readonly PathSegment[]) => (path[0] === 'check' ? ['check', ...writtenPath(path.slice(1))] : path);
  const withheld = problems.count;
  const expanded = isRecord(value) && 'check' in value ? { ...value, check: checks } : value;
  const parsed = comparisonTaskSchema.safeParse(expanded);
  for (const { path, message, at } of parsed.success ? [] : describeIssues(comparisonTaskSchema, expanded, parsed.error)) {
    const hint = isMissingKind(path, expanded) ? `. Or write { exact: "…" }, { regex: "…" } or { number: 4 }` : '';
    problems.add(locate(place(path), at), message + hint);
  }
  const accept = parsed.success ? (parsed.data.accept ?? []) : [];
  for (const [index, one] of accept.entries()) {
    const wrong = describeUnavailableCheck(one);
    if (wrong === null) continue;
    problems.add(locate(['accept', index, ...wrong.path]), wrong.message);
  }
  if (!parsed.success || problems.count > withheld) return null;
  const { files, class: taskClass, ...rest } = parsed.data;
  return {
    ...rest,
    accept,
    ...(files === undefined ? {} : { files }),
    ...(taskClass === undefined ? {} : { class: taskClass }),
  };
}

/** `check.0.kind` of a check that has none. */
function isMissingKind([first, index, last]: readonly PathSegment[], task: unknown): boolean {
  if (first !== 'check' || last !== 'kind' || typeof index !== 'number' || !isRecord(task)) return false;
  const checks: unknown = task['check'];
  const check: unknown = Array.isArray(checks) ? checks[index] : undefined;
  return isRecord(check) && !('kind' in check);
}

function inspectFolder(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return `there is no folder ${quoteText(path, 300)}`;
  return found.isDirectory() ? null : `${quoteText(path, 300)} is a file; name the folder that holds it`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
