/** The quotes that answer a question, taken from the hits that were judged to hold an answer. */
import { standsIn } from '../../verify/quotes.ts';
import type { Citation } from './citations.ts';
import { cutQuote, formatPlace } from './citations.ts';
import type { Evidence } from './evidence.ts';
import { isDefinition, isHeading, leadsToAnswer } from './hit-forms.ts';
import type { Judged } from './judge-hits.ts';
import { linesAfter, linesBefore } from './judge-hits.ts';
import type { Question } from './question.ts';
import type { ScannedUnit } from './scan-lines.ts';
import { scanLines } from './scan-lines.ts';
import type { ReadLine } from './tool-shapes.ts';

const maxQuotes = 5;
const maxListed = 8;
/** A further hit is quoted while its score is at most this far below the best. */
const nearBest = 0.22;

/** In file order, the best hit's file first. Empty when nothing answers. */
export function answerPart(question: Question, judged: Judged[], evidence: Evidence): Citation[] {
  const accepted = judged.filter((candidate) => candidate.accepted);
  const best = accepted[0];
  if (best === undefined) return [];
  const limit = question.kind === 'list' ? maxListed : maxQuotes;
  const chosen = new Map<string, Citation>();
  for (const candidate of accepted) {
    if (chosen.size >= limit || candidate.score < best.score - nearBest) break;
    for (const citation of quotesOf(candidate, question, evidence)) {
      const key = citation.quote.toLowerCase().replace(/\W+/g, ' ').trim();
      const covered = [...chosen.keys()].some((other) => other.includes(key));
      if (chosen.size < limit && !covered && !evidence.dropped.has(formatPlace(citation))) chosen.set(key, citation);
    }
  }
  const fileOrder = [...new Set([...chosen.values()].map((citation) => citation.path))];
  return [...chosen.values()].toSorted((a, b) => fileOrder.indexOf(a.path) - fileOrder.indexOf(b.path) || a.from - b.from);
}

function quotesOf({ hit }: Judged, question: Question, { read }: Evidence): Citation[] {
  const focus = (question.answerForm ?? question.preferred)?.exec(hit.text)?.index ?? 0;
  const own: Citation = { path: hit.path, from: hit.line, to: hit.endLine, quote: cutQuote(hit.text, focus) };
  const lines = read.lines(hit.path, hit.line, hit.endLine);
  const stands =
    lines.length === 0 ||
    standsIn(
      hit.text,
      lines.map((line) => line.text),
    );
  if (isDefinition(hit, question)) return stands ? withComment(own, read) : [];
  if (!leadsToAnswer(hit, read)) return stands ? [own] : [];
  const below = belowHit(scanWhole(hit.path, read.lines(hit.path, hit.endLine + 1, hit.endLine + linesAfter)), question);
  const quotes = below.map((unit): Citation => ({ path: hit.path, from: unit.from, to: unit.to, quote: unit.text }));
  const leadIn = !isHeading(hit, read) && hit.text.trim().endsWith(':') && stands;
  return leadIn ? [own, ...quotes] : quotes;
}

/** A definition with the comment that ends right above it or, as in Python, begins right below it. */
function withComment(own: Citation, read: Evidence['read']): Citation[] {
  const units = scanLines(own.path, read.lines(own.path, Math.max(1, own.from - linesBefore), own.to + linesAfter));
  const comment =
    units.findLast((unit) => unit.kind === 'prose' && unit.to < own.from && unit.to >= own.from - 1) ??
    units.find((unit) => unit.kind === 'prose' && unit.from === own.to + 1);
  return comment === undefined ? [own] : [own, { path: own.path, from: comment.from, to: comment.to, quote: comment.text }];
}

/** The units of some lines, without a last one that the end of the lines may have cut off. */
function scanWhole(path: string, lines: ReadLine[]): ScannedUnit[] {
  const units = scanLines(path, lines);
  const last = units.at(-1);
  return last !== undefined && last.to === lines.at(-1)?.line && lines.length >= linesAfter && !/[.!?]["”')]*$/.test(last.text)
    ? units.slice(0, -1)
    : units;
}

/** The list or the first sentences of what follows, up to the next heading. */
function belowHit(units: ScannedUnit[], question: Question): ScannedUnit[] {
  const next = units.findIndex((unit) => unit.kind === 'heading');
  const section = next === -1 ? units : units.slice(0, next);
  const firstItem = section.findIndex((unit) => unit.kind === 'item');
  const items = section.slice(Math.max(0, firstItem)).filter((unit) => unit.kind === 'item');
  if (items.length > 0 && (question.kind === 'list' || firstItem === 0)) return items.slice(0, maxListed);
  const sentences = section.filter((unit) => unit.kind === 'prose');
  const formed = sentences.filter((unit) => question.answerForm === undefined || question.answerForm.test(unit.text));
  if (formed.length > 0) return question.answerForm === undefined ? sentences.slice(0, 2) : formed.slice(0, 2);
  if (question.answerForm === undefined) return section.slice(0, 2);
  return section.filter((unit) => question.answerForm?.test(unit.text)).slice(0, 2);
}
