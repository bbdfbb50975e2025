/** BM25 over units; file name and headings count less than the text. Pure: the same units give the same answers in the same order. */
import MiniSearch, { type SearchResult as Match } from 'minisearch';
import { queryTermsOf, termsOf } from './terms.ts';
import type { Unit } from './unit.ts';
import { compareText } from './walk-folder.ts';

export interface SearchHit extends Unit {
  score: number;
  /** Terms of the query in the unit's text or heading, in the query's order. */
  matched: string[];
  /**
   * Share of the query's terms that the unit's text or heading holds, each weighted by its rarity (BM25's idf): 0 to 1. A term that
   * stands nowhere in the folder weighs most, so a question about something the files don't hold has low coverage.
   */
  coverage: number;
}

export interface SearchResult {
  /** Best first; equal scores by path, then line. */
  hits: SearchHit[];
  /** Units that hold at least one term. */
  total: number;
  /** The query's terms: stems of its words, each once. */
  terms: string[];
  /** Those that stand nowhere in the folder, file names included. */
  unknownTerms: string[];
}

/** Further words of a query are not looked at. */
const maxQueryTerms = 64;
const maxQueryCharacters = 4000;
/** Units added before other work gets its turn. */
const unitsPerTurn = 4000;

export class SearchIndex {
  readonly #units: Unit[] = [];
  readonly #index = new MiniSearch<{ id: number; text: string; heading: string; path: string }>({
    fields: ['text', 'heading', 'path'],
    tokenize: termsOf,
    processTerm: (term) => term,
    searchOptions: { tokenize: (joined) => joined.split(' '), boost: { text: 1, heading: 0.5, path: 0.3 } },
    autoVacuum: false,
  });

  static async build(files: Iterable<Unit[]>): Promise<SearchIndex> {
    const index = new SearchIndex();
    let sinceTurn = 0;
    for (const units of files) {
      index.#add(units);
      sinceTurn += units.length;
      if (sinceTurn < unitsPerTurn) continue;
      sinceTurn = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return index;
  }

  #add(units: Unit[]): void {
    for (const unit of units) {
      const id = this.#units.push(unit) - 1;
      this.#index.add({ id, text: unit.text, heading: unit.heading ?? '', path: unit.path });
    }
  }

  search(query: string, limit: number): SearchResult {
    const terms = queryTermsOf(query.slice(0, maxQueryCharacters)).slice(0, maxQueryTerms);
    if (terms.length === 0) return { hits: [], total: 0, terms, unknownTerms: [] };
    const matches = this.#index.search(terms.join(' '));
    const weights = this.#weigh(terms, matches);
    const known = new Set(matches.flatMap(({ terms: found }) => found));
    const sorted = matches.toSorted((a, b) => b.score - a.score || this.#compare(a, b));
    return {
      hits: sorted.slice(0, limit).flatMap((match) => this.#toHit(match, terms, weights)),
      total: matches.length,
      terms,
      unknownTerms: terms.filter((term) => !known.has(term)),
    };
  }

  /** Each term's share of the query; they sum to 1. */
  #weigh(terms: string[], matches: Match[]): Map<string, number> {
    const holders = new Map(terms.map((term) => [term, 0]));
    for (const match of matches) for (const term of matchedTerms(match)) holders.set(term, (holders.get(term) ?? 0) + 1);
    const rarities = terms.map((term) => {
      const count = holders.get(term) ?? 0;
      return Math.log(1 + (this.#units.length - count + 0.5) / (count + 0.5));
    });
    const sum = rarities.reduce((total, rarity) => total + rarity, 0);
    return new Map(terms.map((term, index) => [term, sum === 0 ? 1 / terms.length : (rarities[index] ?? 0) / sum]));
  }

  #toHit(match: Match, terms: string[], weights: Map<string, number>): SearchHit[] {
    const unit = this.#units[Number(match.id)];
    if (unit === undefined) return [];
    const held = new Set(matchedTerms(match));
    const matched = terms.filter((term) => held.has(term));
    const coverage = Math.min(
      1,
      matched.reduce((total, term) => total + (weights.get(term) ?? 0), 0),
    );
    return [{ ...unit, score: match.score, matched, coverage }];
  }

  #compare(a: Match, b: Match): number {
    const left = this.#units[Number(a.id)];
    const right = this.#units[Number(b.id)];
    if (left === undefined || right === undefined) return 0;
    return compareText(left.path, right.path) || left.line - right.line || Number(a.id) - Number(b.id);
  }
}

/** A file's name alone does not make a unit an answer. */
function matchedTerms(match: Match): string[] {
  return Object.entries(match.match).flatMap(([term, fields]) => (fields.some((field) => field !== 'path') ? [term] : []));
}
