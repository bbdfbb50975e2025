/** The text of a tasks file as values with places: JSON lines, or a YAML or JSON document. */
import { extname } from 'node:path';
import type { SourceLocation } from '../errors.ts';
import { maxTeamFileLength, readDocument } from '../team/read-document.ts';
import type { PathSegment } from '../team/team-problems.ts';
import { dottedPath } from '../team/team-problems.ts';
import { maxComparisonTasks } from './comparison-task.ts';
import type { TaskProblems } from './task-problems.ts';

/** One task as it was written. */
export interface WrittenTask {
  value: unknown;
  locate: (path: readonly PathSegment[], at?: 'key' | 'value') => SourceLocation;
}

const lineFormats = ['.jsonl', '.ndjson'];
const documentFormats = ['.yaml', '.yml', '.json'];

/** By the file's ending; without a known one by its first line. Problems go to `problems`. */
export function readWrittenTasks(text: string, file: string, problems: TaskProblems): WrittenTask[] {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const format = extname(file).toLowerCase();
  const isLines = lineFormats.includes(format) || (!documentFormats.includes(format) && beginsWithJsonLine(source));
  const tasks = isLines ? readLines(source, file, problems) : readTaskDocument(source, file, problems);
  if (tasks.length === 0 && problems.count === 0) problems.add({ file }, 'There are no tasks in this file');
  return tasks;
}

/** Blank lines and lines that begin with `#` hold no task. */
function readLines(text: string, file: string, problems: TaskProblems): WrittenTask[] {
  const tasks: WrittenTask[] = [];
  let line = 0;
  for (let start = 0; start <= text.length; ) {
    const end = text.indexOf('\n', start);
    const content = (end < 0 ? text.slice(start) : text.slice(start, end)).trim();
    start = end < 0 ? text.length + 1 : end + 1;
    line += 1;
    if (content === '' || content.startsWith('#')) continue;
    const at = line;
    if (tasks.length >= maxComparisonTasks) {
      problems.add({ file, line: at }, `A comparison has at most ${maxComparisonTasks} tasks`);
      break;
    }
    try {
      const value: unknown = JSON.parse(content);
      tasks.push({ value, locate: (path) => ({ file, line: at, ...(path.length === 0 ? {} : { path: dottedPath(path) }) }) });
    } catch (thrown) {
      problems.add({ file, line: at }, `not valid JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
  return tasks;
}

function readTaskDocument(text: string, file: string, problems: TaskProblems): WrittenTask[] {
  if (text.length > maxTeamFileLength) {
    const most = `at most ${maxTeamFileLength} characters of YAML or of one JSON document are read`;
    problems.add({ file }, `The file has ${text.length} characters; ${most}. Write one task a line, as JSON, in a .jsonl file`);
    return [];
  }
  const reading = readDocument(text, file);
  if (reading.kind === 'refused') {
    for (const { message, location } of reading.problems) problems.add(location, message);
    return [];
  }
  const prefix = isRecord(reading.value) && 'tasks' in reading.value ? ['tasks'] : [];
  const list = isRecord(reading.value) && 'tasks' in reading.value ? reading.value['tasks'] : reading.value;
  if (!Array.isArray(list)) {
    problems.add(reading.locate({ path: prefix }), 'The tasks must be a list: - { id: …, task: …, check: … }');
    return [];
  }
  if (isRecord(reading.value)) {
    for (const key of Object.keys(reading.value)) {
      if (key !== 'tasks') problems.add(reading.locate({ path: [key], at: 'key' }), 'unknown key. Known keys: tasks');
    }
  }
  return list.map((value: unknown, index) => ({
    value,
    locate: (path, at) => reading.locate({ path: [...prefix, index, ...path], ...(at === undefined ? {} : { at }) }),
  }));
}

function beginsWithJsonLine(text: string): boolean {
  const first = text.split('\n', 1000).find((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  try {
    return isRecord(JSON.parse(first ?? ''));
  } catch {
    return false;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
