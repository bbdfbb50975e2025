/** One part of a task on its way from a question to quotes: search, read around the hits, then judge. */
import { answerPart } from './answer-part.ts';
import type { Citation } from './citations.ts';
import { findPlaces } from './citations.ts';
import type { Evidence } from './evidence.ts';
import { filesToBegin } from './file-beginnings.ts';
import { type Judged, judgeHits, linesAfter, linesBefore } from './judge-hits.ts';
import type { Question } from './question.ts';
import { readQuestion } from './question.ts';
import { ReadLines } from './read-lines.ts';
import type { PromptReading, ToolExchange } from './read-prompt.ts';
import type { ToolRequest } from './reply.ts';
import type { SearchResult } from './tool-shapes.ts';
import { readSearch } from './tool-shapes.ts';
import { isGeneric, topicWordsOf } from './words.ts';

export interface Inquiry {
  part: string;
  /** Only this file may be quoted. */
  file?: string;
}

export type ResearchStep = { kind: 'calls'; calls: ToolRequest[] } | { kind: 'answer'; quotes: Citation[] };

export interface ResearchTools {
  canRead: boolean;
  /** False at the last step: then what is at hand has to do. */
  canCall: boolean;
}

const hitsWanted = 16;
/** The most that files_search gives. */
const mostHits = 20;
const hitsReadAround = 4;
const maxQueryChars = 400;

export function research(inquiry: Inquiry, reading: PromptReading, feedback: string, tools: ResearchTools): ResearchStep {
  const question = readQuestion(inquiry.part);
  const query = inquiry.part.slice(0, maxQueryChars);
  const first = searchFor(query, reading.exchanges);
  if (first === undefined)
    return tools.canCall ? { kind: 'calls', calls: [search(query, inquiry, feedback)] } : { kind: 'answer', quotes: [] };
  const narrower = narrowQuery(question, first.result);
  const second = narrower === undefined ? undefined : searchFor(narrower, reading.exchanges);
  const evidence: Evidence = {
    searches: [first.result, second?.result].filter((result) => result !== undefined),
    read: new ReadLines(reading.exchanges),
    ...(inquiry.file === undefined ? {} : { file: inquiry.file }),
    dropped: findPlaces(feedback),
  };
  const judged = judgeHits(question, evidence);
  if (tools.canCall && !isSettled(judged[0], evidence)) {
    const calls = tools.canRead ? [...readBeginnings(question, evidence), ...readsAround(judged, evidence)] : [];
    if (narrower !== undefined && second === undefined && judged[0]?.accepted !== true)
      calls.unshift(search(narrower, inquiry, feedback));
    if (calls.length > 0) return { kind: 'calls', calls };
  }
  return { kind: 'answer', quotes: answerPart(question, judged, evidence) };
}

/** A best hit that answers and has been read around is not improved by further reading. */
function isSettled(best: Judged | undefined, { read }: Evidence): boolean {
  return best?.accepted === true && read.lines(best.hit.path, best.hit.line, best.hit.endLine).length > 0;
}

function search(query: string, inquiry: Inquiry, feedback: string): ToolRequest {
  const limit = inquiry.file === undefined && feedback === '' ? hitsWanted : mostHits;
  return { toolName: 'files_search', input: { query, limit } };
}

/** What was found for a query; an empty result when the search failed. */
function searchFor(query: string, exchanges: ToolExchange[]): { result: SearchResult } | undefined {
  const exchange = exchanges.findLast((candidate) => candidate.toolName === 'files_search' && candidate.input.query === query);
  if (exchange === undefined) return undefined;
  return { result: readSearch(exchange.result) ?? { hits: [], total: 0, terms: [], unknownTerms: undefined } };
}

/** The question's own topics only, without the words that any sentence may hold; undefined when that is the same query. */
function narrowQuery(question: Question, found: SearchResult): string | undefined {
  if (found.hits.length === 0) return undefined;
  const topics = new Set(question.terms.filter((term) => term.share >= 0.5 && !isGeneric(term.term)).map((term) => term.term));
  if (topics.size < 2 || topics.size === question.terms.length) return undefined;
  const words = topicWordsOf(question.text).flatMap(({ word, term }) => (topics.has(term) ? [word] : []));
  return [...new Set(words)].join(' ').slice(0, maxQueryChars);
}

function readBeginnings(question: Question, evidence: Evidence): ToolRequest[] {
  const unread = filesToBegin(question, evidence).filter(({ path, lines }) => !evidence.read.wasAsked(path, 1, lines));
  return unread.map(({ path, lines }) => ({ toolName: 'files_read', input: { path, from: 1, to: lines } }));
}

/** Reads around the best hits that have not been read around yet, each file's stretch once. */
function readsAround(judged: Judged[], { read }: Evidence): ToolRequest[] {
  const best = judged.slice(0, hitsReadAround).filter((candidate) => candidate.accepted || candidate.total >= 0.4);
  const calls: ToolRequest[] = [];
  for (const { hit } of best) {
    const [from, to] = [Math.max(1, hit.line - linesBefore), hit.endLine + linesAfter];
    if (read.lines(hit.path, hit.line, hit.endLine).length > 0 || read.wasAsked(hit.path, from, to)) continue;
    if (calls.some(({ input }) => input.path === hit.path && Number(input.from) <= hit.line && Number(input.to) >= hit.endLine))
      continue;
    calls.push({ toolName: 'files_read', input: { path: hit.path, from, to } });
  }
  return calls;
}
