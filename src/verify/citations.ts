/**
 * The citation syntax of every report: `"quote" [path:line]` or `"quote" [path:12-14]`. Typographic quotes count too; a quote may
 * hold quotes and brackets, a path spaces and brackets. Linear in the text's length, whatever the text.
 */
import { splitSentences } from '../documents/split-sentences.ts';

export interface Citation {
  file: string;
  /** Raw line, from 1. */
  line: number;
  /** The last line; equal to `line` for `[path:12]`. */
  endLine: number;
  quote: string;
  /** Where the quote's opening mark stands in the text; UTF-16 units from 0. */
  index: number;
}

interface Found extends Citation {
  /** Just after the closing bracket. */
  end: number;
}

const bracketEnd = /:L?(\d{1,9})(?:\s?[-–]\s?L?(\d{1,9}))?`?\]/g;
const maxPathCharacters = 1000;
/** Longer quotes are not recognized. */
const maxQuoteCharacters = 2000;
/** What may stand between a quote and its bracket. */
const separator = /[\s*_(,;—–-]/;
const maxSeparators = 6;
/** Closing marks with the character codes of the marks that open such a quote. */
const openingCodes = new Map(
  ['""', '”“„', '“„', '»«'].map((marks) => [marks.charAt(0), Array.from(marks.slice(1), (mark) => mark.charCodeAt(0))]),
);
const newline = 10;

/** Citations in the order of the text. `"quote" [a.md:1] [b.md:2]` are two with one quote. */
export function parseCitations(text: string): Citation[] {
  return findCitations(text).map(({ end: _end, ...citation }) => citation);
}

/**
 * A citation as `parseCitations` reads it back. A quote that holds quotation marks is put between typographic ones and its own are
 * straightened, which the quote check does not mind: so marks in code never end a quote.
 */
export function formatCitation({ file, line, endLine, quote }: Omit<Citation, 'index'>): string {
  const flat = quote.replace(/\s+/g, ' ').trim();
  const quoted = /["“”„«»]/.test(flat) ? `“${flat.replace(/[“”„«»]/g, '"')}”` : `"${flat}"`;
  return `${quoted} [${file}:${line === endLine ? line : `${line}-${endLine}`}]`;
}

function findCitations(text: string): Found[] {
  const found: Found[] = [];
  const barren = new Map<string, number>();
  let barrier = 0;
  for (const match of text.matchAll(bracketEnd)) {
    const end = match.index + match[0].length;
    const place = findBracket(text, match.index, { barrier, before: found.at(-1), barren });
    barrier = end;
    if (place === undefined) continue;
    const { bracket, index, quote } = place;
    const line = Number(match[1]);
    const file = text
      .slice(bracket + 1, match.index)
      .replace(/^[`\s]+/, '')
      .trim();
    if (place.own) while ((found.at(-1)?.end ?? 0) > index) found.pop();
    found.push({ file, line, endLine: match[2] === undefined ? line : Number(match[2]), quote, index, end });
  }
  return found;
}

interface SearchState {
  /** The end of the bracket before, cited or not. */
  barrier: number;
  before: Found | undefined;
  barren: Map<string, number>;
}

interface Place {
  bracket: number;
  quote: string;
  index: number;
  /** False: the quote of the citation before. */
  own: boolean;
}

/** The `[` that belongs to an ending and stands behind a quote or another citation; it is not before `barrier`. */
function findBracket(text: string, colon: number, { barrier, before, barren }: SearchState): Place | undefined {
  const lowest = Math.max(barrier, colon - maxPathCharacters);
  for (let bracket = colon - 1; bracket >= lowest && text[bracket] !== '\n'; bracket -= 1) {
    if (text[bracket] !== '[') continue;
    const mark = skipSeparators(text, bracket);
    if (before !== undefined && mark < before.end) return { bracket, quote: before.quote, index: before.index, own: false };
    if (!openingCodes.has(text.charAt(mark))) continue;
    const index = findOpeningMark(text, mark, before?.end ?? 0, barren);
    return index === undefined ? undefined : { bracket, quote: text.slice(index + 1, mark).trim(), index, own: true };
  }
  return undefined;
}

/** The last character before `at` that is no separator; at most `maxSeparators` are passed. */
function skipSeparators(text: string, at: number): number {
  let mark = at - 1;
  while (at - mark <= maxSeparators && separator.test(text.charAt(mark))) mark -= 1;
  return mark;
}

/**
 * Goes back over pairs of inner quotes. Marks of two shapes may enclose citations, which are then a part of the quote. Where the marks
 * don't pair (`5" pipe`), it is the first mark since the citation before that can open a quote.
 * @param barren by closing mark, the offset before which a search has found no opening mark: none looks there again.
 */
function findOpeningMark(text: string, closing: number, citedBefore: number, barren: Map<string, number>): number | undefined {
  const closer = text.charAt(closing);
  const closerCode = text.charCodeAt(closing);
  const isStraight = closer === '"';
  const [openerCode, otherCode] = openingCodes.get(closer) ?? [];
  const lowest = Math.max(isStraight ? citedBefore : 0, closing - maxQuoteCharacters, barren.get(closer) ?? 0);
  let depth = 1;
  let first: number | undefined;
  let isBarren = true;
  for (let at = closing - 1; at >= lowest; at -= 1) {
    const code = text.charCodeAt(at);
    if (code === newline && beginsBlock(text, at + 1)) break;
    if (code !== closerCode && code !== openerCode && code !== otherCode) continue;
    if (isStraight ? opensQuote(text, at, citedBefore) : code !== closerCode) {
      isBarren = false;
      depth -= 1;
      if (depth === 0) return at;
      if (at >= citedBefore) first = at;
    } else {
      depth += 1;
    }
  }
  if (isBarren) barren.set(closer, closing);
  return first;
}

/** A straight mark opens a quote when it follows nothing, white space or an opening bracket, and a word follows it. */
function opensQuote(text: string, at: number, citedBefore: number): boolean {
  const before = at === citedBefore ? '' : text.charAt(at - 1);
  const after = text.charAt(at + 1);
  if (before === '"') return /[\p{L}\p{N}_$@./<{[(-]/u.test(after);
  return (before === '' || /[\s([{*_:>—–=/-]/.test(before)) && /\S/.test(after);
}

const blockStart = /^[ \t]*(?:$|\n|#|(?:[-*+•]|\d{1,3}[.)])[ \t])/;

function beginsBlock(text: string, lineStart: number): boolean {
  return blockStart.test(text.slice(lineStart, lineStart + 80));
}

/**
 * Statements of a report that carry no citation: list items and table rows as wholes, sentences of paragraphs one by one. A sentence
 * that is followed by nothing but citations is cited by them. No statements are: headings, table heads, code, rules, link definitions, a
 * line that begins with "Not found" with the lines that continue it, and what ends with a colon and so leads in what follows.
 */
export function findUncitedStatements(text: string): string[] {
  const masked = maskCitations(text.replace(/\r\n?/g, '\n'));
  const uncited: string[] = [];
  let block: string[] = [];
  let kind: 'paragraph' | 'item' | 'exempt' = 'paragraph';
  let fence: string | undefined;
  const flush = (): void => {
    if (kind === 'item') uncited.push(...judgeItem(block.join(' ')));
    else if (kind === 'paragraph') uncited.push(...judgeParagraph(block.join(' ')));
    block = [];
    kind = 'paragraph';
  };
  for (const line of masked.text.split('\n')) {
    const mark = /^\s*(`{3}|~{3})/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || fence === mark)) {
      flush();
      fence = fence === undefined ? mark : undefined;
      continue;
    }
    if (fence !== undefined) continue;
    if (/^[\s:|-]+$/.test(line) && line.includes('|')) block = [];
    if (noStatement.test(line)) {
      flush();
      continue;
    }
    const startsItem = itemStart.test(line) || line.trimStart().startsWith('|');
    const exempt = /^not found\b/i.test(line.replace(itemStart, '').replace(/^[\s*_>|]+/, ''));
    if (startsItem || exempt) flush();
    if (exempt) kind = 'exempt';
    else if (startsItem) kind = 'item';
    block.push(line.trim());
  }
  flush();
  return uncited.map(masked.show);
}

/** Blank lines, headings, rules and underlines, link definitions. */
const noStatement = /^(?:[\s|:*_=-]*|\s{0,3}#{1,6}(?:\s.*)?|\s{0,3}\[[^\]]+\]:\s.*)$/;
const itemStart = /^\s*(?:>\s?)*(?:[-*+•]|\d{1,3}[.)])\s+/;
/** A private-use character stands for citation number n as `\uE000n\uE001`. */
const mask = /\uE000(\d+)\uE001/g;

function maskCitations(text: string): { text: string; show: (masked: string) => string } {
  const plain = text.replace(/[\uE000\uE001]/g, ' ');
  const parts: string[] = [];
  const originals: string[] = [];
  let at = 0;
  for (const { index, end } of findCitations(plain)) {
    const start = Math.max(at, index);
    parts.push(plain.slice(at, start), `\uE000${originals.length}\uE001`);
    originals.push(plain.slice(start, end));
    at = end;
  }
  parts.push(plain.slice(at));
  return {
    text: parts.join(''),
    show: (masked) => masked.replace(mask, (_whole, number: string) => originals[Number(number)] ?? ''),
  };
}

function judgeItem(item: string): string[] {
  const bare = item.replace(itemStart, '').trim();
  return bare.includes('\uE000') || !isStatement(bare) ? [] : [bare];
}

/** A citation ends the sentence it stands behind, full stop or not. */
const afterCitation = /(?<=\uE001[.!?;)]{0,3})\s+(?=[*_]{0,3}\p{Lu})/u;

function judgeParagraph(paragraph: string): string[] {
  const sentences = paragraph
    .split(afterCitation)
    .flatMap((part) => splitSentences(part).map(({ start, end }) => part.slice(start, end)));
  return sentences.filter((sentence, index) => {
    if (sentence.includes('\uE000') || !isStatement(sentence)) return false;
    const next = sentences[index + 1];
    return next === undefined || !next.includes('\uE000') || hasWords(next.replace(mask, ''));
  });
}

/** What ends with a colon leads in what follows. */
function isStatement(text: string): boolean {
  return hasWords(text) && !/:[*_\s]*$/.test(text);
}

function hasWords(text: string): boolean {
  return (text.match(/\p{L}/gu)?.length ?? 0) >= 3;
}
