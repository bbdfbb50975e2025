/**
 * Markup that is escaped by construction. Text of tasks, models and files is hostile: it enters a page only as a value of
 * the `html` tag, which escapes it.
 *
 * 1. An `Html` holds markup that is safe to stand between tags.
 * 2. A value that is not `Html` is text: it may stand between tags or inside a double-quoted attribute.
 * 3. No value stands in a script, a style, an event handler, or an address other than a `#` of this page.
 */

/** Markup, complete and closed. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** null, undefined and false give nothing, so that a part may be left out with `condition && html`…``. */
export type HtmlValue = string | number | false | null | undefined | Html | readonly HtmlValue[];

export function html(parts: TemplateStringsArray, ...values: HtmlValue[]): Html {
  let markup = parts[0] ?? '';
  for (const [index, value] of values.entries()) markup += toMarkup(value) + (parts[index + 1] ?? '');
  return new Html(markup);
}

/** For markup that this library made: an SVG of `plots/`, a constant. Never for text from outside. */
export function trustHtml(markup: string): Html {
  return new Html(markup);
}

export function joinHtml(items: readonly HtmlValue[], separator: HtmlValue): Html {
  return html`${items.map((item, index) => (index === 0 ? item : [separator, item]))}`;
}

function toMarkup(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.markup;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? escapeHtml(value) : value.map(toMarkup).join('');
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return cleanText(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** C0 and C1 controls but tab and line feed; what reorders or hides text: bidi controls, zero-width, tag characters. */
const harmful = /[\p{Cc}\u00AD\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;

/** Well-formed text in which nothing is hidden: CR LF becomes LF, every other control character U+FFFD. */
export function cleanText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .toWellFormed()
    .replace(harmful, (character) => (character === '\n' || character === '\t' ? character : '\uFFFD'));
}

/** At most `length` UTF-16 code units, the mark `…` of a cut included; no character is cut in half. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
