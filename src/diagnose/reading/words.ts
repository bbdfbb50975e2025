/** What texts are compared by: content words without endings, numbers, and names that few other texts hold. */

const stopWords = new Set(
  `a about above after again all also am an and any are as at be been before being below between both but by can could did do does doing done
down during each else few for from further get got had has have having he her here hers him his how i if in into is it its just let like
made make me more most must my new no nor not now of off on once one only or other our out over own per please same shall she should so some
such than that thank thanks the their them then there these they this those through to too under until up upon us use used using very was we
well were what when where which while who whom why will with within without would yes yet you your okay ok sure here hi hello`.split(
    /\s+/,
  ),
);

const wordPattern = /[\p{L}\p{N}]+(?:[.,:'’][\p{L}\p{N}]+)*/gu;

/** Content words in lower case without common endings; numbers as they are. `snake_case` and `camelCase` are several words. */
export function listWords(text: string): string[] {
  const words: string[] = [];
  const spaced = text.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').toLowerCase();
  for (const [found] of spaced.matchAll(wordPattern)) {
    if (/\p{N}/u.test(found)) words.push(found.replaceAll(',', ''));
    else
      for (const part of found.split(/[.,:'’]/)) {
        if (part.length > 1 && !stopWords.has(part)) words.push(stemOf(part));
      }
  }
  return words;
}

export function wordSet(text: string): Set<string> {
  return new Set(listWords(text));
}

function stemOf(word: string): string {
  if (word.length < 5) return word.endsWith('s') && word.length > 3 && !word.endsWith('ss') ? word.slice(0, -1) : word;
  const stem = word.replace(/(?:ations?|ings?|ied|ies|ers?|ed|es|s|ly|e|y)$/u, '');
  const kept = stem.length < 3 ? word : stem;
  return /([b-df-hj-np-tv-z])\1$/.test(kept) && !/(?:ll|ss)$/.test(kept) ? kept.slice(0, -1) : kept;
}

/** Share of what either holds that both hold; 0 for two empty sets. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = countCommon(a, b);
  const union = a.size + b.size - common;
  return union === 0 ? 0 : common / union;
}

export function countCommon(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  let common = 0;
  for (const word of few) if (many.has(word)) common += 1;
  return common;
}

const numberPattern = /(?<![\w.])[-−]?[$€£]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?/gi;

/** Numbers in order, without signs of currency and thousands. */
export function listNumbers(text: string): string[] {
  return Array.from(text.matchAll(numberPattern), ([found]) => found.replace(/[$€£,]/g, '').replace('−', '-'));
}

const specificPatterns = [
  /https?:\/\/[^\s"'<>)]+/g,
  /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]{2,64}/g,
  /(?<![\w-])#?(?=[\w-]{0,60}\d)(?=[\w-]{0,60}[A-Za-z])[A-Za-z0-9][\w-]{2,60}/g,
  /\b[A-Za-z]+(?:_[A-Za-z0-9]+)+\b/g,
  /\b[a-z]+(?:[A-Z][a-z0-9]+)+\b/g,
  /(?<![\w/.-])(?:[\w.-]{1,60}\/){0,10}[\w-]{1,60}\.(?:[a-z]{2,4})\b/g,
  /\b\d[\d,]*(?:\.\d+)?%?/g,
  /(?<=[a-z,;:] )\p{Lu}[\p{L}'’]+(?: \p{Lu}[\p{L}'’]+)*/gu,
] as const;
const quotedPattern = /"([^"\n]{3,60})"|“([^”\n]{3,60})”|`([^`\n]{3,60})`/g;

/** What tells one text from another: addresses, ids, identifiers, numbers of two digits and more, quoted words, names. Lower case. */
export function listSpecifics(text: string): Set<string> {
  const found = new Set<string>();
  for (const pattern of specificPatterns) {
    for (const [match] of text.matchAll(pattern)) {
      const specific = match.toLowerCase().replace(/[,%]/g, '');
      if (specific.length > 1) found.add(specific);
    }
  }
  for (const [, a, b, c] of text.matchAll(quotedPattern)) found.add((a ?? b ?? c ?? '').trim().toLowerCase());
  return found;
}

/** Sentences and lines, without those of code blocks; at most 400. */
export function listSentences(text: string): string[] {
  const prose = text.replace(/```[\s\S]*?(?:```|$)/g, '\n');
  const sentences: string[] = [];
  for (const piece of prose.split(/(?<=[.!?])\s+|\n+/)) {
    const sentence = piece.replace(/^[\s\-*•>#]+/, '').trim();
    if (sentence !== '') sentences.push(sentence);
    if (sentences.length >= 400) break;
  }
  return sentences;
}

export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}

/** The same but for case, punctuation and white space. */
export function normalize(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
