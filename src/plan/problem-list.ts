/** Collects the problems of a plan: located, in the order found, and few enough to be read. */
import type { PlanProblem, ProblemCode } from './plan.ts';

/** A place in the document: keys and positions from its root. */
export type DocumentPath = readonly (string | number)[];

export interface SourcePosition {
  /** From 1. */
  line: number;
  column: number;
}

/** Where a path stands in the file that the draft was read from. A missing key is located at what should hold it. */
export type Locate = (path: DocumentPath) => SourcePosition | undefined;

export interface FoundProblem {
  message: string;
  subtaskId?: string | undefined;
  path?: DocumentPath | undefined;
}

/** Problems listed one by one for each code; one more says how many there are besides. */
export const maxProblemsPerCode = 100;

export class ProblemList {
  readonly #listed: PlanProblem[] = [];
  readonly #counts = new Map<ProblemCode, number>();
  readonly #locate: Locate | undefined;

  constructor(locate?: Locate) {
    this.#locate = locate;
  }

  /** `describe` is called only when the problem will be listed. */
  add(code: ProblemCode, describe: () => FoundProblem): void {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count > maxProblemsPerCode) return;
    const { message, subtaskId, path } = describe();
    const line = path === undefined ? undefined : this.#locate?.(path)?.line;
    this.#listed.push({
      code,
      message,
      ...(subtaskId === undefined ? {} : { subtaskId }),
      ...(path === undefined || path.length === 0 ? {} : { path: path.join('.') }),
      ...(line === undefined ? {} : { line }),
    });
  }

  has(...codes: ProblemCode[]): boolean {
    return codes.some((code) => this.#counts.has(code));
  }

  /** In the order found; then, for each code with more than could be listed, a count of the rest. */
  toProblems(): PlanProblem[] {
    const problems = [...this.#listed];
    for (const [code, count] of this.#counts) {
      if (count <= maxProblemsPerCode) continue;
      const rest = count - maxProblemsPerCode;
      problems.push({
        code,
        message: `${rest} more ${rest === 1 ? 'problem' : 'problems'} of the kind ${code}. Correct those listed first.`,
      });
    }
    return problems;
  }
}
