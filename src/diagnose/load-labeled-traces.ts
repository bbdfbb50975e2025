/** The traces that labels name: files beside the labels file, or ids in its JSON-lines files. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TaskProblems } from '../compare/task-problems.ts';
import { PlanwrightError } from '../errors.ts';
import { quoteText } from '../plan/quote-value.ts';
import { readTraces } from './import/read-traces.ts';
import type { TraceLabel } from './read-labels.ts';
import type { Trace } from './trace.ts';

export interface LoadLabeledTracesOptions {
  /** Of the labels, for paths. */
  folder: string;
  /** The labels file's name, for messages. Default `labels`. */
  file?: string;
  /** Traces that are at hand: their ids come before files. */
  traces?: readonly Trace[];
}

/** Read for ids: JSON-lines files beside the labels. */
const maxFiles = 1000;

/**
 * By the labels' names for them, each once. A name is the id of a given trace; else a path with one trace in it; else `path#id`; else an
 * id in any `.jsonl` file of the folder that holds traces.
 * @throws {PlanwrightError} `usage` with every trace that is not there or cannot be read: `labels.jsonl:3 trace: …`
 */
export async function loadLabeledTraces(
  labels: readonly TraceLabel[],
  options: LoadLabeledTracesOptions,
): Promise<Map<string, Trace>> {
  const { folder, file = 'labels', traces = [] } = options;
  const given = new Map(traces.map((trace) => [trace.id, trace]));
  const found = new Map<string, Trace>();
  const problems = new TaskProblems();
  const shelf = new Shelf(folder);
  const missing = new Set<string>();
  for (const { trace: name, line } of labels) {
    if (found.has(name) || missing.has(name)) continue;
    try {
      const trace = given.get(name) ?? (await shelf.find(name));
      if (trace !== null) found.set(name, trace);
      else
        problems.add(
          { file, line, path: 'trace' },
          `there is no trace ${quoteText(name)}: neither a file in ${folder} nor an id in one of its .jsonl files`,
        );
    } catch (thrown) {
      if (!(thrown instanceof PlanwrightError)) throw thrown;
      problems.add({ file, line, path: 'trace' }, thrown.message);
    }
    if (!found.has(name)) missing.add(name);
  }
  problems.refuse();
  return found;
}

class Shelf {
  readonly #folder: string;
  readonly #files = new Map<string, Promise<Trace[]>>();
  #ids: Promise<Map<string, Trace>> | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async find(name: string): Promise<Trace | null> {
    const path = resolve(this.#folder, name);
    if (await isFile(path)) {
      const traces = await this.#read(path, name);
      const [trace] = traces;
      if (trace !== undefined && traces.length === 1) return trace;
      throw new PlanwrightError('usage', `${name} holds ${traces.length} traces: name one of them by ${name}#ID`);
    }
    const mark = name.lastIndexOf('#');
    const before = name.slice(0, Math.max(0, mark));
    if (mark > 0 && (await isFile(resolve(this.#folder, before)))) {
      const traces = await this.#read(resolve(this.#folder, before), before);
      const wanted = name.slice(mark + 1);
      return traces.find(({ id }) => id === wanted || id === name) ?? null;
    }
    this.#ids ??= this.#collectIds();
    return (await this.#ids).get(name) ?? null;
  }

  #read(path: string, name: string): Promise<Trace[]> {
    let traces = this.#files.get(path);
    if (traces === undefined) {
      traces = readFile(path, 'utf8').then((text) => readTraces(text, { file: name }));
      this.#files.set(path, traces);
    }
    return traces;
  }

  /** Files that hold no traces, such as the labels themselves, are passed over. */
  async #collectIds(): Promise<Map<string, Trace>> {
    const ids = new Map<string, Trace>();
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.jsonl')).toSorted();
    for (const name of names.slice(0, maxFiles)) {
      try {
        for (const trace of await this.#read(join(resolve(this.#folder), name), name))
          if (!ids.has(trace.id)) ids.set(trace.id, trace);
      } catch (thrown) {
        if (!(thrown instanceof PlanwrightError)) throw thrown;
      }
    }
    return ids;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
