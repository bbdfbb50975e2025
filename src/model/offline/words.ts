/** Which words of a request carry its topic, and when two of them are the same. */
import { termsOf as allTermsOf } from '../../documents/terms.ts';

/** Words that say what to do with a topic, or that every document has: they never decide whether a text is about it. */
const genericWords = new Set(
  (
    'use make take get give go come keep put need want happen mean say says said tell call know see look show find describe explain list name cover contain include ' +
    'define discuss mention state specify note write according detail information info question answer thing way kind type sort case example exact exactly currently ' +
    'possible able available provide offer support allow exist apply concern relate handle deal add adding given taken made kept seen known shown told recipe guide manual document page article section chapter ' +
    'people person employee staff someone anyone everyone'
  )
    .split(' ')
    .flatMap(allTermsOf),
);

/** Words that name the material itself. A request with nothing else asks for the material as a whole. */
const materialWords = new Set(
  (
    'document documentation doc docs file folder directory project repository repo text page content material corpus source collection everything overview summary summarize ' +
    'summarise report brief short main key important point topic theme idea finding fact takeaway highlight essence gist conclusion abstract digest outline present ' +
    'produce prepare draft create compile cited citation cite quote given attached following provided entire whole full complete general high about ' +
    'read analyze analyse review study examine research investigate understand learn package codebase code base software program system readme book article notes subject ' +
    'quick quickly briefly detailed comprehensive thorough concise structured sentence paragraph word bullet simple plain language english markdown introduction'
  )
    .split(' ')
    .flatMap(allTermsOf),
);

/** The terms that carry a text's topic, each once, in order, as a search of the files has them. */
export function termsOf(text: string): string[] {
  return [...new Set(allTermsOf(text))];
}

/** The words of a text that carry a topic, with the term of each. */
export function topicWordsOf(text: string): { word: string; term: string }[] {
  const words = text.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.flatMap((word) => allTermsOf(word).map((term) => ({ word: word.toLowerCase(), term })));
}

export function isGeneric(term: string): boolean {
  return genericWords.has(term);
}

/** True when `text` has no topic besides the material itself. */
export function namesOnlyMaterial(text: string): boolean {
  return termsOf(text).every((term) => materialWords.has(term) || genericWords.has(term));
}

const derivation = /^(?:ure?|ion|ment|anc|enc|ing|er|iv|abl|age)$/;

/** The same term, or two forms of one word that the stemmer keeps apart (`expiry`, `expire`; `fail`, `failure`). */
export function sameTerm(a: string, b: string): boolean {
  if (a === b) return true;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length >= 4 && long.startsWith(short) && derivation.test(long.slice(short.length))) return true;
  const shared = Math.max(5, Math.ceil(long.length * 0.8));
  return short.length >= shared && short.slice(0, shared) === long.slice(0, shared);
}

/** A slug of the words that carry a topic: `cache-policy`; at most `maxChars` long, never empty. */
export function slugOf(text: string, maxChars = 40): string {
  const words = topicWordsOf(text.slice(0, 2000)).filter(({ word }) => /^[a-z0-9]+$/.test(word));
  const topical = words.filter(({ term }) => !genericWords.has(term));
  let slug = '';
  for (const { word } of topical.length > 0 ? topical : words) {
    const longer = slug === '' ? word.slice(0, maxChars) : `${slug}-${word}`;
    if (longer.length > maxChars) break;
    slug = longer;
  }
  return slug === '' ? 'part' : slug;
}
