/** Widths of text without a browser: estimates for a proportional sans-serif, rather too wide than too narrow. */
import { cleanText, cutText } from '../html.ts';
import { fontSize } from './plot-size.ts';

const segmenter = new Intl.Segmenter();
const wideScripts = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}/u;

/** px */
export function measureText(text: string): number {
  let ems = 0;
  for (const character of text) ems += emsOf(character);
  return ems * fontSize;
}

/** One line that is at most so many px wide; what is cut off is marked by `…`. */
export function fitText(text: string, px: number): string {
  // Longer than any plot is wide: a long name is not measured to its end.
  const line = cutText(cleanText(text.slice(0, 400)).replace(/\s+/g, ' ').trim(), 300);
  if (measureText(line) <= px) return line;
  let kept = '';
  let width = measureText('…');
  for (const { segment } of segmenter.segment(line)) {
    width += measureText(segment);
    if (width > px) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Room for the labels of rows: as wide as the widest, at most this share of the plot. */
export function roomForLabels(labels: readonly string[], most: number): number {
  return Math.min(most, Math.ceil(Math.max(0, ...labels.map((label) => measureText(fitText(label, most))))));
}

function emsOf(character: string): number {
  if (wideScripts.test(character)) return 1.05;
  if (/[ilj.,:;'|! ]/.test(character)) return 0.32;
  if (/[mwMW@%]/.test(character)) return 0.92;
  if (/[A-Z]/.test(character)) return 0.7;
  return 0.58;
}
