/**
 * Whether what a search found answers the question. Retrieval always finds something; an answer has to hold nearly all
 * of what was asked, in itself or in the headings and lines around it, every name and number, and the form of an answer.
 */
import { formatPlace } from './citations.ts';
import type { Evidence } from './evidence.ts';
import { beginnings, titlesOf } from './file-beginnings.ts';
import { isRow, leadsToAnswer, opensBlock } from './hit-forms.ts';
import type { Question, QuestionTerm } from './question.ts';
import { quoteQuality } from './quote-quality.ts';
import type { ReadLines } from './read-lines.ts';
import { termWeights } from './term-weights.ts';
import type { SearchHit, SearchResult } from './tool-shapes.ts';
import { sameTerm, termsOf } from './words.ts';

export interface Judged {
  hit: SearchHit;
  /** Weighted share of the question's terms that the hit and what stands around it hold: 0 to 1. */
  total: number;
  /** `total` plus what makes a good quote; for ranking only. */
  score: number;
  accepted: boolean;
}

/** The bars, tuned on the questions of judge-hits.test.ts. */
export const bars = { total: 0.72, direct: 0.2, directInRow: 0.12, heading: 0.85, around: 0.6 };

/** Lines before a hit that count as its context. */
export const linesBefore = 6;
export const linesAfter = 14;

/** All hits, best first. */
export function judgeHits(question: Question, evidence: Evidence): Judged[] {
  const weights = weightsOf(question, evidence.searches);
  const titles = titlesOf(evidence);
  const bestScore = Math.max(1e-9, ...evidence.searches.flatMap((search) => search.hits.map((hit) => hit.score)));
  const all = new Map<string, Judged>();
  for (const hit of [...evidence.searches.flatMap((search) => search.hits), ...beginnings(question, evidence)]) {
    const at = formatPlace({ path: hit.path, from: hit.line, to: hit.endLine });
    const key = `${at} ${hit.text}`;
    if (all.has(key) || evidence.dropped.has(at) || (evidence.file !== undefined && evidence.file !== hit.path)) continue;
    const judged = judge(hit, question, { weights, read: evidence.read, title: titles.get(hit.path) ?? '' });
    all.set(key, { ...judged, score: judged.score + 0.1 * (hit.score / bestScore) });
  }
  return [...all.values()].toSorted(
    (a, b) => b.score - a.score || (a.hit.path < b.hit.path ? -1 : a.hit.path > b.hit.path ? 1 : a.hit.line - b.hit.line),
  );
}

interface WeightedTerm extends QuestionTerm {
  weight: number;
  /** It stands nowhere in the files. */
  unknown: boolean;
}

function weightsOf(question: Question, searches: SearchResult[]): WeightedTerm[] {
  const [first] = searches;
  const terms = first?.terms ?? [];
  const weights = termWeights(first?.hits ?? [], terms);
  const rarity = new Map([...weights].map(([term, weight]) => [term, weight * terms.length]));
  const seen = searches.flatMap((search) => search.hits.flatMap((hit) => hit.matched));
  const saysUnknown = searches.every((search) => search.unknownTerms !== undefined);
  const unknown = searches.flatMap((search) => search.unknownTerms ?? []);
  return question.terms.map((term) => {
    const isUnknown = saysUnknown ? unknown.includes(term.term) : !seen.includes(term.term);
    // A word that an answer may put differently weighs no more for standing nowhere.
    const rare = isUnknown && term.share < 1 ? 1 : (rarity.get(term.term) ?? 1);
    return { ...term, weight: term.share * Math.sqrt(Math.min(4, Math.max(0.1, rare))), unknown: isUnknown };
  });
}

function judge(
  hit: SearchHit,
  question: Question,
  { weights: terms, read, title }: { weights: WeightedTerm[]; read: ReadLines; title: string },
): Judged {
  const own = termsOf(hit.text);
  const above = termsOf(`${hit.heading} ${hit.path} ${title}`);
  const nearLines = isRow(hit) ? [] : read.lines(hit.path, Math.max(1, hit.line - linesBefore), hit.endLine + 2);
  const near = termsOf(
    nearLines
      .map((line) => line.text)
      .join('\n')
      .slice(0, 10_000),
  );
  let sum = 0;
  let held = 0;
  let direct = 0;
  let complete = true;
  for (const term of terms) {
    const isIn = (words: string[]) => term.formOnly !== true && words.some((word) => sameTerm(word, term.term));
    const inForm = term.form?.test(hit.text) === true;
    const share = inForm || isIn(own) ? 1 : isIn(above) ? bars.heading : isIn(near) ? bars.around : 0;
    sum += term.weight;
    held += term.weight * share;
    if (share === 1) direct += term.weight;
    if (share === 0 && (term.required || (term.unknown && (term.share === 1 || term.form !== undefined)))) complete = false;
  }
  const total = sum === 0 ? 0 : held / sum;
  const leads = leadsToAnswer(hit, read);
  const directBar = leads ? 0 : isRow(hit) ? bars.directInRow : bars.direct;
  const formed = question.answerForm === undefined || leads || question.answerForm.test(hit.text);
  const accepted = complete && formed && total >= bars.total && direct / Math.max(sum, 1e-9) >= directBar && !opensBlock(hit);
  return {
    hit,
    total,
    score: (accepted ? 1 : 0) + total + 0.3 * (direct / Math.max(sum, 1e-9)) + quoteQuality(hit, question, read),
    accepted,
  };
}
