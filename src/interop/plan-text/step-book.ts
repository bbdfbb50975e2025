/**
 * The steps of one text, in its order, while it is read.
 * 1. An id is entered once, and only a number above all before it.
 * 2. A reference is entered only to a step that is entered already: what is entered is a directed acyclic graph.
 */
import { quoteText } from '../../plan/quote-value.ts';
import type { PlanStep, PlanTextCode, PlanTextProblem } from './plan-text.ts';
import { ProblemLog } from './problem-log.ts';

export interface Reference {
  number: number;
  /** As it is written: `#E1`, `$1`. */
  written: string;
  line: number;
  column: number;
}

export interface StepDraft extends Omit<PlanStep, 'id' | 'references'> {
  number: number;
  references: readonly Reference[];
}

export class StepBook {
  readonly steps: PlanStep[] = [];
  readonly #log = new ProblemLog();
  readonly #ids = new Map<number, string>();
  readonly #idOf: (number: number) => string;
  #highest = -1;

  /**
   * @param idOf The id of the step with this number.
   * @param earlier Numbers of steps that stand already, and that steps of this text may refer to.
   */
  constructor(idOf: (number: number) => string, earlier: readonly number[] = []) {
    this.#idOf = idOf;
    for (const number of earlier) {
      this.#ids.set(number, idOf(number));
      this.#highest = Math.max(this.#highest, number);
    }
  }

  /** @returns the step as entered, or null when its id can't be; what else is wrong with it is a problem beside it. */
  enter(draft: StepDraft): PlanStep | null {
    const { number, references, ...rest } = draft;
    const id = this.#idOf(number);
    if (this.#ids.has(number)) {
      this.refuse('duplicate-id', `Step ${id} is there twice. Number every step once.`, draft);
      return null;
    }
    if (number < this.#highest) {
      const above = this.#idOf(this.#highest);
      this.refuse('falling-id', `Step ${id} comes after ${above}. Number the steps in their order.`, draft);
      return null;
    }
    const known = new Set<string>();
    for (const reference of references) {
      const target = this.#ids.get(reference.number);
      if (target === undefined) this.refuseReference(number, reference);
      else known.add(target);
    }
    this.#ids.set(number, id);
    this.#highest = number;
    const step: PlanStep = { id, ...rest, references: [...known] };
    this.steps.push(step);
    return step;
  }

  has(number: number): boolean {
    return this.#ids.has(number);
  }

  refuse(code: PlanTextCode, message: string, { line, column }: { line: number; column: number }): void {
    this.#log.add({ code, message, line, column });
  }

  problems(): PlanTextProblem[] {
    return this.#log.toProblems();
  }

  /** @param number The step that refers. */
  refuseReference(number: number, reference: Reference): void {
    const id = this.#idOf(number);
    const written = quoteText(reference.written);
    if (reference.number === number) {
      this.refuse('self-reference', `Step ${id} refers to itself by ${written}. Refer to an earlier step.`, reference);
    } else if (reference.number > number) {
      this.refuse('forward-reference', `Step ${id} refers to ${written}, which is no earlier step.`, reference);
    } else {
      this.refuse(
        'unknown-reference',
        `Step ${id} refers to ${written}, and there is no such step: that evidence is missing.`,
        reference,
      );
    }
  }
}
