/** Where sentences begin and end, without being fooled by `e.g.`, `Dr.`, `v1.2` or `index.ts`. */

export interface Span {
  start: number;
  /** Exclusive. */
  end: number;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
const abbreviation =
  /(?:^|[\s("'“‘[])(?:e\.\s?g|i\.\s?e|etc|vs|cf|al|approx|ca|resp|incl|excl|dr|mr|mrs|ms|prof|st|no|nr|fig|figs|eq|sec|ch|vol|pp|p|ed|eds|inc|ltd|co|corp|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|u\.\s?s|u\.\s?k|a\.\s?m|p\.\s?m|\p{Lu})\.["'”’)\]]*\s*$/iu;
/** `etc.` and the like do end a sentence when a capital follows; a title or `e.g.` never does. */
const mayEndSentence = /(?:etc|inc|ltd|corp|al|u\.\s?s|u\.\s?k|a\.\s?m|p\.\s?m)\.["'”’)\]]*\s*$/i;
const wideStop = /[。！？｡]["'”’」』）]*$/u;

/** Spans without surrounding white space, in order, covering every other character of `text`. */
export function splitSentences(text: string): Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (const { segment, index } of segmenter.segment(text)) {
    const end = index + segment.length;
    if (end < text.length && goesOn(segment, text, end)) continue;
    addTrimmed(text, start, end, spans);
    start = end;
  }
  addTrimmed(text, start, text.length, spans);
  return spans;
}

/** True when the break after `segment` is none. */
function goesOn(segment: string, text: string, end: number): boolean {
  if (!/\s$/.test(segment)) return !wideStop.test(segment);
  const tail = segment.slice(-24);
  if (!abbreviation.test(tail)) return false;
  return !(mayEndSentence.test(tail) && /^\p{Lu}/u.test(text.slice(end, end + 2)));
}

function addTrimmed(text: string, from: number, to: number, spans: Span[]): void {
  let start = from;
  let end = to;
  while (start < end && isSpace(text, start)) start += 1;
  while (end > start && isSpace(text, end - 1)) end -= 1;
  if (end > start) spans.push({ start, end });
}

function isSpace(text: string, index: number): boolean {
  return /\s/.test(text.charAt(index));
}

/** `span` cut at white space into pieces of at most `maxCharacters`; a longer word is cut between two characters. */
export function cutSpan(text: string, span: Span, maxCharacters: number): Span[] {
  const pieces: Span[] = [];
  let start = span.start;
  while (span.end - start > maxCharacters) {
    const limit = start + maxCharacters;
    const space = text.lastIndexOf(' ', limit);
    let end = space > start + maxCharacters / 2 ? space : limit;
    if (/[\uDC00-\uDFFF\p{M}]/u.test(text.charAt(end)) && end > start + 1) end -= 1;
    addTrimmed(text, start, end, pieces);
    start = end;
  }
  addTrimmed(text, start, span.end, pieces);
  return pieces;
}
