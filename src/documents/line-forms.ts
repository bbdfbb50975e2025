/**
 * The forms in which one raw line may be quoted. A unit's text (unit.ts) is always a stretch of its lines in one of
 * these forms joined by spaces, which is why every unit can be found again by the quote check. For that, each form looks at one line alone.
 */

export type LineForm = (line: string) => string;

/** As it stands. */
export const rawLine: LineForm = (line) => line.trim();

/** Without the marks that begin a block of text: `>`, `#`, `-`, `3.`, `[x]`. */
export const withoutBlockMarks: LineForm = (line) => line.replace(blockMarks, '').trim();

/** As Markdown is read: without block marks, emphasis, link targets, tags and entities. */
export const plainMarkdown: LineForm = (line) => withoutInlineMarks(tableRow(withoutBlockMarks(line))).trim();

/** A source comment's words. */
export const commentText: LineForm = (line) => line.replace(commentStart, '').replace(commentEnd, '').trim();

export const lineForms: readonly LineForm[] = [rawLine, plainMarkdown, commentText, withoutBlockMarks];

/** At most three digits: a wrapped line may begin with a year. */
const blockMarks = /^[\s>]*(?:#{1,6}(?:\s+|$)|[-*+•](?:\s+\[[ xX]\])?(?:\s+|$)|\d{1,3}[.)](?:\s+|$))?/;
const commentStart = /^\s*(?:\/\/[/!]?|\/\*+!?|\*(?!\/)|#+!?|--+|;+|<!--|"""|'''|%+)?\s*/;
const commentEnd = /(?:\*\/|-->|"""|''')\s*$/;

function tableRow(line: string): string {
  return line.startsWith('|') ? line.replace(/^\|/, '').replace(/\|\s*$/, '') : line;
}

/** Every pattern starts only where the last character is of another kind, so that a line of two million asterisks costs one pass. */
const codeSpan = /(?<!`)(`+(?!`)[^`]+`+)/;
const link = /!?\[([^\][]*)\](?:\((?:[^()\s]|\([^()\s]*\))*(?:\s+"[^"]*")?\)|\[[^\][]*\])/g;
/** The end of a link that began a line above. */
const linkEnd = /\]\((?:[^()\s]|\([^()\s]*\))*\)/g;
const asterisks = /(?<![\p{L}\p{N}*])(\*{1,3})(?=[^\s*])([^*]*[^*\s])\1(?!\*)/gu;
const underscores = /(?<![\p{L}\p{N}_])(_{1,3})(?=[^\s_])([^_]*[^_\s])\1(?![\p{L}\p{N}_])/gu;
const strikes = /(?<!~)~~(?=[^\s~])([^~]+)~~(?!~)/g;
const escape = /\\([!-/:-@[-`{-~])/g;
const htmlTag =
  /<(?:!--[^<>]*--|\/?(?:a|abbr|b|big|blockquote|br|center|code|dd|del|details|div|dl|dt|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|picture|pre|q|s|samp|small|source|span|strong|sub|summary|sup|table|tbody|td|th|thead|tr|tt|u|ul|var)(?:\s[^<>]*)?\/?)>/gi;

function withoutInlineMarks(line: string): string {
  return line
    .split(codeSpan)
    .map((part, index) => (index % 2 === 1 ? part.replace(/^`+|`+$/g, '') : withoutMarksOutsideCode(part)))
    .join('');
}

function withoutMarksOutsideCode(text: string): string {
  if (!/[[\]*_~<\\&]/.test(text)) return text;
  const unlinked = text.replace(link, '$1').replace(link, '$1').replace(linkEnd, '');
  const unmarked = unlinked.replace(asterisks, '$2').replace(asterisks, '$2').replace(underscores, '$2').replace(strikes, '$1');
  return decodeEntities(unmarked.replace(htmlTag, '').replace(escape, '$1'));
}

const namedEntities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  copy: '©',
  times: '×',
  rarr: '→',
};

/** The entities that people write by hand in Markdown, and all numeric ones. HTML files are decoded by their parser. */
function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-zA-Z]{2,8}));/g, (whole, decimal, hexadecimal, name) => {
    if (typeof name === 'string') return Object.hasOwn(namedEntities, name) ? (namedEntities[name] ?? whole) : whole;
    const codepoint = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal);
    return codepoint > 0 && codepoint <= 0x10ffff ? String.fromCodePoint(codepoint) : whole;
  });
}
