/**
 * QDMR, the question decompositions of Break (Wolfson et al. 2020): `return clasps ;return #1 that are inside`. Steps are separated
 * by `;` or line ends and are numbered by their order, or by the number that they begin with.
 */
import { TextPlaces } from './places.ts';
import { StepBook } from './step-book.ts';

/** `#1`; the spaces around it are the data set's. */
const forms = /#(\d{1,9})(?!\w)/g;
const numbered = /^(\d{1,9})[.)]\s{0,100}/;
const returns = /^return\b\s{0,100}/i;

/** `text` is at most `maxPlanTextLength` long. */
export function readQdmr(text: string): StepBook {
  const places = new TextPlaces(text);
  const book = new StepBook(String);
  let order = 0;
  for (const { at, piece } of splitSteps(text)) {
    const indent = piece.length - piece.trimStart().length;
    const written = piece.trim();
    if (written === '') continue;
    order += 1;
    const place = places.find(at + indent);
    const digits = numbered.exec(written);
    const head = (digits?.[0].length ?? 0) + (returns.exec(written.slice(digits?.[0].length ?? 0))?.[0].length ?? 0);
    const input = written.slice(head);
    if (input === '') {
      book.refuse('malformed-step', `Step ${order} returns nothing. Write: return what it asks for`, place);
      continue;
    }
    const number = digits === null ? order : Number(digits[1]);
    order = Math.max(order, number);
    book.enter({
      number,
      input,
      references: Array.from(input.matchAll(forms), (match) => ({
        number: Number(match[1]),
        written: match[0],
        ...places.find(at + indent + head + match.index),
      })),
      ...place,
    });
  }
  return book;
}

function* splitSteps(text: string): Generator<{ at: number; piece: string }> {
  let from = 0;
  for (const match of text.matchAll(/[;\n]/g)) {
    yield { at: from, piece: text.slice(from, match.index) };
    from = match.index + 1;
  }
  yield { at: from, piece: text.slice(from) };
}

/** References to these ids as `{{ID}}`, and single spaces: the data set has more around its references. */
export function nameAnswers(input: string, known: ReadonlySet<string>): string {
  return input
    .replace(forms, (written, digits: string) => {
      const id = String(Number(digits));
      return known.has(id) ? `{{${id}}}` : written;
    })
    .replace(/\s+/g, ' ');
}
