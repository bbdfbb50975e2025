/** Units of Markdown and of plain text, which is read like Markdown without marks inside a line. */
import { type LineForm, plainMarkdown, rawLine, withoutBlockMarks } from './line-forms.ts';
import { HeadingPath, type NumberedLine, type Splitting, UnitCollector } from './unit.ts';

const fence = /^[\s>]*(`{3,}|~{3,})/;
const atxHeading = /^\s{0,3}(#{1,6})(?:\s|$)/;
const setextUnderline = /^\s{0,3}(=+|-+)\s*$/;
const thematicBreak = /^\s{0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
const listItem = /^[\s>]*(?:[-*+•]|\d{1,3}[.)])(?:\s+|$)/;
const tableRow = /^[\s>]*\|/;
const tableDelimiter = /^[\s>|:-]+$/;
const linkDefinition = /^\s{0,3}\[[^\]]+\]:\s/;
const keyAndValue = /^\p{L}[\p{L}\p{N} /_-]{0,40}:\s+\S/u;

export function markdownUnits(path: string, lines: string[], dialect: 'markdown' | 'text'): UnitCollector['units'] {
  const reader = new MarkdownReader(path, dialect);
  const start = dialect === 'markdown' ? reader.readFrontMatter(lines) : 0;
  for (let index = start; index < lines.length; index += 1) reader.readLine(lines[index] ?? '', index + 1);
  return reader.finish();
}

class MarkdownReader {
  readonly #units: UnitCollector;
  readonly #headings = new HeadingPath();
  readonly #plain: LineForm;
  readonly #dialect: 'markdown' | 'text';
  #open: { lines: { line: number; raw: string }[]; splitting: Splitting } = { lines: [], splitting: 'sentences' };
  #fence: string | undefined;
  #inComment = false;
  #inList = false;
  /** The header of the table being read; a part of its rows' heading. */
  #tableHeader: string | undefined;

  constructor(path: string, dialect: 'markdown' | 'text') {
    this.#units = new UnitCollector(path);
    this.#dialect = dialect;
    this.#plain = dialect === 'markdown' ? plainMarkdown : withoutBlockMarks;
  }

  /** @returns the index of the first line after it. */
  readFrontMatter(lines: string[]): number {
    if (lines[0]?.trimEnd() !== '---') return 0;
    const end = lines.slice(0, 200).findIndex((line, index) => index > 0 && /^(?:---|\.\.\.)\s*$/.test(line));
    if (end === -1) return 0;
    for (let index = 1; index < end; index += 1)
      this.#units.add([{ line: index + 1, text: rawLine(lines[index] ?? '') }], null, 'line');
    return end + 1;
  }

  readLine(raw: string, line: number): void {
    if (this.#readFence(raw, line) || this.#readComment(raw)) return;
    if (!tableRow.test(raw)) this.#tableHeader = undefined;
    if (raw.replace(/^[\s>]+/, '') === '') {
      this.#flush();
      return;
    }
    if (this.#readHeading(raw, line) || this.#readTableRow(raw, line)) return;
    if (thematicBreak.test(raw) || linkDefinition.test(raw)) {
      this.#flush();
    } else if (listItem.test(raw)) {
      this.#flush();
      this.#inList = true;
      this.#open = { lines: [{ line, raw }], splitting: 'whole' };
    } else if (this.#open.lines.length === 0 && !this.#inList && /^(?: {4}|\t)/.test(raw)) {
      this.#units.add([{ line, text: rawLine(raw) }], this.#headings.path(), 'line');
    } else {
      if (this.#open.lines.length === 0 && !/^\s/.test(raw)) this.#inList = false;
      this.#open.lines.push({ line, raw });
    }
  }

  finish(): UnitCollector['units'] {
    this.#flush();
    return this.#units.units;
  }

  #readFence(raw: string, line: number): boolean {
    const mark = fence.exec(raw)?.[1];
    if (this.#fence === undefined) {
      if (mark === undefined) return false;
      this.#flush();
      this.#fence = mark;
      return true;
    }
    if (mark?.startsWith(this.#fence) && /^[\s>`~]*$/.test(raw)) this.#fence = undefined;
    else this.#units.add([{ line, text: rawLine(raw) }], this.#headings.path(), 'line');
    return true;
  }

  /** An HTML comment over several lines is no text of the document. */
  #readComment(raw: string): boolean {
    if (this.#dialect === 'text') return false;
    if (this.#inComment) {
      this.#inComment = !raw.includes('-->');
      return true;
    }
    if (!/^\s*<!--/.test(raw) || raw.includes('-->')) return false;
    this.#flush();
    this.#inComment = true;
    return true;
  }

  #readHeading(raw: string, line: number): boolean {
    const marks = atxHeading.exec(raw)?.[1];
    if (marks !== undefined && this.#dialect === 'markdown') {
      this.#flush();
      this.#enterHeading(marks.length, [{ line, text: this.#plain(raw) }]);
      return true;
    }
    const { lines, splitting } = this.#open;
    const underline = setextUnderline.exec(raw)?.[1];
    const isHeading =
      splitting === 'sentences' &&
      lines.length > 0 &&
      (this.#dialect === 'markdown' || (lines.length === 1 && raw.trim().length > 2));
    if (underline === undefined || !isHeading) return false;
    this.#enterHeading(underline.startsWith('=') ? 1 : 2, this.#takeOpen());
    return true;
  }

  #enterHeading(level: number, lines: NumberedLine[]): void {
    this.#inList = false;
    const above = this.#headings.enter(level, lines.map(({ text }) => text).join(' '));
    this.#units.add(lines, above, 'line');
  }

  #readTableRow(raw: string, line: number): boolean {
    if (!tableRow.test(raw) || this.#dialect === 'text') return false;
    this.#flush();
    if (tableDelimiter.test(raw)) return true;
    const text = this.#plain(raw);
    const above = [this.#headings.path(), this.#tableHeader].filter((part) => part !== null && part !== undefined);
    this.#units.add([{ line, text }], above.length === 0 ? null : above.join(' › '), 'line');
    this.#tableHeader ??= text.slice(0, 300);
    return true;
  }

  #takeOpen(): NumberedLine[] {
    const lines = this.#open.lines.map(({ line, raw }) => ({ line, text: this.#plain(raw) }));
    this.#open = { lines: [], splitting: 'sentences' };
    return lines;
  }

  #flush(): void {
    const { splitting } = this.#open;
    const lines = this.#takeOpen();
    const heading = this.#headings.path();
    if (splitting === 'sentences' && lines.length > 1 && lines.every(({ text }) => keyAndValue.test(text))) {
      for (const line of lines) this.#units.add([line], heading, 'sentences');
    } else {
      this.#units.add(lines, heading, splitting);
    }
  }
}
