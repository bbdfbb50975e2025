/** How rare each term of a query is in the files, recovered from what a search says of its hits. */
import type { SearchHit } from './tool-shapes.ts';

/**
 * A hit's coverage is the sum of its matched terms' weights; all weights add up to 1. From hits that differ in one term
 * the weights follow one by one; what stays unknown shares what is left evenly.
 */
export function termWeights(hits: SearchHit[], terms: string[]): Map<string, number> {
  const weights = new Map<string, number>();
  const sums = hits.map((hit) => ({
    terms: new Set(hit.matched.filter((term) => terms.includes(term))),
    coverage: hit.coverage,
  }));
  sums.push({ terms: new Set(terms), coverage: 1 });
  for (let found = true; found; ) {
    found = false;
    for (const sum of sums) {
      const open = [...sum.terms].filter((term) => !weights.has(term));
      const [only] = open;
      if (open.length !== 1 || only === undefined) continue;
      let rest = sum.coverage;
      for (const term of sum.terms) rest -= weights.get(term) ?? 0;
      weights.set(only, Math.max(0, rest));
      found = true;
    }
  }
  const open = terms.filter((term) => !weights.has(term));
  let left = 1;
  for (const weight of weights.values()) left -= weight;
  for (const term of open) weights.set(term, Math.max(0, left) / open.length);
  return weights;
}
