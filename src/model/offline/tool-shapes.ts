/** Tool results as the rules need them. A result of another shape is hostile or foreign and reads as nothing. */

export interface SearchHit {
  path: string;
  line: number;
  endLine: number;
  text: string;
  /** The headings above the unit, innermost last or joined; empty when there are none. */
  heading: string;
  score: number;
  /** Share of the query's terms in the unit, each weighted by its rarity: 0 to 1. */
  coverage: number;
  /** Terms of the query that stand in the unit, as `SearchResult.terms` spells them. */
  matched: string[];
}

export interface SearchResult {
  hits: SearchHit[];
  total: number;
  terms: string[];
  /** Terms that stand nowhere in the files; undefined when the result does not say. */
  unknownTerms: string[] | undefined;
}

export interface ReadResult {
  path: string;
  from: number;
  to: number;
  totalLines: number;
  lines: ReadLine[];
}

export interface ReadLine {
  line: number;
  text: string;
}

export interface ListedFile {
  path: string;
  lines: number;
  title: string;
}

/** Longer texts are cut before they are looked at. */
const maxUnitChars = 20_000;

export function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readSearch(value: unknown): SearchResult | undefined {
  if (!isObject(value) || !Array.isArray(value.hits)) return undefined;
  const hits = value.hits.slice(0, 200).flatMap((hit): SearchHit[] => {
    if (!isObject(hit) || typeof hit.path !== 'string' || typeof hit.text !== 'string') return [];
    const line = positive(hit.line);
    if (line === undefined) return [];
    return [
      {
        path: hit.path,
        line,
        endLine: Math.max(line, positive(hit.endLine) ?? line),
        text: hit.text.slice(0, maxUnitChars),
        heading: Array.isArray(hit.heading) ? strings(hit.heading).join(' ') : text(hit.heading).slice(0, 1000),
        score: number(hit.score),
        coverage: Math.min(1, Math.max(0, number(hit.coverage))),
        matched: strings(hit.matched),
      },
    ];
  });
  return {
    hits,
    total: Math.max(hits.length, number(value.total)),
    terms: strings(value.terms),
    unknownTerms: Array.isArray(value.unknownTerms) ? strings(value.unknownTerms) : undefined,
  };
}

export function readRead(value: unknown): ReadResult | undefined {
  if (!isObject(value) || typeof value.path !== 'string' || !Array.isArray(value.lines)) return undefined;
  const lines = value.lines.flatMap((row): ReadLine[] => {
    const line = isObject(row) ? positive(row.line) : undefined;
    return isObject(row) && line !== undefined && typeof row.text === 'string'
      ? [{ line, text: row.text.slice(0, maxUnitChars) }]
      : [];
  });
  const last = lines.at(-1)?.line ?? 0;
  return {
    path: value.path,
    from: positive(value.from) ?? lines[0]?.line ?? 1,
    to: positive(value.to) ?? last,
    totalLines: positive(value.totalLines) ?? last,
    lines,
  };
}

export function readList(value: unknown): ListedFile[] | undefined {
  if (!isObject(value) || !Array.isArray(value.files)) return undefined;
  return value.files.flatMap((file): ListedFile[] =>
    isObject(file) && typeof file.path === 'string'
      ? [{ path: file.path, lines: number(file.lines), title: text(file.title) }]
      : [],
  );
}

/** The `expression = value` line of a calculation. */
export function readCalculation(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const shown = text(value.text).trim();
  if (shown.includes('=')) return oneLine(shown);
  const result = typeof value.value === 'number' ? String(value.value) : text(value.value) || shown;
  const expression = text(value.expression);
  return result !== '' && expression !== '' ? oneLine(`${expression} = ${result}`) : undefined;
}

function oneLine(value: string): string {
  return value.replace(/\s+/g, ' ').slice(0, 1000);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string').slice(0, 200) : [];
}
