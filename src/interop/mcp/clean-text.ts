/** What a server says of its tools, as it is shown to a model: bounded, and without characters that a reader does not see. */

/** Controls besides tab and line feed, soft hyphens, zero-width and direction marks, variation selectors and tags. */
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]/gu;

export function cleanText(text: string, characters: number): string {
  // Cut first: cleaning costs by length, and a hostile text has 10 MB.
  const short = text.length > characters * 2 ? text.slice(0, characters * 2) : text;
  const clean = short.replace(unseen, (mark) => (mark === '\n' || mark === '\t' ? mark : '')).trim();
  return clean.length <= characters && short === text ? clean : `${clean.slice(0, characters)}…`;
}
