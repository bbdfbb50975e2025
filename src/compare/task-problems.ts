/** What is wrong with a tasks file: every problem with its place, in one error. */
import { PlanwrightError, type SourceLocation } from '../errors.ts';

export interface TaskProblem {
  /** `file`, `line`, and `path` inside the line's or the document's value. */
  location: SourceLocation;
  message: string;
}

/** Lines of the message; `details.problems` holds ten times as many. */
const maxShown = 200;

/** Collects problems; a file of 100,000 bad tasks is told by its first ones and a count. */
export class TaskProblems {
  readonly #listed: TaskProblem[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(location: SourceLocation, message: string): void {
    this.#count += 1;
    if (this.#listed.length < maxShown * 10) this.#listed.push({ location, message: endSentence(message) });
  }

  /** @throws {PlanwrightError} `usage`; nothing without problems. */
  refuse(): void {
    const sorted = this.#listed.toSorted(({ location: a }, { location: b }) => (a.line ?? 0) - (b.line ?? 0));
    const [first] = sorted;
    if (first === undefined) return;
    const lines = sorted.slice(0, maxShown).map((problem) => printProblem(problem));
    if (this.#count > maxShown) lines.push(`… and ${this.#count - maxShown} more problems.`);
    throw new PlanwrightError('usage', lines.join('\n'), {
      location: first.location,
      details: { problems: sorted.map(({ location, message }) => ({ ...location, message })) },
    });
  }
}

function printProblem({ location, message }: TaskProblem): string {
  const { file, line, column, path } = location;
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const head = [place, path].filter((part) => part !== undefined && part !== '').join(' ');
  return head === '' ? message : `${head}: ${message}`;
}

function endSentence(message: string): string {
  return /[.!?…]$/.test(message) ? message : `${message}.`;
}
