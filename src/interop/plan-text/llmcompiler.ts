/**
 * LLMCompiler's plans (Kim et al. 2024), line by line as they arrive: `1. tool(args)` with `$1` or `${1}` for the result of a step
 * before, `Thought:` lines, and a last `join()`. A line that its author did not close is read to its end.
 *
 * 1. What `push` has returned is final: later text changes no step.
 * 2. The steps do not depend on where the text was cut into chunks.
 */
import { findClosing } from './close-bracket.ts';
import type { PlanStep, PlanTextProblem } from './plan-text.ts';
import { type Reference, StepBook } from './step-book.ts';

/** A step is handed out when its line is complete; `joined` when the joiner's line is. */
export type PlanStepArrival = { kind: 'step'; step: PlanStep } | { kind: 'joined' };

/** One line, in UTF-16 units: more is not held back for a line's end. */
const maxLineLength = 1_000_000;

const stepHead = /^\s{0,100}(\d{1,9})\.\s{0,100}([\p{L}_][\p{L}\p{N}_.-]{0,99})\s{0,100}\(/u;
const stepLike = /^\s{0,100}\d{1,9}\s{0,100}[.):]/;
const thoughtHead = /^\s{0,100}Thought\s{0,100}:/i;
const endMark = '<END_OF_PLAN>';
const forms = /\$(?:\{(\d{1,9})\}|(\d{1,9})(?![\w]))/g;
/** `$1.50` and `$1,000` are money. */
const fraction = /^(?:\.\d{2}|,\d{3})(?!\d)/;

export interface LlmCompilerOptions {
  /** Ids of steps of the plan that this text goes on with, as after a replan: they may be referred to, and are not numbered again. */
  earlier?: readonly string[];
}

export class LlmCompilerReader {
  readonly #book: StepBook;
  #rest = '';
  #line = 0;
  #thoughts: string[] = [];
  #hasJoined = false;
  /** The step on the line before was not closed: what follows could belong to it. */
  #isOpen = false;
  #isOver = false;
  /** Numbers that are amounts unless a step turns out to have them. */
  readonly #amounts: { reference: Reference; number: number }[] = [];

  constructor({ earlier = [] }: LlmCompilerOptions = {}) {
    this.#book = new StepBook(String, earlier.map(Number).filter(Number.isSafeInteger));
  }

  /** Any piece of the text, from one character to all of it. @returns what is complete now, in the order of the text. */
  push(chunk: string): PlanStepArrival[] {
    const arrivals: PlanStepArrival[] = [];
    let from = 0;
    for (let at = chunk.indexOf('\n'); at !== -1 && !this.#isOver; at = chunk.indexOf('\n', from)) {
      arrivals.push(...this.#readLine(this.#rest + chunk.slice(from, at)));
      this.#rest = '';
      from = at + 1;
    }
    if (this.#isOver) return arrivals;
    this.#rest += chunk.slice(from);
    if (this.#rest.length > maxLineLength) this.#refuseLength();
    return arrivals;
  }

  /** The text is complete, its last line too. */
  end(): PlanStepArrival[] {
    const arrivals = this.#isOver || this.#rest === '' ? [] : this.#readLine(this.#rest);
    this.#rest = '';
    for (const { reference, number } of this.#amounts.splice(0)) {
      if (this.#book.has(reference.number)) this.#book.refuseReference(number, reference);
    }
    return arrivals;
  }

  /** All steps so far. */
  get steps(): PlanStep[] {
    return this.#book.steps;
  }

  /** Whether the joiner was called. */
  get hasJoined(): boolean {
    return this.#hasJoined;
  }

  problems(): PlanTextProblem[] {
    return this.#book.problems();
  }

  /** The line that is being read, from 1. */
  get line(): number {
    return this.#line + 1;
  }

  get book(): StepBook {
    return this.#book;
  }

  #refuseLength(): void {
    this.#isOver = true;
    this.#rest = '';
    this.#book.refuse('too-large', `This line has more than ${maxLineLength} characters.`, { line: this.#line + 1, column: 1 });
  }

  #readLine(text: string): PlanStepArrival[] {
    this.#line += 1;
    if (text.length > maxLineLength) {
      this.#line -= 1;
      this.#refuseLength();
      return [];
    }
    const place = { line: this.#line, column: text.length - text.trimStart().length + 1 };
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    const head = stepHead.exec(text);
    if (head !== null) return this.#readStep(text, head, place);
    if (stepLike.test(text)) {
      this.#book.refuse('malformed-step', 'This line is numbered and calls no tool. Write: 1. tool(arguments)', place);
    } else if (thoughtHead.test(text)) {
      this.#thoughts.push(text.replace(thoughtHead, '').trim());
    } else if (wasOpen && text.trim() !== '' && text.trim() !== endMark) {
      this.#book.refuse(
        'malformed-step',
        'The step before is not closed, and this line may belong to it. Write each step on one line.',
        place,
      );
    }
    return [];
  }

  #readStep(text: string, head: RegExpExecArray, place: { line: number; column: number }): PlanStepArrival[] {
    const [{ length: from }, digits = '', tool = ''] = head;
    const number = Number(digits);
    if (this.#hasJoined) {
      this.#book.refuse('after-join', `Step ${number} comes after join(), which ends the plan.`, place);
      return [];
    }
    if (tool === 'join') {
      this.#hasJoined = true;
      return [{ kind: 'joined' }];
    }
    const { input, isClosed } = readArguments(text, from);
    this.#isOpen = !isClosed;
    const thought = this.#thoughts.splice(0).join('\n');
    const references = findNumbered(input, number, { from, line: place.line });
    this.#amounts.push(...references.filter(({ isAmount }) => isAmount).map((reference) => ({ reference, number })));
    const step = this.#book.enter({
      number,
      tool,
      input,
      references: references.filter(({ isAmount }) => !isAmount),
      ...(thought === '' ? {} : { thought }),
      ...place,
    });
    return step === null ? [] : [{ kind: 'step', step }];
  }
}

/** Up to the bracket that closes the call; a call that is not closed goes to the end of its line. */
function readArguments(text: string, from: number): { input: string; isClosed: boolean } {
  const closing = findClosing(text, from, ['(', ')'], `"'`);
  if (closing !== -1) return { input: text.slice(from, closing), isClosed: true };
  // An apostrophe opens a quotation that nothing ends.
  const plain = findClosing(text, from, ['(', ')']);
  const rest = text.trimEnd();
  const end = rest.endsWith(endMark) ? rest.slice(0, -endMark.length).trimEnd().length : rest.length;
  const last = text.lastIndexOf(')', end - 1);
  if (plain !== -1) return { input: text.slice(from, Math.max(plain, last)), isClosed: true };
  return { input: text.slice(from, Math.max(from, end)), isClosed: false };
}

type NumberedReference = Reference & { isAmount: boolean };

/**
 * References of the arguments of step `number`, which begin at the column `from + 1`. A bare number of three digits or more above
 * the step's own is an amount, unless such a step comes later.
 */
function findNumbered(input: string, number: number, { from, line }: { from: number; line: number }): NumberedReference[] {
  const references: NumberedReference[] = [];
  for (const match of input.matchAll(forms)) {
    const [written, braced, bare] = match;
    if (isMoney(input, match.index + written.length, bare)) continue;
    const target = Number(braced ?? bare);
    const isAmount = bare !== undefined && bare.length >= 3 && target > number;
    references.push({ number: target, written, line, column: from + match.index + 1, isAmount });
  }
  return references;
}

function isMoney(input: string, end: number, bare: string | undefined): boolean {
  return bare !== undefined && fraction.test(input.slice(end, end + 5));
}

/** References to these ids as `{{ID}}`. */
export function nameResults(input: string, known: ReadonlySet<string>): string {
  return input.replace(forms, (written: string, braced: string | undefined, bare: string | undefined, at: number) => {
    const id = String(Number(braced ?? bare));
    return known.has(id) && !isMoney(input, at + written.length, bare) ? `{{${id}}}` : written;
  });
}
