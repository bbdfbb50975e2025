/** Citations as every report writes them: `- "quote" [path:line]` or `[path:from-to]`. */

export interface Citation {
  path: string;
  from: number;
  to: number;
  /** Empty when only the place is named. */
  quote: string;
}

/** A quote as long as this is cut at a word's end. */
const maxQuoteChars = 300;
const place = /\[([^[\]\n]{1,1000}?):(\d{1,9})(?:[-–](\d{1,9}))?\]/g;
const barePlace = /(?:^|[\s["'(`])([^\s["'(`]{1,500}?):(\d{1,9})(?:[-–](\d{1,9}))?(?=$|[\s\]"'),.;:`])/g;

export function formatCitation(citation: Citation): string {
  return `- "${cutQuote(citation.quote)}" ${formatPlace(citation)}`;
}

export function formatPlace({ path, from, to }: Omit<Citation, 'quote'>): string {
  return from === to ? `[${path}:${from}]` : `[${path}:${from}-${to}]`;
}

/** One line; cut at a word's end when it is longer than 300 characters. */
export function cutQuote(quote: string): string {
  const line = quote.replace(/\s+/g, ' ').trim();
  if (line.length <= maxQuoteChars) return line;
  const cut = line.slice(0, maxQuoteChars + 1);
  const end = cut.lastIndexOf(' ');
  return (end > 0 ? cut.slice(0, end) : cut.slice(0, maxQuoteChars)).trimEnd();
}

/** The citations of one line of text. A quote reaches from the first quotation mark before its place to the last. */
export function findCitations(line: string): Citation[] {
  const citations: Citation[] = [];
  let previousEnd = 0;
  for (const match of line.matchAll(place)) {
    const [path, from, to] = [match[1] ?? '', Number(match[2]), Number(match[3] ?? match[2])];
    const before = line.slice(previousEnd, match.index).replace(/[“”]/g, '"');
    const [open, close] = [before.indexOf('"'), before.lastIndexOf('"')];
    const quote = close > open && before.slice(close + 1).trim() === '' ? before.slice(open + 1, close) : '';
    if (from > 0) citations.push({ path, from, to: Math.max(from, to), quote });
    previousEnd = match.index + match[0].length;
  }
  return citations;
}

/** Every place that a text names, with or without brackets. */
export function findPlaces(text: string): Set<string> {
  const places = new Set<string>();
  for (const pattern of [place, barePlace]) {
    for (const match of text.slice(0, 200_000).matchAll(pattern)) {
      const from = Number(match[2]);
      places.add(formatPlace({ path: match[1] ?? '', from, to: Number(match[3] ?? from) }));
    }
  }
  return places;
}
