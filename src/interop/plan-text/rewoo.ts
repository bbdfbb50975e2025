/**
 * ReWOO's plans (Xu et al. 2023): `Plan: …`, then `#E1 = Tool[input]`, whose input may name evidence before it and run over
 * several lines. The reference parser loses `#E10` and above; numbers here are read whole.
 */
import { findClosing } from './close-bracket.ts';
import { type TextPlace, TextPlaces } from './places.ts';
import { type Reference, StepBook } from './step-book.ts';

/** What begins a part of the text: a thought, or a step. A step may stand behind its thought on one line. */
const heads = /^[^\S\n]*Plan[^\S\n]*(?:\d{1,9}[^\S\n]*)?:|#E(\d{1,9})[^\S\n]*=/gm;
const evidence = /#E(\d{1,9})(?!\w)/g;
const toolHead = /^\s{0,100}([\w][\w .-]{0,99}?)\s{0,100}\[/;

interface Part {
  /** Where it begins, and where what belongs to it does. */
  at: number;
  from: number;
  to: number;
  /** null: a thought. */
  number: number | null;
}

/** `text` is at most `maxPlanTextLength` long. */
export function readRewoo(text: string): StepBook {
  const places = new TextPlaces(text);
  const book = new StepBook((number) => `E${number}`);
  let thought = '';
  for (const part of splitParts(text)) {
    if (part.number === null) {
      thought = text.slice(part.from, part.to).trim();
      continue;
    }
    enterStep(book, text, places, { ...part, number: part.number, thought });
    thought = '';
  }
  return book;
}

function splitParts(text: string): Part[] {
  const parts: Part[] = [];
  for (const match of text.matchAll(heads)) {
    const before = parts.at(-1);
    if (before !== undefined) before.to = match.index;
    const number = match[1] === undefined ? null : Number(match[1]);
    parts.push({ at: match.index, from: match.index + match[0].length, to: text.length, number });
  }
  return parts;
}

function enterStep(
  book: StepBook,
  text: string,
  places: TextPlaces,
  { at, from, to, number, thought }: Part & { number: number; thought: string },
): void {
  const place = places.find(at);
  const body = text.slice(from, to);
  const head = toolHead.exec(body);
  const [whole = '', tool = ''] = head ?? [];
  const end = head === null ? -1 : findEnd(body, whole.length);
  if (end === -1) {
    const what = head === null ? 'names no tool' : 'is not closed by "]"';
    book.refuse('malformed-step', `Step E${number} ${what}. Write #E${number} = Tool[input].`, place);
    return;
  }
  const input = body.slice(whole.length, end);
  book.enter({
    number,
    tool,
    input: input.trim(),
    references: findEvidence(input, (offset) => places.find(from + whole.length + offset)),
    ...(thought === '' ? {} : { thought }),
    ...place,
  });
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
