/** Problems of a plan's text, few enough to be read. */
import type { PlanTextProblem } from './plan-text.ts';

const maxProblems = 100;

export class ProblemLog {
  readonly #listed: PlanTextProblem[] = [];
  #more = 0;
  #last: PlanTextProblem | undefined;

  /** @returns whether it is listed. */
  add(problem: PlanTextProblem): boolean {
    if (this.#listed.length < maxProblems) {
      this.#listed.push(problem);
      return true;
    }
    this.#more += 1;
    this.#last ??= problem;
    return false;
  }

  /** In the order found; one more says how many there are besides, at the first of them. */
  toProblems(): PlanTextProblem[] {
    if (this.#last === undefined) return [...this.#listed];
    const { line, column } = this.#last;
    return [
      ...this.#listed,
      { code: 'more-problems', message: `There are ${this.#more} more problems. Correct those listed first.`, line, column },
    ];
  }
}
