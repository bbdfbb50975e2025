/** Citations as every report writes them: `- "quote" [path:line]` or `[path:from-to]`. */

import { parseCitations } from '../../verify/citations.ts';

export interface Citation {
  path: string;
  from: number;
  to: number;
  quote: string;
}

/** A quote as long as this is cut at a word's end. */
const maxQuoteChars = 300;
export function formatCitation(citation: Citation): string {
  return `- "${cutQuote(citation.quote)}" ${formatPlace(citation)}`;
}

export function formatPlace({ path, from, to }: Omit<Citation, 'quote'>): string {
  return from === to ? `[${path}:${from}]` : `[${path}:${from}-${to}]`;
}

/** One line; at most 300 characters, cut at a word's end. `focus`: an offset in `quote` that the cut should keep. */
export function cutQuote(quote: string, focus = 0): string {
  const line = quote.replace(/\s+/g, ' ').trim();
  if (line.length <= maxQuoteChars) return line;
  const wanted = focus > maxQuoteChars * 0.8 ? Math.min(focus - maxQuoteChars / 2, line.length - maxQuoteChars) : 0;
  const start = wanted <= 0 ? 0 : line.indexOf(' ', wanted) + 1;
  const rest = line.slice(start);
  if (rest.length <= maxQuoteChars) return rest;
  const end = rest.lastIndexOf(' ', maxQuoteChars);
  return rest.slice(0, end > 0 ? end : maxQuoteChars).trimEnd();
}

/** The citations in a text, in order. */
export function findCitations(text: string): Citation[] {
  return parseCitations(text).flatMap(({ file, line, endLine, quote }) =>
    line > 0 && endLine >= line ? [{ path: file, from: line, to: endLine, quote }] : [],
  );
}

const placeEnd = /:(\d{1,9})(?:[-–](\d{1,9}))?(?![\w:])/g;
const maxPathChars = 300;

/** Every place that a text names, with or without brackets; where the path begins is open, so each way to read it is held. */
export function findPlaces(text: string): Set<string> {
  const places = new Set<string>();
  for (const match of text.slice(0, 200_000).matchAll(placeEnd)) {
    const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
    const before = text.slice(Math.max(0, match.index - maxPathChars), match.index);
    const line = before.slice(before.lastIndexOf('\n') + 1);
    for (const start of line.matchAll(/(?:^|[\s[("'`])(?=[^\s[("'`])/g))
      places.add(formatPlace({ path: line.slice(start.index + start[0].length), from, to }));
  }
  return places;
}
