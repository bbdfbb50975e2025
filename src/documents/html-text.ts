/**
 * The text of an HTML file by raw line, and its blocks. It works on tokens, not on a tree: no nesting, however deep or
 * broken, costs more than the file's length.
 */
import { Tokenizer } from 'htmlparser2';

/** A stretch of text that no block-level tag interrupts. */
export interface HtmlBlock {
  /** Heading level 1 to 6; 0: not a heading. */
  level: number;
  inTitle: boolean;
  /** In order; one piece a raw line. `line` counts from 1. */
  pieces: { line: number; text: string }[];
}

export interface HtmlText {
  /** Index 0 is raw line 1. */
  lines: string[];
  blocks: HtmlBlock[];
}

/** Tags within a sentence: they end no word and no block. */
const inlineTags = new Set(
  (
    'a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q rp rt ruby s samp small span strike strong sub sup time tt u var wbr ' +
    'svg path'
  ).split(' '),
);
const hiddenTags = new Set(['script', 'style']);

/** @param html with `\n` as its only line break. */
export function readHtml(html: string): HtmlText {
  const builder = new HtmlTextBuilder(html.split('\n').length);
  let line = 1;
  let counted = 0;
  /** Raw line of an offset; offsets come in rising order. */
  const lineAt = (offset: number): number => {
    for (; counted < offset; counted += 1) if (html.charCodeAt(counted) === 10) line += 1;
    return line;
  };
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      ontext: (start, end) => {
        let at = lineAt(start);
        for (const part of html.slice(start, end).split('\n')) builder.addText(at++, part);
      },
      ontextentity: (codepoint, end) => builder.addText(lineAt(end - 1), String.fromCodePoint(codepoint).replace(/\s/, ' ')),
      onopentagname: (start, end) => builder.enterTag(html.slice(start, end).toLowerCase()),
      onclosetag: (start, end) => builder.leaveTag(html.slice(start, end).toLowerCase()),
      oncdata: (start, end, offset) => {
        let at = lineAt(start);
        for (const part of html.slice(start, end - offset).split('\n')) builder.addText(at++, part);
      },
      onattribdata: ignore,
      onattribentity: ignore,
      onattribend: ignore,
      onattribname: ignore,
      oncomment: ignore,
      ondeclaration: ignore,
      onend: ignore,
      onopentagend: ignore,
      onprocessinginstruction: ignore,
      onselfclosingtag: ignore,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return builder.finish();
}

function ignore(): void {}

class HtmlTextBuilder {
  readonly #lines: string[][];
  readonly #blocks: HtmlBlock[] = [];
  #block: { level: number; inTitle: boolean; pieces: { line: number; parts: string[] }[] } = {
    level: 0,
    inTitle: false,
    pieces: [],
  };
  #hiddenBy: string | undefined;

  constructor(lineCount: number) {
    this.#lines = Array.from({ length: lineCount }, () => []);
  }

  addText(line: number, text: string): void {
    if (this.#hiddenBy !== undefined || text === '') return;
    this.#lines[line - 1]?.push(text);
    const last = this.#block.pieces.at(-1);
    if (last?.line === line) last.parts.push(text);
    else this.#block.pieces.push({ line, parts: [text] });
  }

  enterTag(name: string): void {
    if (this.#hiddenBy !== undefined) return;
    if (hiddenTags.has(name)) this.#hiddenBy = name;
    if (inlineTags.has(name)) return;
    if (name === 'br' || name === 'img') this.#space();
    else this.#endBlock(/^h[1-6]$/.test(name) ? Number(name[1]) : 0, name === 'title');
  }

  leaveTag(name: string): void {
    if (this.#hiddenBy !== undefined && this.#hiddenBy !== name) return;
    this.#hiddenBy = undefined;
    if (!inlineTags.has(name)) this.#endBlock(0, false);
  }

  finish(): HtmlText {
    this.#endBlock(0, false);
    return { lines: this.#lines.map((parts) => tidy(parts.join(''))), blocks: this.#blocks };
  }

  #space(): void {
    const last = this.#block.pieces.at(-1);
    if (last === undefined) return;
    last.parts.push(' ');
    this.#lines[last.line - 1]?.push(' ');
  }

  /** Two blocks on one raw line stay two words. */
  #endBlock(level: number, inTitle: boolean): void {
    this.#space();
    const pieces = this.#block.pieces
      .map(({ line, parts }) => ({ line, text: tidy(parts.join('')) }))
      .filter(({ text }) => text !== '');
    if (pieces.length > 0) this.#blocks.push({ level: this.#block.level, inTitle: this.#block.inTitle, pieces });
    this.#block = { level, inTitle, pieces: [] };
  }
}

function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
