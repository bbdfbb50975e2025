/**
 * Whether what a search found answers the question. Retrieval always finds something; an answer has to hold nearly all
 * of what was asked, in itself or in the headings and lines around it, every name and number, and the form of an answer.
 */
import { documentKind } from '../../documents/document-kind.ts';
import { formatPlace } from './citations.ts';
import type { Question, QuestionTerm } from './question.ts';
import type { ReadLines } from './read-lines.ts';
import { looksLikeHeading, scanLines } from './scan-lines.ts';
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
export const bars = { total: 0.72, direct: 0.3, directInRow: 0.12, heading: 0.85, around: 0.75 };

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
  return question.terms.map((term) => {
    const isUnknown = unknown.includes(term.term);
    // A word that an answer may put differently weighs no more for standing nowhere.
    const rare = isUnknown && term.share < 1 ? 1 : (rarity.get(term.term) ?? 1);
    return { ...term, weight: term.share * Math.sqrt(Math.min(4, Math.max(0.1, rare))), unknown: isUnknown };
  });
}

function judge(hit: SearchHit, question: Question, terms: WeightedTerm[], read: ReadLines): Judged {
  const own = termsOf(hit.text);
  const above = termsOf(`${hit.heading} ${hit.path}`);
  const nearLines = isRow(hit) ? [] : read.lines(hit.path, Math.max(1, hit.line - linesBefore), hit.endLine + 2);
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
    if (share === 0 && (term.required || (term.unknown && (term.share === 1 || term.form !== undefined)))) complete = false;
  }
  const total = sum === 0 ? 0 : held / sum;
  const leads = leadsToAnswer(hit, read);
  const directBar = leads ? 0 : isRow(hit) ? bars.directInRow : bars.direct;
  const formed = question.answerForm === undefined || leads || question.answerForm.test(hit.text);
  const accepted = complete && formed && total >= bars.total && direct / Math.max(sum, 1e-9) >= directBar && !opensBlock(hit);
  return { hit, total, score: (accepted ? 1 : 0) + total + 0.3 * (direct / Math.max(sum, 1e-9)) + quality(hit, question, read), accepted };
}

/** A heading, a question or a line that ends in a colon: the answer stands below it. */
export function leadsToAnswer(hit: SearchHit, read: ReadLines): boolean {
  return (/[?:]["”')*_]*$/.test(hit.text.trim()) && !isData(hit)) || isHeading(hit, read);
}

/** By the lines around it once they are read; until then a hit is no heading. */
export function isHeading(hit: SearchHit, read: ReadLines): boolean {
  if (!looksLikeHeading(hit.text)) return false;
  const around = scanLines(hit.path, read.lines(hit.path, hit.line, hit.endLine + 6));
  return around[0]?.kind === 'heading' && around[0].text === hit.text;
}

/** A row or a setting says what it is about in its column names or in the keys above it. */
function isRow(hit: SearchHit): boolean {
  return isData(hit) || hit.text.includes(' | ') || documentKind(hit.path) === 'csv';
}

function isData(hit: SearchHit): boolean {
  return documentKind(hit.path) === 'data';
}

/** `"server": {` announces settings and is none. */
function opensBlock(hit: SearchHit): boolean {
  return isData(hit) && /[:{[]\s*$/.test(hit.text);
}

function quality(hit: SearchHit, question: Question, read: ReadLines): number {
  const text = hit.text.trim();
  const words = text.split(/\s+/).length;
  let quality = 0;
  if (/[.!]["”')]*$/.test(text) && words >= 5) quality += 0.1;
  if (words < 4 || isHeading(hit, read)) quality -= 0.15;
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
