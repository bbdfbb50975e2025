/** What kind of line a hit is: a heading, a row, a setting, a definition in code. */
import { documentKind } from '../../documents/document-kind.ts';
import type { Question } from './question.ts';
import type { ReadLines } from './read-lines.ts';
import { looksLikeHeading, scanLines } from './scan-lines.ts';
import type { SearchHit } from './tool-shapes.ts';
import { sameTerm, termsOf } from './words.ts';

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
export function isRow(hit: SearchHit): boolean {
  return isData(hit) || hit.text.includes(' | ') || documentKind(hit.path) === 'csv';
}

function isData(hit: SearchHit): boolean {
  return documentKind(hit.path) === 'data';
}

/** `"server": {` announces settings and is none. */
export function opensBlock(hit: SearchHit): boolean {
  return isData(hit) && /[:{[]\s*$/.test(hit.text);
}
export function isSource(hit: SearchHit): boolean {
  return documentKind(hit.path) === 'source';
}

const definition =
  /^(?:(?:export|default|pub|public|private|protected|static|async|abstract|final|local)\s+)*(?:def|class|function|fn|func|const|let|var|type|interface|struct|enum|trait|module|create (?:or replace )?(?:unique )?\w+|[A-Z][A-Z_]+\s*=)/i;

/** The line of code that defines what is asked for; the comment beside it says what it is. */
export function isDefinition(hit: SearchHit, question: Question): boolean {
  const line = definition.exec(hit.text.trim());
  if (line === null || !isSource(hit)) return false;
  const name = termsOf(
    hit.text
      .trim()
      .slice(0, line[0].length + 60)
      .split(/[({=:]/, 1)[0] ?? '',
  );
  return question.terms.some((term) => term.share === 1 && name.some((word) => sameTerm(word, term.term)));
}
/** Code among prose: an example of the thing, seldom a statement about it. */
export function looksLikeCode(hit: SearchHit): boolean {
  const kind = documentKind(hit.path);
  return (
    (kind === 'markdown' || kind === 'html' || kind === 'text') &&
    /[;{(]\s*$|^[.$<]|^(?:const|let|var|def|function|class|return|import|if)\b.*[=(:]|=>|\)\s*[;,]?$/.test(hit.text) &&
    !/[.!?]$/.test(hit.text)
  );
}
