/** Whether a quote stands in a source text, whatever marks the format puts between its words. */

const tag = /<\/?[a-zA-Z][^<>]{0,2000}>|<!--|-->/g;
const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', mdash: '-', ndash: '-', hellip: '...', copy: '©' };

/** True when `quote` has words and they stand in `source` in the same order, punctuation included. */
export function standsIn(quote: string, source: string): boolean {
  if (!/[\p{L}\p{N}]/u.test(quote)) return false;
  if (source.includes(quote.trim())) return true;
  return bare(source).includes(bare(quote));
}

/** The text without white space, markup and marks of Markdown, comments and lists, its typography in ASCII. */
function bare(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/^\s*(?:\/\/+!?|\/\*+|\*+\/?|#+!?|--|>+|[-+•]|\d{1,4}[.)])(?=\s|$)/, ''))
    .join(' ')
    .replace(tag, '')
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (whole: string, decimal?: string, hex?: string, name?: string) => entity(whole, decimal, hex, name))
    .replace(/\]\([^()\s]{0,2000}\)/g, '')
    .replace(/[‘’‚′]/g, "'")
    .replace(/[“”„«»″]/g, '"')
    .replace(/[‐‑‒–—―−]/g, '-')
    .replace(/…/g, '...')
    .replace(/[\s`*_|~\\[\]]+/g, '')
    .normalize('NFC');
}

function entity(whole: string, decimal?: string, hex?: string, name?: string): string {
  const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex, 16) : undefined;
  if (code !== undefined) return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  return entities[name?.toLowerCase() ?? ''] ?? whole;
}
