/** Lines as files_read gives them, taken apart into headings, sentences, list items and the rest, each with its lines. */
import { documentKind } from '../../documents/document-kind.ts';
import { unitsOf } from '../../documents/units-of.ts';
import type { ReadLine } from './tool-shapes.ts';

export interface ScannedUnit {
  /** `other`: code, data, table rows. */
  kind: 'heading' | 'prose' | 'item' | 'other';
  /** As a search would give it. */
  text: string;
  from: number;
  to: number;
}

const atxHeading = /^\s{0,3}#{1,6}\s/;
const underline = /^\s{0,3}(?:=+|-+)\s*$/;
const listMark = /^\s*(?:>\s?)*(?:[-*+•]|\d{1,3}[.)])\s/;
const fence = /^\s*(?:```|~~~)/;

/** `lines` in order; gaps between them are read as blank lines. */
export function scanLines(path: string, lines: ReadLine[]): ScannedUnit[] {
  const first = lines[0]?.line ?? 1;
  const last = lines.at(-1)?.line ?? 0;
  if (last - first > 20_000) return [];
  const raw = Array.from({ length: last - first + 1 }, () => '');
  for (const { line, text } of lines) raw[line - first] = text;
  // A page's lines come without their tags: what is left is plain text.
  const kind = documentKind(path) ?? 'text';
  const units = unitsOf(path, kind === 'html' ? 'text' : kind, raw.join('\n'));
  const fenced = fencedLines(raw);
  return units.map((unit, at) => ({
    kind: kindOf(raw, unit, { kind, fenced, next: units[at + 1]?.text ?? '' }),
    text: unit.text,
    from: unit.line + first - 1,
    to: unit.endLine + first - 1,
  }));
}

function kindOf(
  raw: string[],
  { line, endLine, text }: { line: number; endLine: number; text: string },
  { kind, fenced, next }: { kind: string; fenced: Set<number>; next: string },
): ScannedUnit['kind'] {
  const start = raw[line - 1] ?? '';
  if (kind === 'data' || kind === 'csv') return 'other';
  if (kind === 'source') return start.includes(text) && !/^\s*(?:\/\/|\/?\*|#|--|"""|''')/.test(start) ? 'other' : 'prose';
  if (fenced.has(line) || start.trimStart().startsWith('|')) return 'other';
  if (kind === 'markdown' && (atxHeading.test(start) || underline.test(raw[endLine] ?? ''))) return 'heading';
  if (listMark.test(start)) return 'item';
  if (looksLikeHeading(text) && (underline.test(raw[endLine] ?? '') || (kind === 'html' && isSentence(next)))) return 'heading';
  return kind === 'html' && !isSentence(text) ? 'item' : 'prose';
}

/** Short and without the mark that ends a sentence. */
export function looksLikeHeading(text: string): boolean {
  return text.length <= 100 && text.split(/\s+/).length <= 12 && !/[.!:;,]["”')]*$/.test(text);
}

export function isSentence(text: string): boolean {
  return /[.!?]["”')\]]*$/.test(text) && text.split(/\s+/, 3).length === 3;
}

function fencedLines(raw: string[]): Set<number> {
  const fenced = new Set<number>();
  let inside = false;
  raw.forEach((text, index) => {
    if (fence.test(text)) inside = !inside;
    else if (inside) fenced.add(index + 1);
  });
  return fenced;
}
