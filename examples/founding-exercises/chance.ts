/** Chance that depends on what it decides and on nothing else, so that the order of calls does not matter. */
import { seededRandom } from 'planwright';

/** Uniform in [0, 1): the same for the same words, whenever it is asked. */
export type Chance = (...words: (string | number)[]) => number;

/** Words are hashed by FNV-1a, 32 bits, with the seed as its beginning. */
export function createChance(seed: number): Chance {
  return (...words) => {
    let hash = (0x811c9dc5 ^ seed) >>> 0;
    for (const character of words.join('\u0000')) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    return seededRandom(hash).next();
  };
}

/** Takes one of a list; `what` tells one choice from another. undefined when the list is empty. */
export type Choose = <T>(list: readonly T[], what: string) => T | undefined;

export function createChoose(chance: Chance, ...words: (string | number)[]): Choose {
  return (list, what) => list[Math.floor(chance(...words, what) * list.length)];
}

/** Every element, in an order that the words decide. */
export function shuffle<T>(list: readonly T[], chance: Chance, ...words: (string | number)[]): T[] {
  return list
    .map((element, index) => ({ element, place: chance(...words, index) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ element }) => element);
}
