/** Chance. What uses it is given a source; clock.ts hands both on, and the pure rooms, which may not see a clock, read them here. */

/** A source of uniform numbers in [0, 1). */
export interface Random {
  next(): number;
}

/** The mulberry32 generator (public domain, T. Ettinger 2017): the same seed gives the same sequence on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    },
  };
}
