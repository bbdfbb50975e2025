/** One of a crew's two files: named entries whose fields are read one by one, each problem with its place. */
import { describeValue } from '../../plan/quote-value.ts';
import { type LocatedValue, readDocument } from '../../team/read-document.ts';
import { dottedPath, type Finding, type PathSegment, type TeamProblem, teamProblemsError } from '../../team/team-problems.ts';
import type { CrewNote, CrewNoteCode } from './crew.ts';

/** The most entries of one file: without contexts each task is given all before it. */
const maxEntries = 1000;
/** Notes listed one by one of one file; one more says how many there are besides. */
const maxNotes = 1000;

export class CrewFile {
  readonly #notes: CrewNote[] = [];
  #moreNotes = 0;
  readonly #document: LocatedValue;
  readonly #problems: TeamProblem[] = [];
  readonly #entries: Map<string, Record<string, unknown>>;

  /**
   * @param file Its name, for messages.
   * @throws {PlanwrightError} `team-invalid` with `file:line:column` when it is no YAML, or no map of maps.
   */
  constructor(text: string, file: string) {
    const reading = readDocument(text.startsWith('\uFEFF') ? text.slice(1) : text, file, { duplicateKeys: 'last' });
    if (reading.kind === 'refused')
      throw teamProblemsError(reading.problems.map((problem) => ({ ...problem, message: `${problem.message}.` })));
    this.#document = reading;
    this.#entries = this.#readEntries(reading.value);
    this.throwProblems();
    for (const { path, location } of reading.duplicates) {
      const message = 'This key stands here twice; the last one counts.';
      this.#notes.push({ code: 'duplicate-key', message, path: dottedPath(path), ...location });
    }
  }

  get entries(): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
    return this.#entries;
  }

  /** In the order found. */
  get notes(): CrewNote[] {
    if (this.#moreNotes === 0) return [...this.#notes];
    const message = `There are ${this.#moreNotes} more. Correct those listed first.`;
    return [...this.#notes, { code: 'more-notes', message, path: '', ...this.#document.locate({ path: [] }) }];
  }

  /** `describe` is called only when the note will be listed. */
  note(code: CrewNoteCode, path: readonly PathSegment[], describe: () => string): void {
    if (this.#notes.length >= maxNotes) {
      this.#moreNotes += 1;
      return;
    }
    const { path: _, ...place } = this.#document.locate({ path, at: 'key' });
    this.#notes.push({ code, message: describe(), path: dottedPath(path), ...place });
  }

  /** A text, or a number as text; '' where there is none. Anything else is refused. */
  text(entry: string, key: string): string {
    const value = this.#entries.get(entry)?.[key];
    if (value === undefined || value === null) return '';
    if (typeof value === 'string') return value.trim();
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return this.refuse([entry, key], `must be text, not ${describeValue(value)}`) ?? '';
  }

  /** YAML 1.1, which CrewAI reads, has `yes` and `on` besides. */
  flag(entry: string, key: string): boolean {
    const value = this.#entries.get(entry)?.[key];
    if (value === undefined || value === null) return false;
    if (typeof value === 'boolean') return value;
    if (typeof value === 'string' && /^(?:yes|on|true)$/i.test(value)) return true;
    if (typeof value === 'string' && /^(?:no|off|false)$/i.test(value)) return false;
    return this.refuse([entry, key], `must be true or false, not ${describeValue(value)}`) ?? false;
  }

  /** A whole number from 1, or undefined. */
  count(entry: string, key: string): number | undefined {
    const value = this.#entries.get(entry)?.[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
    return this.refuse([entry, key], `must be a whole number from 1, not ${describeValue(value)}`);
  }

  /** A list's texts, one text alone as a list of it, or undefined where there is none. */
  texts(entry: string, key: string): string[] | undefined {
    const value = this.#entries.get(entry)?.[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' && value.trim() !== '') return [value.trim()];
    if (!Array.isArray(value)) return this.refuse([entry, key], `must be a list, not ${describeValue(value)}`);
    return value.flatMap((item: unknown, at): string[] => {
      if (typeof item === 'string') return [item.trim()];
      this.refuse([entry, key, at], `must be text, not ${describeValue(item)}`);
      return [];
    });
  }

  refuse(path: readonly PathSegment[], message: string, at: Finding['at'] = 'value'): undefined {
    this.#problems.push({ location: this.#document.locate({ path, at }), message: `${message}.` });
  }

  /** @throws {PlanwrightError} `team-invalid` with everything that was refused so far. */
  throwProblems(): void {
    if (this.#problems.length > 0) throw teamProblemsError(this.#problems);
  }

  #readEntries(value: unknown): Map<string, Record<string, unknown>> {
    const entries = new Map<string, Record<string, unknown>>();
    if (!isRecord(value)) {
      this.refuse(
        [],
        value === null || value === undefined ? 'the file is empty' : `must hold entries by name, not ${describeValue(value)}`,
      );
      return entries;
    }
    const named = Object.entries(value);
    if (named.length > maxEntries) this.refuse([], `holds ${named.length} entries; at most ${maxEntries} are read`);
    for (const [name, entry] of named.slice(0, maxEntries)) {
      // A name alone: everything else stands in Python.
      if (entry === null || entry === undefined) entries.set(name, {});
      else if (isRecord(entry)) entries.set(name, mergeBase(entry));
      else this.refuse([name], `must hold fields by name, not ${describeValue(entry)}`);
    }
    return entries;
  }
}

/** `<<: *base`, as YAML 1.1 has it and CrewAI reads it: one map, or several of which the first goes before. */
function mergeBase(entry: Record<string, unknown>): Record<string, unknown> {
  const { '<<': base, ...own } = entry;
  if (base === undefined) return entry;
  const bases = (Array.isArray(base) ? base : [base]).filter(isRecord);
  return Object.assign({}, ...bases.toReversed(), own);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
