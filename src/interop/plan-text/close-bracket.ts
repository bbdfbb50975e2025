/**
 * The offset of the bracket that closes the one before `from`, or -1. One pass; brackets of the same kind count, others don't.
 * `quotes`: brackets between these marks don't count either, with `\` before a mark taking its meaning.
 */
export function findClosing(text: string, from: number, brackets: readonly [open: string, close: string], quotes = ''): number {
  let depth = 1;
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (character === quote) quote = '';
    } else if (quotes.includes(character)) quote = character;
    else if (character === brackets[0]) depth += 1;
    else if (character === brackets[1]) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}
