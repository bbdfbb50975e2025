/** What is searched and quoted: a sentence, a list item, a heading, a table row, a line of code. */
import { cutSpan, splitSentences } from './split-sentences.ts';

export interface Unit {
  path: string;
  /** First raw line, from 1. */
  line: number;
  /** Last raw line. */
  endLine: number;
  /** A stretch of those lines in one of the forms of line-forms.ts, joined by spaces. */
  text: string;
  /** The headings above, outermost first, joined by ` › `; null when there is none. */
  heading: string | null;
}

/** Longer sentences and lines are cut at white space. */
export const maxUnitCharacters = 600;
/** A list item or comment up to this length is one unit, however many sentences it has. */
const maxWholeCharacters = 300;

export interface NumberedLine {
  line: number;
  text: string;
}

/** `sentences`: running text. `whole`: one unit unless it is long. `line`: never looked at for sentences. */
export type Splitting = 'sentences' | 'whole' | 'line';

/** Collects one file's units. */
export class UnitCollector {
  readonly units: Unit[] = [];
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** `lines` in a form of line-forms.ts; lines without text are passed over. */
  add(lines: NumberedLine[], heading: string | null, splitting: Splitting): void {
    const starts: { start: number; line: number }[] = [];
    let text = '';
    for (const { line, text: raw } of lines) {
      const piece = raw.replace(/\s+/g, ' ').trim();
      if (piece === '') continue;
      if (text !== '') text += ' ';
      starts.push({ start: text.length, line });
      text += piece;
    }
    const split = splitting === 'sentences' || (splitting === 'whole' && text.length > maxWholeCharacters);
    const spans = split ? splitSentences(text) : [{ start: 0, end: text.length }];
    let at = 0;
    const lineOf = (offset: number): number => {
      while ((starts[at + 1]?.start ?? Infinity) <= offset) at += 1;
      return starts[at]?.line ?? 1;
    };
    for (const span of spans) {
      for (const { start, end } of cutSpan(text, span, maxUnitCharacters)) {
        const line = lineOf(start);
        const endLine = lineOf(end - 1);
        const part = text.slice(start, end);
        if (/[\p{L}\p{N}][^\p{L}\p{N}]*[\p{L}\p{N}]/u.test(part))
          this.units.push({ path: this.#path, line, endLine, text: part, heading });
      }
    }
  }
}

/** The headings above the present place. */
export class HeadingPath {
  readonly #open: { level: number; text: string }[] = [];

  /** Those above a new heading of `level`; the new one is above what follows. */
  enter(level: number, text: string): string | null {
    while ((this.#open.at(-1)?.level ?? 0) >= level) this.#open.pop();
    const above = this.path();
    const short = text.replace(/\s+/g, ' ').trim().slice(0, 200);
    if (short !== '') this.#open.push({ level, text: short });
    return above;
  }

  /** The eight innermost. */
  path(): string | null {
    return this.#open.length === 0
      ? null
      : this.#open
          .slice(-8)
          .map(({ text }) => text)
          .join(' › ');
  }
}
