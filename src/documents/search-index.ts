/**
 * BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009) over units; headings and file names count less than
 * the text. Pure: the same units give the same answers in the same order. Its own hundred lines because a unit is a sentence
 * and hundreds share a heading: a heading's terms are kept once, which makes the index several times as fast to build as one of flat documents.
 */
import { compareText } from './compare-text.ts';
import { queryTermsOf, termsOf } from './terms.ts';
import type { Unit } from './unit.ts';

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
  /** Units that hold at least one term, or whose file's name does. */
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
const unitsPerTurn = 5000;

/** BM25's usual parameters: how soon repetition stops to count, and how much length does. */
const saturation = 1.2;
const lengthWeight = 0.75;
/** One occurrence in the text counts 1. */
const headingWeight = 0.5;
const pathWeight = 0.3;

/** Units under one heading of one file, or of one file: indexes into the units. */
interface Group {
  name: string;
  unitIds: number[];
}

interface Match {
  unitId: number;
  score: number;
  /** Indexes of the query's terms in text or heading. */
  held: number[];
}

export class SearchIndex {
  readonly #units: Unit[] = [];
  readonly #lengths: number[] = [];
  #totalLength = 0;
  /** Pairs of unit id and count, flat. */
  readonly #inText = new Map<string, number[]>();
  readonly #inHeading = new Map<string, Group[]>();
  readonly #inPath = new Map<string, Group[]>();

  /** @param files each with its units, in the order of the file. */
  static async build(files: Iterable<Unit[]>): Promise<SearchIndex> {
    const index = new SearchIndex();
    let sinceTurn = 0;
    for (const units of files) {
      index.#addFile(units);
      sinceTurn += units.length;
      if (sinceTurn < unitsPerTurn) continue;
      sinceTurn = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return index;
  }

  #addFile(units: Unit[]): void {
    const file: Group = { name: units[0]?.path ?? '', unitIds: [] };
    const headings = new Map<string, Group>();
    for (const unit of units) {
      const unitId = this.#units.push(unit) - 1;
      file.unitIds.push(unitId);
      this.#addText(unitId, unit.text);
      if (unit.heading === null) continue;
      const group = headings.get(unit.heading);
      if (group === undefined) headings.set(unit.heading, { name: unit.heading, unitIds: [unitId] });
      else group.unitIds.push(unitId);
    }
    addGroup(this.#inPath, file);
    for (const group of headings.values()) addGroup(this.#inHeading, group);
  }

  #addText(unitId: number, text: string): void {
    const terms = termsOf(text);
    this.#lengths.push(terms.length);
    this.#totalLength += terms.length;
    for (const term of terms) {
      const postings = this.#inText.get(term);
      if (postings === undefined) this.#inText.set(term, [unitId, 1]);
      else if (postings[postings.length - 2] === unitId) postings.push((postings.pop() ?? 0) + 1);
      else postings.push(unitId, 1);
    }
  }

  search(query: string, limit: number): SearchResult {
    const terms = queryTermsOf(query.slice(0, maxQueryCharacters)).slice(0, maxQueryTerms);
    const matches = new Map<number, Match>();
    const rarities = terms.map((term, index) => this.#addMatches(term, index, matches));
    const sum = rarities.reduce((total, rarity) => total + rarity, 0);
    const sorted = [...matches.values()].toSorted((a, b) => b.score - a.score || this.#compare(a.unitId, b.unitId));
    return {
      hits: sorted.slice(0, limit).flatMap(({ unitId, score, held }) => {
        const unit = this.#units[unitId];
        if (unit === undefined) return [];
        const covered = held.reduce((total, index) => total + (rarities[index] ?? 0), 0);
        return [{ ...unit, score, matched: held.map((index) => terms[index] ?? ''), coverage: Math.min(1, covered / sum) }];
      }),
      total: matches.size,
      terms,
      unknownTerms: terms.filter((term) => !this.#inText.has(term) && !this.#inHeading.has(term) && !this.#inPath.has(term)),
    };
  }

  /** Scores every unit for one term. @returns the term's rarity. */
  #addMatches(term: string, index: number, matches: Map<number, Match>): number {
    const counts = new Map<number, number>();
    const postings = this.#inText.get(term) ?? [];
    for (let at = 0; at < postings.length; at += 2) counts.set(postings[at] ?? 0, postings[at + 1] ?? 0);
    addCounts(counts, this.#inHeading.get(term), headingWeight);
    const holders = counts.size;
    const held = new Set(counts.keys());
    addCounts(counts, this.#inPath.get(term), pathWeight);
    const rarity = Math.log(1 + (this.#units.length - holders + 0.5) / (holders + 0.5));
    const averageLength = this.#totalLength / Math.max(1, this.#units.length);
    for (const [unitId, count] of counts) {
      const length = (this.#lengths[unitId] ?? 0) / Math.max(1, averageLength);
      const score = (rarity * count * (saturation + 1)) / (count + saturation * (1 - lengthWeight + lengthWeight * length));
      const match = matches.get(unitId) ?? { unitId, score: 0, held: [] };
      match.score += score;
      if (held.has(unitId)) match.held.push(index);
      matches.set(unitId, match);
    }
    return rarity;
  }

  #compare(a: number, b: number): number {
    const left = this.#units[a];
    const right = this.#units[b];
    if (left === undefined || right === undefined) return 0;
    return compareText(left.path, right.path) || left.line - right.line || a - b;
  }
}

function addGroup(groups: Map<string, Group[]>, group: Group): void {
  for (const term of new Set(termsOf(group.name))) {
    const known = groups.get(term);
    if (known === undefined) groups.set(term, [group]);
    else known.push(group);
  }
}

function addCounts(counts: Map<number, number>, groups: Group[] | undefined, weight: number): void {
  for (const { unitIds } of groups ?? []) for (const unitId of unitIds) counts.set(unitId, (counts.get(unitId) ?? 0) + weight);
}
