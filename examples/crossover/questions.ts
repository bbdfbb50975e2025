/** Small questions with one right answer each, drawn by seed, and the program that marks an answer. */
import { type Random, seededRandom } from 'planwright';
import { drawInteger, drawSome } from './draw.ts';

export const questionKinds = ['extraction', 'arithmetic', 'sorting'] as const;
export type QuestionKind = (typeof questionKinds)[number];

/** How an answer is marked; upper and lower case are alike everywhere. */
export type Marking =
  /** Names `right` and none of `wrong`, the other things of its kind in the paragraph. */
  | { kind: 'word'; right: string; wrong: string[] }
  /** The last number it names. */
  | { kind: 'number'; right: number }
  /** Of `right`'s words, the last ones it names, in this order. */
  | { kind: 'order'; right: string[] };

export interface Question {
  kind: QuestionKind;
  /** One line. */
  text: string;
  marking: Marking;
}

/**
 * `blocks` lists of `size` questions. The kinds take turns, through the ends of blocks too. The same seed and size give
 * the same questions, whatever the number of blocks after them.
 */
export function drawBlocks({ seed, blocks, size }: { seed: number; blocks: number; size: number }): Question[][] {
  const random = seededRandom(seed);
  return Array.from({ length: blocks }, (_, block) =>
    Array.from({ length: size }, (_unused, index) => drawQuestion(random, (block * size + index) % questionKinds.length)),
  );
}

function drawQuestion(random: Random, turn: number): Question {
  const kind = questionKinds[turn] ?? 'extraction';
  switch (kind) {
    case 'extraction':
      return drawExtraction(random);
    case 'arithmetic':
      return drawArithmetic(random);
    case 'sorting':
      return drawSorting(random);
  }
}

const people = ['Nora', 'Otto', 'Lena', 'Hugo', 'Mara', 'Ivan', 'Ruth', 'Karl', 'Vera', 'Paul', 'Edda', 'Finn'];
const cities = ['Bergen', 'Turin', 'Porto', 'Gdansk', 'Lyon', 'Malmo', 'Split', 'Ghent', 'Basel', 'Bristol', 'Cork', 'Tartu'];
const goods = ['lamps', 'maps', 'clocks', 'boats', 'chairs', 'kites', 'drums', 'bells', 'gloves', 'violins', 'ropes', 'bottles'];

function drawExtraction(random: Random): Question {
  const [who = '', other = ''] = drawSome(random, people, 2);
  const [city = '', otherCity = ''] = drawSome(random, cities, 2);
  const [thing = '', otherThing = ''] = drawSome(random, goods, 2);
  const facts = [`${who} sells ${thing} in ${city}.`, `${other} sells ${otherThing} in ${otherCity}.`];
  const paragraph = drawSome(random, facts, 2).join(' ');
  const asksCity = random.next() < 0.5;
  return {
    kind: 'extraction',
    text: `${paragraph} ${asksCity ? `In which city does ${who} work?` : `What does ${who} sell?`}`,
    marking: { kind: 'word', right: asksCity ? city : thing, wrong: [asksCity ? otherCity : otherThing] },
  };
}

function drawArithmetic(random: Random): Question {
  const first = drawInteger(random, 2, 9);
  const second = drawInteger(random, 2, 9);
  const third = drawInteger(random, 1, Math.min(9, first + second - 1));
  const adds = random.next() < 0.5;
  return {
    kind: 'arithmetic',
    text: `What is ${first} + ${second} ${adds ? '+' : '-'} ${third}?`,
    marking: { kind: 'number', right: first + second + (adds ? third : -third) },
  };
}

const words = ['apple', 'bread', 'candle', 'dog', 'eagle', 'forest', 'garden', 'house', 'island', 'juice', 'king', 'lemon'];
const moreWords = ['moon', 'nest', 'ocean', 'pencil', 'queen', 'river', 'stone', 'tree', 'uncle', 'village', 'window', 'zebra'];

function drawSorting(random: Random): Question {
  const drawn = drawSome(random, [...words, ...moreWords], 3);
  const right = drawn.toSorted();
  // As drawn it may be in order already: then copying would do.
  const shown = drawn.every((word, index) => word === right[index]) ? drawn.toReversed() : drawn;
  return {
    kind: 'sorting',
    text: `Put these words in alphabetical order: ${shown.join(', ')}.`,
    marking: { kind: 'order', right },
  };
}

/** @param answer One answer's text; undefined when none was given, which is wrong. */
export function isRight({ marking }: Question, answer: string | undefined): boolean {
  const said = (answer ?? '').toLowerCase();
  switch (marking.kind) {
    case 'word':
      return names(said, marking.right) && !marking.wrong.some((word) => names(said, word));
    case 'number': {
      const numbers = said.match(/-?\d+(?:\.\d+)?/g) ?? [];
      return Number(numbers.at(-1)) === marking.right;
    }
    case 'order': {
      const known = new Set(marking.right);
      const named = wordsOf(said).filter((word) => known.has(word));
      return named.slice(-marking.right.length).join(' ') === marking.right.join(' ');
    }
  }
}

function names(text: string, word: string): boolean {
  return wordsOf(text).includes(word.toLowerCase());
}

function wordsOf(text: string): string[] {
  return Array.from(text.matchAll(/[\p{L}\d]+/gu), ([word]) => word);
}
