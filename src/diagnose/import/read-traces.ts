/** From the text of a file to traces: JSON, JSON lines and lists of traces, each in any layout that is known. */
import { TaskProblems } from '../../compare/task-problems.ts';
import { PlanwrightError } from '../../errors.ts';
import { describeValue, quoteText } from '../../plan/quote-value.ts';
import type { Trace } from '../trace.ts';
import { importForeign, layoutOf, layoutsInWords } from './foreign-layouts.ts';
import { isMessage } from './message-steps.ts';

const maxCharacters = 512 * 1024 * 1024;
const maxTraces = 100_000;

export interface ReadTracesOptions {
  /** The file's name, for messages and for traces without an id; nothing is opened. Default `trace`. */
  file?: string;
}

/**
 * One JSON document (a trace, a list of messages, or a list of traces), or JSON lines with a trace a line or a message a line. At
 * most 512 Mi characters and 100,000 traces.
 * @throws {PlanwrightError} `usage` with every problem: `run.jsonl:3 traj.4: a message has a role.`
 */
export function readTraces(text: string, { file = 'trace' }: ReadTracesOptions = {}): Trace[] {
  if (text.length > maxCharacters) {
    throw new PlanwrightError('usage', `${file}: the file has more than ${maxCharacters.toLocaleString('en-US')} characters.`, {
      location: { file },
    });
  }
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (body.trim() === '') throw new PlanwrightError('usage', `${file}: the file is empty.`, { location: { file } });
  const whole = parseJson(body);
  const reading = new Reading(file);
  if (whole.kind === 'value') reading.takeDocument(whole.value);
  else if (looksLikeLines(body)) reading.takeLines(body);
  else reading.problems.add({ file, ...whole.place }, `not valid JSON: ${whole.reason}`);
  reading.problems.refuse();
  return reading.traces;
}

type Parsed = { kind: 'value'; value: unknown } | { kind: 'broken'; reason: string; place: { line?: number; column?: number } };

function parseJson(text: string): Parsed {
  try {
    return { kind: 'value', value: JSON.parse(text) };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(reason) ?? [];
    const place = line === undefined ? {} : { line: Number(line), column: Number(column) };
    return { kind: 'broken', reason: reason.replace(/ \(line.*$/, '').slice(0, 200), place };
  }
}

/** Whether the first line that is not blank is a JSON document by itself. */
function looksLikeLines(text: string): boolean {
  for (const { content } of listLines(text)) return parseJson(content).kind === 'value';
  return false;
}

function* listLines(text: string): Generator<{ line: number; content: string }> {
  let line = 0;
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const content = text.slice(start, end < 0 ? text.length : end).trim();
    start = end < 0 ? text.length : end + 1;
    line += 1;
    if (content !== '') yield { line, content };
  }
}

class Reading {
  readonly traces: Trace[] = [];
  readonly problems = new TaskProblems();
  readonly #file: string;
  readonly #ids = new Map<string, string>();

  constructor(file: string) {
    this.#file = file;
  }

  takeDocument(value: unknown): void {
    if (!Array.isArray(value) || isMessage(value[0])) {
      this.#take(value, this.#file, {});
      return;
    }
    if (value.length === 0) this.problems.add({ file: this.#file }, 'the list holds no trace');
    if (value.length > maxTraces)
      this.problems.add({ file: this.#file }, `more than ${maxTraces.toLocaleString('en-US')} traces`);
    else for (const [at, item] of value.entries()) this.#take(item, `${this.#file}#${at + 1}`, { path: `[${at}]` });
  }

  takeLines(text: string): void {
    const messages: unknown[] = [];
    let isMessages: boolean | null = null;
    let at = 0;
    for (const { line, content } of listLines(text)) {
      const parsed = parseJson(content);
      if (parsed.kind === 'broken') {
        this.problems.add({ file: this.#file, line }, `not valid JSON: ${parsed.reason}`);
        continue;
      }
      isMessages ??= isMessage(parsed.value) && layoutOf(parsed.value) === null;
      at += 1;
      if (isMessages) messages.push(parsed.value);
      else if (at > maxTraces) {
        this.problems.add({ file: this.#file, line }, `more than ${maxTraces.toLocaleString('en-US')} traces`);
        return;
      } else this.#take(parsed.value, `${this.#file}#${at}`, { line });
    }
    if (isMessages === true && this.problems.count === 0) this.#take(messages, this.#file, {});
  }

  #take(value: unknown, id: string, place: { line?: number; path?: string }): void {
    const location = { file: this.#file, ...place };
    const layout = layoutOf(value);
    if (layout === null) {
      this.problems.add(location, `${describeShape(value)} is no trace of a known layout. Known are ${layoutsInWords}`);
      return;
    }
    try {
      const read = importForeign(value, layout, id, location);
      if (read.kind === 'trace') this.#admit(read.trace, id, location);
      else
        for (const { path, message } of read.problems)
          this.problems.add({ ...location, path: [place.path, path].filter((part) => part !== undefined).join('.') }, message);
    } catch (thrown) {
      if (!(thrown instanceof PlanwrightError)) throw thrown;
      this.problems.add(location, thrown.message.replace(/^\S+: /, ''));
    }
  }

  /** Own ids that come twice are told apart by their place in the file. */
  #admit(trace: Trace, fallback: string, { line, path }: { line?: number; path?: string }): void {
    const id = this.#ids.has(trace.id) ? fallback : trace.id;
    if (this.#ids.has(id)) {
      this.problems.add(
        { file: this.#file, ...(line === undefined ? {} : { line }) },
        `the id ${quoteText(id)} is taken already`,
      );
      return;
    }
    this.#ids.set(id, path ?? String(line ?? ''));
    this.traces.push({ ...trace, id });
  }
}

function describeShape(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return describeValue(value);
  const keys = Object.keys(value)
    .slice(0, 8)
    .map((key) => quoteText(key, 30));
  return keys.length === 0 ? 'an object without keys' : `an object with the keys ${keys.join(', ')}`;
}
