/** Places in a cited report where a small change makes a known defect. Citations are read as the quotes check reads them. */
import type { Random } from '../clock.ts';
import { type Citation, parseCitations } from '../verify/citations.ts';
import type { DefectEdit } from './defect-edit.ts';

/** The first five break a citation, which the quotes check sees; the last leaves every citation whole and twists what is said of it. */
export const reportDefectKinds = [
  'changed-number',
  'dropped-not',
  'invented-quote',
  'wrong-line',
  'other-file',
  'twisted-statement',
] as const;
export type ReportDefectKind = (typeof reportDefectKinds)[number];

type Edits = Generator<Omit<DefectEdit, 'kind'>>;

/** A citation with the places of its parts in the text. */
interface PlacedCitation extends Citation {
  quoteAt: number;
  fileAt: number;
  /** Of `:12-14`, colon included. */
  lines: { start: number; end: number };
}

export interface Report {
  text: string;
  citations: PlacedCitation[];
}

/** Those that a defect is made of. */
const maxCitations = 1000;

const finders: Record<ReportDefectKind, (report: Report, random: Random) => Edits> = {
  'changed-number': function* ({ text, citations }) {
    for (const { quoteAt, quote } of distinctQuotes(citations)) yield* changeNumbers(text, quoteAt, quoteAt + quote.length);
  },
  'dropped-not': function* ({ text, citations }) {
    for (const { quoteAt, quote } of distinctQuotes(citations)) yield* dropNegations(text, quoteAt, quoteAt + quote.length);
  },
  'invented-quote': inventQuotes,
  'wrong-line': moveLines,
  'other-file': nameOtherFiles,
  'twisted-statement': function* ({ text, citations }) {
    for (const [start, end] of uncitedStretches(text, citations)) {
      yield* changeNumbers(text, start, end);
      yield* dropNegations(text, start, end);
    }
  },
};

export function* findReportEdits(report: Report, kind: ReportDefectKind, random: Random): Generator<DefectEdit> {
  if (report.citations.length === 0) return;
  for (const edit of finders[kind](report, random)) yield { kind, ...edit };
}

export function openReport(text: string): Report {
  const citations: PlacedCitation[] = [];
  let behind = 0;
  for (const citation of parseCitations(text)) {
    const quoteAt = text.indexOf(citation.quote, citation.index + 1);
    const fileAt = text.indexOf(citation.file, Math.max(behind, quoteAt + citation.quote.length));
    if (quoteAt < 0 || fileAt < 0 || citation.file === '' || citation.quote === '') continue;
    const range = /:L?\d{1,9}(?:\s?[-–]\s?L?\d{1,9})?/y;
    range.lastIndex = fileAt + citation.file.length;
    const [found] = range.exec(text) ?? [];
    if (found === undefined) continue;
    behind = range.lastIndex;
    citations.push({ ...citation, quoteAt, fileAt, lines: { start: behind - found.length, end: behind } });
    if (citations.length >= maxCitations) break;
  }
  return { text, citations };
}

/** One of those that share a quote. */
function distinctQuotes(citations: readonly PlacedCitation[]): PlacedCitation[] {
  return citations.filter(({ index }, at) => citations[at - 1]?.index !== index);
}

/** The text between the citations; quotes and brackets are left out. */
function uncitedStretches(text: string, citations: readonly PlacedCitation[]): [start: number, end: number][] {
  const stretches: [number, number][] = [];
  let from = 0;
  for (const { index, lines } of citations) {
    if (index > from) stretches.push([from, index]);
    from = Math.max(from, lines.end + 1);
  }
  stretches.push([from, text.length]);
  return stretches;
}

/** Another first digit: never a zero, never the same. */
function* changeNumbers(text: string, start: number, end: number): Edits {
  for (const { 0: digits, index } of text.slice(start, end).matchAll(/(?<![\w.,-])\d{1,9}(?![\w-])/g)) {
    const at = start + index;
    // A number at the head of a line is a list's.
    if (/(?:^|\n)[ \t]*$/.test(text.slice(Math.max(0, at - 40), at)) && /^\d+[.)]\s/.test(text.slice(at, at + 12))) continue;
    const replacement = String((Number(digits.charAt(0)) % 9) + 1) + digits.slice(1);
    yield { start: at, end: at + digits.length, replacement };
  }
}

const negations: readonly [RegExp, string][] = [
  [/\b(?:not|never) /gi, ''],
  [/(?<=\b(?:is|are|was|were|do|does|did|has|have|had|should|would|could|must|need))n['’]t\b/gi, ''],
  [/(?<=\bcan)(?:not|['’]t)\b/gi, ''],
  [/(?<=\bwith)out\b/gi, ''],
];

function* dropNegations(text: string, start: number, end: number): Edits {
  const stretch = text.slice(start, end);
  for (const [form, replacement] of negations) {
    for (const { 0: found, index } of stretch.matchAll(form)) {
      // `Not found in the files: …` says what the report does not hold.
      if (/^not $/i.test(found) && /^found\b/i.test(stretch.slice(index + 4))) continue;
      yield { start: start + index, end: start + index + found.length, replacement };
    }
  }
}

const minWords = 4;

/** The words of another quote behind half of the own ones; of a report with one quote, its halves the wrong way round. */
function* inventQuotes({ citations }: Report, random: Random): Edits {
  const quotes = distinctQuotes(citations).filter(({ quote }) => quote.split(/\s+/).length >= minWords);
  for (const { quote, quoteAt } of quotes) {
    const own = quote.split(/\s+/);
    const others = quotes.filter((other) => other.quote !== quote);
    const lent = others[Math.floor(random.next() * others.length)]?.quote.split(/\s+/) ?? own;
    const invented = [...halfOf(own, lent === own ? 'second' : 'first'), ...halfOf(lent, lent === own ? 'first' : 'second')].join(
      ' ',
    );
    if (/["“”„«»[\]\n]/.test(invented) || invented === own.join(' ')) continue;
    yield { start: quoteAt, end: quoteAt + quote.length, replacement: invented };
  }
}

function halfOf(words: readonly string[], half: 'first' | 'second'): string[] {
  const middle = Math.ceil(words.length / 2);
  return half === 'first' ? words.slice(0, middle) : words.slice(middle);
}

/** One to nine lines off. */
function* moveLines({ citations }: Report, random: Random): Edits {
  for (const { line, endLine, lines } of citations) {
    const distance = 1 + Math.floor(random.next() * 9);
    const moved = random.next() < 0.5 && line > distance ? -distance : distance;
    const range = line === endLine ? `${line + moved}` : `${line + moved}-${endLine + moved}`;
    yield { ...lines, replacement: `:${range}` };
  }
}

/** Another file that the report cites; where there is none, a name that is close to the own. */
function* nameOtherFiles({ citations }: Report, random: Random): Edits {
  const files = [...new Set(citations.map(({ file }) => file))];
  for (const { file, fileAt } of citations) {
    const others = files.filter((other) => other !== file);
    const replacement = others[Math.floor(random.next() * others.length)] ?? file.replace(/(?=\.[^./]*$|$)/, '-old');
    yield { start: fileAt, end: fileAt + file.length, replacement };
  }
}
