/** Reads every cited line again and says which quotes don't stand there. The reader is handed in; nothing here opens a file. */
import type { DocumentFolder } from '../documents/document-folder.ts';
import { lineForms, plainMarkdown, rawLine } from '../documents/line-forms.ts';
import { type Citation, parseCitations } from './citations.ts';

/**
 * Readable text of raw lines `from` to `to` (from 1, both included); fewer when the file ends before.
 * @throws anything when the file cannot be read: the message becomes the citation's failure.
 */
export type LineReader = (file: string, from: number, to: number) => Promise<string[]>;

export interface QuoteCheckOptions {
  /** Citations that must stand. Default 0. */
  min?: number;
}

export interface FailedCitation {
  citation: Citation;
  /** Written for the one who has to correct it. */
  reason: string;
}

export interface QuoteCheck {
  /** Citations whose quote stands where it is said to. */
  checked: Citation[];
  failed: FailedCitation[];
  /** How many more than `checked` the `min` demands. */
  missing: number;
}

/** A citation of more lines than this shows nothing about where its quote stands. */
const maxCitedLines = 200;
const maxCitations = 2000;
/** Letters and digits of a quote that counts. */
const minQuoteCharacters = 3;
const neighborLines = 20;
const maxNeighborCharacters = 20_000;
const maxShownCharacters = 200;

export function documentLineReader(folder: DocumentFolder): LineReader {
  return async (file, from, to) => (await folder.readLines(file, from, to)).lines;
}

export async function checkQuotes(text: string, readLines: LineReader, { min = 0 }: QuoteCheckOptions = {}): Promise<QuoteCheck> {
  const checked: Citation[] = [];
  const failed: FailedCitation[] = [];
  for (const [index, citation] of parseCitations(text).entries()) {
    const reason =
      index < maxCitations ? await judgeCitation(citation, readLines) : `was not looked at: only ${maxCitations} citations are.`;
    if (reason === undefined) checked.push(citation);
    else failed.push({ citation, reason: `${nameOf(citation)} ${reason}` });
  }
  return { checked, failed, missing: Math.max(0, min - checked.length) };
}

/** @returns why the quote does not stand; undefined when it does. */
async function judgeCitation(citation: Citation, readLines: LineReader): Promise<string | undefined> {
  const { file, line, endLine, quote } = citation;
  if ((quote.match(/[\p{L}\p{N}]/gu)?.length ?? 0) < minQuoteCharacters) return 'is too short to show anything.';
  if (line < 1) return 'names line 0; lines count from 1.';
  if (endLine < line) return `ends at line ${endLine}, before it begins.`;
  if (endLine - line >= maxCitedLines) return `names ${endLine - line + 1} lines; at most ${maxCitedLines} can be cited at once.`;
  try {
    const lines = await readLines(file, line, endLine);
    if (lines.length < endLine - line + 1) return `names line ${endLine}, but the file ends before it.`;
    if (standsIn(quote, lines)) return undefined;
    const elsewhere = await findNearby(citation, readLines);
    const found = shorten(lines.map(rawLine).join(' '));
    return `is not there. ${found === '' ? 'The line is empty.' : `There stands: ${found}`}${elsewhere}`;
  } catch (error) {
    return `cannot be checked: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** True when the quote is a stretch of the lines in any form in which they may be quoted. */
export function standsIn(quote: string, lines: string[]): boolean {
  const wanted = [quote, quote.split('\n').map(rawLine).join(' '), quote.split('\n').map(plainMarkdown).join(' ')].map(foldText);
  const distinct = [...new Set(wanted)].filter((form) => form !== '');
  return lineForms.some((form) => {
    const source = foldText(lines.map(form).join(' '));
    return distinct.some((folded) => source.includes(folded));
  });
}

/** One spelling for what typography varies: white space, quotes, dashes, ligatures, invisible characters. Works character by character. */
function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u00AD\u200B-\u200D\u2060\uFEFF]/g, '')
    .replace(/[‘’‚‛′`´]/g, "'")
    .replace(/[“”„‟″«»]/g, '"')
    .replace(/[‐‑‒–—―−]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
}

/** ` It stands at line 17.` when the quote is a few lines off. */
async function findNearby({ file, line, endLine, quote }: Citation, readLines: LineReader): Promise<string> {
  const from = Math.max(1, line - neighborLines);
  const lines = await readLines(file, from, endLine + neighborLines);
  if (lines.reduce((total, text) => total + text.length, 0) > maxNeighborCharacters) return '';
  for (const height of [1, 2, 4]) {
    for (let at = 0; at + height <= lines.length; at += 1) {
      if (!standsIn(quote, lines.slice(at, at + height))) continue;
      const first = from + at;
      return height === 1 ? ` The quote stands in line ${first}.` : ` The quote stands in lines ${first}-${first + height - 1}.`;
    }
  }
  return '';
}

function nameOf({ file, line, endLine, quote }: Citation): string {
  return `${shorten(quote)} [${file.slice(0, maxShownCharacters)}:${line === endLine ? line : `${line}-${endLine}`}]`;
}

function shorten(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  return trimmed.length <= maxShownCharacters ? `"${trimmed}"` : `"${trimmed.slice(0, maxShownCharacters)}…"`;
}
