/** The terms by which a text is found: stems, lower case, without accents and without the words that carry no topic. */
import { stemmer } from 'stemmer';

const functionWords = new Set(
  (
    'a an the this that these those it its they them their there here he she his her him we us our you your i me my who whom whose which what when where why how ' +
    'is are was were be been being am do does did done doing has have had having can could shall should will would may might must ' +
    'and or nor but if then than so as at by for from in into of off on onto out over to up upon with within without about across after before ' +
    'between through during under above below against per via not no yes any all both each every either neither some such only own same too very just also ' +
    'much many more most few less least other another again once ever never always often etc eg ie s t re ll ve d m'
  ).split(' '),
);

/** Words of a question that say what to do with a topic. They are searched for only when a query has no others. */
const requestWords = new Set(
  (
    'please say says said saying tell tells describe describes described explain explains find list show mention mentions mentioned stated ' +
    'according document documents documentation docs files folder give gives know let'
  ).split(' '),
);

const maxCachedTerms = 200_000;
const termByWord = new Map<string, string>();

/** Runs of letters and digits; camelCase and snake_case come apart, unspaced scripts into pairs of characters. */
function wordsOf(text: string): string[] {
  let plain = text.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').toLowerCase();
  if (/[^\p{ASCII}]/u.test(plain))
    plain = plain
      .replace(/’/g, "'")
      .normalize('NFKD')
      .replace(/\p{Mn}/gu, '');
  const words = plain.replace(/([\p{L}\d])'(?:s|t|re|ll|ve|d|m)\b/gu, '$1').match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.some((word) => unspaced.test(word)) ? words.flatMap(pairsOf) : words;
}

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

function pairsOf(word: string): string[] {
  const characters = Array.from(word);
  if (!unspaced.test(word) || characters.length < 3) return [word];
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}

/** Every term of a text, in order, repeated as often as it occurs. */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  for (const word of wordsOf(text)) if (!functionWords.has(word)) terms.push(termOf(word));
  return terms;
}

/** The terms of a query that carry its topic, each once, in order. */
export function queryTermsOf(query: string): string[] {
  const words = wordsOf(query).filter((word) => !functionWords.has(word));
  const topical = words.filter((word) => !requestWords.has(word));
  return [...new Set((topical.length > 0 ? topical : words).map(termOf))];
}

function termOf(word: string): string {
  const known = termByWord.get(word);
  if (known !== undefined) return known;
  const term = word.length < 60 && /^[a-z]+$/.test(word) ? stemmer(word) : word.slice(0, 60);
  if (termByWord.size >= maxCachedTerms) termByWord.clear();
  termByWord.set(word, term);
  return term;
}
