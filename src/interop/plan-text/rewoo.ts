/**
 * ReWOO's plans (Xu et al. 2023), as they arrive: `Plan: …`, then `#E1 = Tool[input]`, whose input may name evidence before it and run
 * over several lines. The reference parser loses `#E10` and above; numbers here are read whole.
 *
 * 1. What `push` has returned is final: later text changes no step.
 * 2. The steps do not depend on where the text was cut into chunks.
 */
import { findClosing } from './close-bracket.ts';
import { type TextPlace, TextPlaces } from './places.ts';
import type { PlanStep, PlanTextProblem } from './plan-text.ts';
import { type Reference, StepBook } from './step-book.ts';

/** What begins a part of the text: a thought, or a step. A step may stand behind its thought on one line. */
const heads = /^[^\S\n]*Plan[^\S\n]*(?:\d{1,9}[^\S\n]*)?:|#E(\d{1,9})[^\S\n]*=/g;
const evidence = /#E(\d{1,9})(?!\w)/g;
const toolHead = /^\s{0,100}([\p{L}\p{N}_][\p{L}\p{N}_ .-]{0,99}?)\s{0,100}\[/u;
/** No head of a tool is longer. */
const headLength = 400;

type Part = { text: string } & ({ kind: 'thought' } | StepPart);

interface StepPart {
  kind: 'step';
  number: number;
  /** Where its `#E1` begins, and where what follows its `=` does. */
  at: TextPlace;
  from: TextPlace;
  /** Brackets that are open; null before the tool's own. */
  depth: number | null;
}

export interface RewooOptions {
  /** Ids of steps that stand already: they may be referred to, and are not numbered again. */
  earlier?: readonly string[];
}

export class RewooReader {
  readonly book: StepBook;
  #rest = '';
  #line = 0;
  #part: Part | null = null;
  #thought = '';

  constructor({ earlier = [] }: RewooOptions = {}) {
    const numbers = earlier.map((id) => Number(id.slice(1))).filter(Number.isSafeInteger);
    this.book = new StepBook((number) => `E${number}`, numbers);
  }

  /** Any piece of the text. @returns steps that are whole now: those whose bracket is closed on a line that has ended. */
  push(chunk: string): PlanStep[] {
    const steps: PlanStep[] = [];
    let from = 0;
    for (let at = chunk.indexOf('\n'); at !== -1; at = chunk.indexOf('\n', from)) {
      this.#readLine(`${this.#rest}${chunk.slice(from, at + 1)}`, steps);
      this.#rest = '';
      from = at + 1;
    }
    this.#rest += chunk.slice(from);
    return steps;
  }

  /** The text is complete, its last line too. */
  end(): PlanStep[] {
    const steps: PlanStep[] = [];
    if (this.#rest !== '') this.#readLine(this.#rest, steps);
    this.#rest = '';
    this.#close(steps);
    return steps;
  }

  problems(): PlanTextProblem[] {
    return this.book.problems();
  }

  #readLine(line: string, steps: PlanStep[]): void {
    this.#line += 1;
    let from = 0;
    for (const match of line.matchAll(heads)) {
      this.#add(line.slice(from, match.index));
      this.#close(steps);
      from = match.index + match[0].length;
      this.#part =
        match[1] === undefined
          ? { kind: 'thought', text: '' }
          : {
              kind: 'step',
              number: Number(match[1]),
              at: { line: this.#line, column: match.index + 1 },
              from: { line: this.#line, column: from + 1 },
              depth: null,
              text: '',
            };
    }
    this.#add(line.slice(from));
    if (this.#part?.kind === 'step' && this.#part.depth === 0) this.#close(steps);
  }

  #add(text: string): void {
    if (this.#part === null) return;
    const before = this.#part.text.length;
    this.#part.text += text;
    if (this.#part.kind === 'step') countBrackets(this.#part, before, text);
  }

  #close(steps: PlanStep[]): void {
    const part = this.#part;
    this.#part = null;
    if (part === null) return;
    if (part.kind === 'thought') {
      this.#thought = part.text.trim();
      return;
    }
    const step = enterStep(this.book, part, this.#thought);
    if (step !== null) steps.push(step);
    this.#thought = '';
  }
}

/** `text` is at most `maxPlanTextLength` long. */
export function readRewoo(text: string): StepBook {
  const reader = new RewooReader();
  reader.push(text);
  reader.end();
  return reader.book;
}

/** Looks at each character once, however many lines the input has. */
function countBrackets(part: StepPart & { text: string }, before: number, added: string): void {
  let rest = added;
  if (part.depth === null) {
    if (before >= headLength) return;
    const head = toolHead.exec(part.text.slice(0, headLength));
    if (head === null) return;
    part.depth = 1;
    rest = part.text.slice(head[0].length);
  }
  for (let at = 0; at < rest.length && part.depth > 0; at++) {
    const character = rest.charAt(at);
    if (character === '[') part.depth += 1;
    else if (character === ']') part.depth -= 1;
  }
}

function enterStep(book: StepBook, { text, number, at, from }: StepPart & { text: string }, thought: string): PlanStep | null {
  const head = toolHead.exec(text.slice(0, headLength));
  const [whole = '', tool = ''] = head ?? [];
  const end = head === null ? -1 : findEnd(text, whole.length);
  if (end === -1) {
    const what = head === null ? 'names no tool' : 'is not closed by "]"';
    book.refuse('malformed-step', `Step E${number} ${what}. Write #E${number} = Tool[input].`, at);
    return null;
  }
  const input = text.slice(whole.length, end);
  const places = new TextPlaces(text);
  return book.enter({
    number,
    tool,
    input: input.trim(),
    references: findEvidence(input, (offset) => placeAfter(from, places.find(whole.length + offset))),
    ...(thought === '' ? {} : { thought }),
    ...at,
  });
}

/** `inside`: in a text that begins at `from`. */
function placeAfter(from: TextPlace, inside: TextPlace): TextPlace {
  const { line, column } = inside;
  return { line: from.line + line - 1, column: line === 1 ? from.column + column - 1 : column };
}

/** The bracket that closes the input; where brackets of the input itself are unbalanced, the last one. */
function findEnd(body: string, from: number): number {
  const closing = findClosing(body, from, ['[', ']']);
  if (closing !== -1) return closing;
  const last = body.lastIndexOf(']');
  return last < from ? -1 : last;
}

function findEvidence(input: string, placeOf: (offset: number) => TextPlace): Reference[] {
  return Array.from(input.matchAll(evidence), (match) => ({
    number: Number(match[1]),
    written: match[0],
    ...placeOf(match.index),
  }));
}

/** References to these ids as `{{ID}}`. */
export function nameEvidence(input: string, known: ReadonlySet<string>): string {
  return input.replace(evidence, (written, digits: string) => {
    const id = `E${Number(digits)}`;
    return known.has(id) ? `{{${id}}}` : written;
  });
}
