/** Which of the hits that answer a question make the better quotes. */
import { isDefinition, isHeading, isRow, isSource, looksLikeCode } from './hit-forms.ts';
import type { Question } from './question.ts';
import type { ReadLines } from './read-lines.ts';
import type { SearchHit } from './tool-shapes.ts';
import { sameTerm, termsOf } from './words.ts';

/** What makes a hit a good quote, apart from what it is about. */
export function quoteQuality(hit: SearchHit, question: Question, read: ReadLines): number {
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
/** "A cache is …": the subject of the question is the subject of the sentence. */
function definesSubject(text: string, question: Question): number {
  const wanted = question.terms.filter((term) => term.share === 1);
  const begins = (start: string) => {
    const subject = termsOf(start);
    const isFirst = wanted.some((term) => sameTerm(subject[0] ?? '', term.term));
    return (
      isFirst && subject.length <= wanted.length + 3 && wanted.every((term) => subject.some((word) => sameTerm(word, term.term)))
    );
  };
  const verb = /\s(?:is|are|means|refers? to|stands? for|consists? of|describes?|denotes?|was|were)\s|[:–—=]\s/i.exec(text);
  if (verb !== null && verb.index <= 80 && begins(text.slice(0, verb.index))) return 0.35;
  return begins(text.split(/\s+/, wanted.length + 2).join(' ')) ? 0.15 : 0;
}
