/**
 * Tasks as people paste them: one a line, as JSON (a tasks file in `.jsonl`) or as `What is 6 times 7? => 42`, or a whole
 * JSON array. An answer that is a number is compared as one; any other has to be contained in the result.
 */

export interface TaskLines {
  /** As `POST /api/comparisons` takes them. */
  tasks: Record<string, unknown>[];
  /** One sentence each, with its line. */
  problems: string[];
}

const numberPattern = /^[-+]?\d+(?:\.\d+)?$/;

/** Blank lines and lines that begin with `#` hold no task. A task of words has its line's number as its id. */
export function readTaskLines(text: string): TaskLines {
  if (text.trim().startsWith('[')) return readArray(text);
  const tasks: TaskLines['tasks'] = [];
  const problems: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.trim();
    if (content === '' || content.startsWith('#')) continue;
    const read = content.startsWith('{') ? readJson(content) : readWords(content, index + 1);
    if (typeof read === 'string') problems.push(`Line ${index + 1}: ${read}`);
    else tasks.push(read);
  }
  if (tasks.length === 0 && problems.length === 0) problems.push('There are no tasks.');
  return { tasks, problems };
}

function readArray(text: string): TaskLines {
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every(isRecord)) return { tasks: list, problems: [] };
    return { tasks: [], problems: ['A list holds tasks only: [{ "id": "1", "task": "…", "check": { "number": 42 } }]'] };
  } catch (thrown) {
    return { tasks: [], problems: [`The list is not JSON: ${describe(thrown)}`] };
  }
}

function readJson(content: string): Record<string, unknown> | string {
  try {
    const task: unknown = JSON.parse(content);
    return isRecord(task) ? task : 'a task is an object.';
  } catch (thrown) {
    return `not JSON: ${describe(thrown)}`;
  }
}

/** The last arrow parts them: a task may hold one. */
function readWords(content: string, line: number): Record<string, unknown> | string {
  const at = content.lastIndexOf('=>');
  const task = content.slice(0, at).trim();
  const answer = content.slice(at + 2).trim();
  if (at < 0 || task === '' || answer === '') return 'say what the right answer is, behind an arrow: What is 6 times 7? => 42';
  return { id: String(line), task, check: numberPattern.test(answer) ? { number: Number(answer) } : { contains: answer } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
