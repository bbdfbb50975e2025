/** Small questions with one right answer each, drawn by seed, and the program that marks an answer. */
import { type Random, seededRandom } from 'planwright';
import { drawInteger, drawSome } from './draw.ts';

/** extraction: a fact from a paragraph. sum: two digits. two-step: two sums or differences. sorting: three words by the alphabet. */
export const questionKinds = ['extraction', 'sum', 'two-step', 'sorting'] as const;
export type QuestionKind = (typeof questionKinds)[number];

/** How an answer is marked; upper and lower case are alike everywhere. */
export type Marking =
  /** Names `right` and none of `wrong`, the paragraph's other facts. */
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

export interface BlockOptions {
  seed: number;
  blocks: number;
  /** Questions of a block. */
  size: number;
  kinds: readonly QuestionKind[];
}

/** The kinds take turns, through the ends of blocks too. More blocks leave the first ones as they are. */
export function drawBlocks({ seed, blocks, size, kinds }: BlockOptions): Question[][] {
  const random = seededRandom(seed);
  return Array.from({ length: blocks }, (_, block) =>
    Array.from({ length: size }, (_unused, index) => drawQuestion(random, kinds[(block * size + index) % kinds.length] ?? 'sum')),
  );
}

function drawQuestion(random: Random, kind: QuestionKind): Question {
  switch (kind) {
    case 'extraction':
      return drawExtraction(random);
    case 'sum':
      return drawSum(random);
    case 'two-step':
      return drawTwoSteps(random);
    case 'sorting':
      return drawSorting(random);
  }
}

const people = ['Nora', 'Otto', 'Lena', 'Hugo', 'Mara', 'Ivan', 'Ruth', 'Karl', 'Vera', 'Paul'];
const cities = ['Paris', 'London', 'Rome', 'Berlin', 'Madrid', 'Tokyo', 'Cairo', 'Boston', 'Dublin', 'Vienna'];
const animals = ['dog', 'cat', 'horse', 'rabbit', 'parrot', 'goat'];

function drawExtraction(random: Random): Question {
  const [who = ''] = drawSome(random, people, 1);
  const [city = ''] = drawSome(random, cities, 1);
  const [animal = ''] = drawSome(random, animals, 1);
  const age = String(drawInteger(random, 21, 69));
  const asks = [
    { ask: `How old is ${who}?`, right: age },
    { ask: `In which city does ${who} live?`, right: city },
    { ask: `What animal does ${who} have?`, right: animal },
  ];
  const [asked] = drawSome(random, asks, 1);
  const right = asked?.right ?? '';
  return {
    kind: 'extraction',
    text: `${who} is ${age} years old. ${who} lives in ${city} and has a ${animal}. ${asked?.ask}`,
    marking: { kind: 'word', right, wrong: [age, city, animal].filter((fact) => fact !== right) },
  };
}

function drawSum(random: Random): Question {
  const first = drawInteger(random, 1, 9);
  const second = drawInteger(random, 1, 9);
  return { kind: 'sum', text: `What is ${first} + ${second}?`, marking: { kind: 'number', right: first + second } };
}

function drawTwoSteps(random: Random): Question {
  const first = drawInteger(random, 2, 9);
  const second = drawInteger(random, 2, 9);
  const third = drawInteger(random, 1, Math.min(9, first + second - 1));
  const adds = random.next() < 0.5;
  return {
    kind: 'two-step',
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

/** Naming other facts beside the right one is no longer wrong. */
export function markLeniently(question: Question): Question {
  const { marking } = question;
  return marking.kind === 'word' ? { ...question, marking: { ...marking, wrong: [] } } : question;
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
