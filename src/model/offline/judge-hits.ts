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
export const bars = { total: 0.72, direct: 0.2, directInRow: 0.12, heading: 0.85, around: 0.75 };

/** Lines before a hit that count as its context. */
export const linesBefore = 6;
export const linesAfter = 14;
export const introductionLines = 30;

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
  const titles = titlesOf(evidence);
  const bestScore = Math.max(1e-9, ...evidence.searches.flatMap((search) => search.hits.map((hit) => hit.score)));
  const all = new Map<string, Judged>();
  for (const hit of [...evidence.searches.flatMap((search) => search.hits), ...introductions(question, evidence)]) {
    const at = formatPlace({ path: hit.path, from: hit.line, to: hit.endLine });
    const key = `${at} ${hit.text}`;
    if (all.has(key) || evidence.dropped.has(at) || (evidence.file !== undefined && evidence.file !== hit.path)) continue;
    const judged = judge(hit, question, { weights, read: evidence.read, title: titles.get(hit.path) ?? '' });
    all.set(key, { ...judged, score: judged.score + 0.1 * (hit.score / bestScore) });
  }
  return [...all.values()].sort((a, b) => b.score - a.score || (a.hit.path < b.hit.path ? -1 : a.hit.path > b.hit.path ? 1 : a.hit.line - b.hit.line));
}

/** The first sentences of files whose title names what is to be defined; a search ranks them below shorter mentions. */
function introductions(question: Question, { searches, read }: Evidence): SearchHit[] {
  return titledFiles(question, searches).flatMap(({ path, title }) =>
    scanLines(path, read.lines(path, 1, introductionLines))
      .filter((unit) => unit.kind === 'prose')
      .map((unit) => ({ path, line: unit.from, endLine: unit.to, text: unit.text, heading: title, score: 0, coverage: 0, matched: [] })),
  );
}

/** Files of the hits whose topmost heading or name holds every topic of a definition's question. */
export function titledFiles(question: Question, searches: SearchResult[]): { path: string; title: string }[] {
  if (question.kind !== 'definition') return [];
  const topics = question.terms.filter((term) => term.share === 1);
  const titles = new Map(searches.flatMap((search) => search.hits.map((hit): [string, string] => [hit.path, hit.heading.split(' › ', 1)[0] ?? ''])));
  const named = [...titles].filter(([path, title]) => {
    const words = termsOf(`${title} ${path}`);
    return topics.length > 0 && topics.every((topic) => words.some((word) => sameTerm(word, topic.term)));
  });
  return named.slice(0, 2).map(([path, title]) => ({ path, title }));
}

/** How each file begins, as far as searches and reads have shown it: what a whole file of code is about. */
function titlesOf({ searches, read }: Evidence): Map<string, string> {
  const titles = new Map<string, string>();
  for (const hit of searches.flatMap((search) => search.hits)) {
    const begun = hit.line <= 3 ? hit.text : read.lines(hit.path, 1, 3).map((line) => line.text).join(' ');
    if (begun !== '' && documentKind(hit.path) === 'source') titles.set(hit.path, begun.slice(0, 500));
  }
  return titles;
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

function judge(hit: SearchHit, question: Question, { weights: terms, read, title }: { weights: WeightedTerm[]; read: ReadLines; title: string }): Judged {
  const own = termsOf(hit.text);
  const above = termsOf(`${hit.heading} ${hit.path} ${title}`);
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

/** What makes a hit a good quote, apart from what it is about. */
function quality(hit: SearchHit, question: Question, read: ReadLines): number {
  const text = hit.text.trim();
  const words = text.split(/\s+/).length;
  let quality = 0;
  if (question.kind !== 'method') {
    if (/[.!]["”')]*$/.test(text) && words >= 5) quality += 0.1;
    if (words < 4) quality -= 0.15;
    if (looksLikeCode(hit)) quality -= 0.25;
  }
  if (isHeading(hit, read)) quality -= 0.15;
  if (text.length > 500) quality -= 0.1;
  if (!isSource(hit) && !isRow(hit) && (text.match(/[\p{L}\s]/gu)?.length ?? 0) < 0.8 * text.length) quality -= 0.2;
  if (/^\[[^\]]*\]\([^)]*\)$|\.{4,}|^(?:import|export \*|from|__all__|#include|use|package)\b/.test(text)) quality -= 0.4;
  if (isSource(hit) && /\bprint\(|console\.|\bassert/.test(text)) quality -= 0.2;
  if (isDefinition(hit, question)) quality += 0.25;
  if (question.preferred?.test(text) === true) quality += 0.2;
  if (question.kind === 'definition') quality += definesSubject(text, question);
  return quality;
}

function isSource(hit: SearchHit): boolean {
  return documentKind(hit.path) === 'source';
}

const definition = /^(?:(?:export|default|pub|public|private|protected|static|async|abstract|final|local)\s+)*(?:def|class|function|fn|func|const|let|var|type|interface|struct|enum|trait|module|create (?:or replace )?(?:unique )?\w+|[A-Z][A-Z_]+\s*=)/i;

/** The line of code that defines what is asked for; the comment beside it says what it is. */
export function isDefinition(hit: SearchHit, question: Question): boolean {
  const line = definition.exec(hit.text.trim());
  if (line === null || !isSource(hit)) return false;
  const name = termsOf(hit.text.trim().slice(0, line[0].length + 60).split(/[({=:]/, 1)[0] ?? '');
  return question.terms.some((term) => term.share === 1 && name.some((word) => sameTerm(word, term.term)));
}

/** Code among prose: an example of the thing, seldom a statement about it. */
function looksLikeCode(hit: SearchHit): boolean {
  const kind = documentKind(hit.path);
  return (kind === 'markdown' || kind === 'html' || kind === 'text') && /[;{(]\s*$|^[.$<]|^(?:const|let|var|def|function|class|return|import|if)\b.*[=(:]|=>|\)\s*[;,]?$/.test(hit.text) && !/[.!?]$/.test(hit.text);
}

/** "A cache is …": the subject of the question is the subject of the sentence. */
function definesSubject(text: string, question: Question): number {
  const wanted = question.terms.filter((term) => term.share === 1);
  const begins = (start: string) => {
    const subject = termsOf(start);
    const isFirst = wanted.some((term) => sameTerm(subject[0] ?? '', term.term));
    return isFirst && subject.length <= wanted.length + 3 && wanted.every((term) => subject.some((word) => sameTerm(word, term.term)));
  };
  const verb = /\s(?:is|are|means|refers? to|stands? for|consists? of|describes?|denotes?|was|were)\s|[:–—=]\s/i.exec(text);
  if (verb !== null && verb.index <= 80 && begins(text.slice(0, verb.index))) return 0.35;
  return begins(text.split(/\s+/, wanted.length + 2).join(' ')) ? 0.15 : 0;
}
