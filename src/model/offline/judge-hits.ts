/**
 * Whether what a search found answers the question. Retrieval always finds something; an answer has to hold nearly all
 * of what was asked, in itself or in the headings and lines around it, every name and number, and the form of an answer.
 */
import { formatPlace } from './citations.ts';
import type { Question, QuestionTerm } from './question.ts';
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
export const bars = { total: 0.72, direct: 0.3, heading: 0.85, around: 0.75 };

/** Lines before a hit that count as its context. */
export const linesBefore = 6;
export const linesAfter = 14;

export interface Evidence {
  searches: SearchResult[];
  read: ReadLines;
  /** Only hits of this file count. */
  file?: string;
  /** Places that may not be cited. */
  dropped: Set<string>;
}

/** All hits, best first. */
export function judgeHits(question: Question, evidence: Evidence): Judged[] {
  const weights = weightsOf(question, evidence.searches);
  const all = new Map<string, Judged>();
  for (const hit of evidence.searches.flatMap((search) => search.hits)) {
    const at = formatPlace({ path: hit.path, from: hit.line, to: hit.endLine });
    const key = `${at} ${hit.text}`;
    if (all.has(key) || evidence.dropped.has(at) || (evidence.file !== undefined && evidence.file !== hit.path)) continue;
    all.set(key, judge(hit, question, weights, evidence.read));
  }
  return [...all.values()].sort((a, b) => b.score - a.score || (a.hit.path < b.hit.path ? -1 : a.hit.path > b.hit.path ? 1 : a.hit.line - b.hit.line));
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
  const unknown = searches.flatMap((search) => search.unknownTerms);
  return question.terms.map((term) => ({
    ...term,
    weight: term.share * Math.sqrt(Math.min(4, Math.max(0.1, rarity.get(term.term) ?? 1))),
    unknown: unknown.includes(term.term),
  }));
}

function judge(hit: SearchHit, question: Question, terms: WeightedTerm[], read: ReadLines): Judged {
  const own = termsOf(hit.text);
  const above = termsOf(`${hit.heading} ${hit.path}`);
  const nearLines = read.lines(hit.path, Math.max(1, hit.line - linesBefore), hit.endLine + 2);
  const near = termsOf(nearLines.map((line) => line.text).join('\n').slice(0, 10_000));
  let sum = 0;
  let held = 0;
  let direct = 0;
  let complete = true;
  for (const term of terms) {
    const isIn = (words: string[]) => words.some((word) => sameTerm(word, term.term));
    const inForm = term.form?.test(hit.text) === true;
    const share = inForm || isIn(own) ? 1 : isIn(above) ? bars.heading : isIn(near) ? bars.around : 0;
    sum += term.weight;
    held += term.weight * share;
    if (share === 1) direct += term.weight;
    if (share === 0 && (term.required || (term.unknown && term.share === 1))) complete = false;
  }
  const total = sum === 0 ? 0 : held / sum;
  const leads = leadsToAnswer(hit);
  const formed = question.answerForm === undefined || leads || question.answerForm.test(hit.text);
  const accepted = complete && formed && total >= bars.total && (leads || direct / Math.max(sum, 1e-9) >= bars.direct);
  return { hit, total, score: (accepted ? 1 : 0) + total + 0.3 * (direct / Math.max(sum, 1e-9)) + quality(hit, question), accepted };
}

/** A heading, a question or a line that ends in a colon: the answer stands below it. */
export function leadsToAnswer(hit: SearchHit): boolean {
  return /[?:]["”')*_]*$/.test(hit.text.trim()) || isHeading(hit);
}

export function isHeading({ text, heading }: SearchHit): boolean {
  const bare = text.trim();
  return /^#{1,6}\s/.test(bare) || (bare !== '' && bare.length < 120 && heading.endsWith(bare) && !/[.!]$/.test(bare));
}

function quality(hit: SearchHit, question: Question): number {
  const text = hit.text.trim();
  const words = text.split(/\s+/).length;
  let quality = 0;
  if (/[.!]["”')]*$/.test(text) && words >= 5) quality += 0.1;
  if (isHeading(hit) || words < 4) quality -= 0.15;
  if (/^\[[^\]]*\]\([^)]*\)$|\.{4,}/.test(text)) quality -= 0.4;
  if (question.preferred?.test(text) === true) quality += 0.15;
  if (question.kind === 'definition' && definesSubject(text, question)) quality += 0.25;
  return quality;
}

/** "A cache is …": the subject of the question is the subject of the sentence. */
function definesSubject(text: string, question: Question): boolean {
  const verb = /\b(?:is|are|means|refers to|stands for|consists of|describes|denotes)\b|[:–—]/i.exec(text);
  if (verb === null || verb.index > 80) return false;
  const subject = termsOf(text.slice(0, verb.index));
  return question.terms.filter((term) => term.share === 1).every((term) => subject.some((word) => sameTerm(word, term.term)));
}
