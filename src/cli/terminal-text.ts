/** Text from models, tools and files made fit for a terminal: nothing in it acts, and its width is known. */
import { stripVTControlCharacters } from 'node:util';

/** C0 and C1 controls but tab and line feed; then what reorders or hides text: bidi controls, zero-width and tag characters. */
const harmful = /[\p{Cc}\u00AD\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;
const graphemes = new Intl.Segmenter();

/** Keeps line feeds and tabs; takes out escape sequences whole and every other control character. */
export function stripControls(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n')).replace(harmful, (control) =>
    control === '\n' || control === '\t' ? control : '',
  );
}

/** JSON with every character that could act or hide written as its escape: it means the same and shows all of it. */
export function escapeControls(json: string): string {
  return json.replace(harmful, (control) =>
    Array.from({ length: control.length }, (_, at) => `\\u${control.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}

/** One line of harmless text: runs of white space become one space. */
export function toOneLine(text: string): string {
  // Only so much of it can be shown: a long result is not searched to its end.
  return stripControls(text.slice(0, 10_000)).replace(/\s+/g, ' ').trim();
}

/** Columns that a line without controls takes. */
export function widthOf(text: string): number {
  if (isPlain(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** At most `columns` wide; what is cut off is marked by `…`. */
export function cutText(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (isPlain(text)) return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
  let width = 0;
  let kept = '';
  let keptWithMark = '';
  for (const { segment } of graphemes.segment(text)) {
    width += graphemeWidth(segment);
    if (width > columns) return `${keptWithMark}…`;
    kept += segment;
    if (width <= columns - 1) keptWithMark = kept;
  }
  return text;
}

/** Exactly `columns` wide. */
export function fitText(text: string, columns: number): string {
  const cut = cutText(text, columns);
  return cut + ' '.repeat(Math.max(0, columns - widthOf(cut)));
}

function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

function graphemeWidth(grapheme: string): number {
  if (/^[\p{Mark}\p{Cf}\p{Cc}]+$/u.test(grapheme)) return 0;
  if (/\p{Emoji_Presentation}|\uFE0F/u.test(grapheme)) return 2;
  return isWide(grapheme.codePointAt(0) ?? 0) ? 2 : 1;
}

/** East Asian wide and fullwidth blocks (Unicode 16, UAX #11), in ranges. */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2ff],
  [0x1f200, 0x1f2ff],
  [0x20000, 0x3fffd],
];

function isWide(codePoint: number): boolean {
  return codePoint >= 0x1100 && wideRanges.some(([from, to]) => codePoint >= from && codePoint <= to);
}
