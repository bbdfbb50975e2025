/** What a question wants: its terms, which of them may be missing, and what an answer looks like. */
import { isGeneric, termsOf, topicWordsOf } from './words.ts';

export interface QuestionTerm {
  term: string;
  /** How much of the question it is, before rarity: 1 for a topic, less for words that an answer may put differently. */
  share: number;
  /** A name, a number or a quoted word: an answer without it answers something else. */
  required: boolean;
  /** What stands for this word in an answer: `temperature` is answered by degrees. */
  form?: RegExp;
  /** The word itself is no sign of an answer, only `form` is. */
  formOnly?: boolean;
}

export type QuestionKind = 'definition' | 'number' | 'time' | 'reason' | 'list' | 'person' | 'method' | 'other';

export interface Question {
  text: string;
  kind: QuestionKind;
  terms: QuestionTerm[];
  /** An answer holds this. */
  answerForm?: RegExp;
  /** Answers that hold this come first. */
  preferred?: RegExp;
}

const digits =
  /\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|million|half|none|no|once|twice|single|both|unlimited)\b/i;
const duration =
  /\d\s*(?:ms|s|sec|min|h|hrs?|d)\b|(?:seconds|minutes|_s|ms)\b|\b(?:milliseconds?|seconds?|minutes?|mins?|hours?|days?|nights?|overnight|weeks?|months?|years?|decades?|centur(?:y|ies)|daily|nightly|hourly|weekly|monthly|yearly|annually|quarterly|immediately|forever|indefinitely|once|twice|always|never|until)\b/i;
const date =
  /\b\d{4}\b|\d{1,2}:\d{2}|\d\s*(?:am|pm)\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|tomorrow|yesterday|midnight|noon|morning|evening|century|day|week|month|year)\b/i;
const occasion = /\b(?:after|before|when|while|once|until|during|upon|at the end|at the start|whenever|if|from|within)\b/i;
const length =
  /\d\s*(?:mm|cm|m|km|ft|in|px)\b|\b(?:millimet|centimet|met|kilomet)(?:er|re)s?\b|\b(?:inch(?:es)?|feet|foot|yards?|miles?|pixels?|stor(?:e?y|ies)|floors?)\b/i;
const mass = /\d\s*(?:g|kg|mg|lbs?|oz|t)\b|\b(?:grams?|kilos?|kilograms?|pounds?|ounces?|tons?|tonnes?)\b/i;
const repetition = /\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|many|several) times\b|\b(?:once|twice|never)\b/i;
const money = /[$€£¥]|\b(?:usd|eur|gbp|dollars?|euros?|pounds?|cents?|free|percent)\b|%/i;

/** Words of a question that an answer need not repeat, and what it has instead. */
const answerForms: [RegExp, RegExp][] = [
  [/^(?:temperature|hot|warm|cold)$/, /°|\bdegrees?\b|\d\s?[CFK]\b/],
  [/^(?:price|cost|fee|charge|pay|paid|expensive|cheap)$/, money],
  [/^(?:long)$/, union(duration, digits)],
  [/^(?:duration|often|frequency|frequent|soon|quick|fast|time|last)$/, duration],
  [/^(?:date|year|month|day)$/, date],
  [/^(?:tall|high|height|deep|depth|wide|width|length|far|distance)$/, length],
  [/^(?:heavy|weigh|weight)$/, mass],
  [/^(?:old|age)$/, digits],
  [/^(?:number|count|quantity|amount|value|total|size|big|large|percentage|rate|version|maximum|minimum|max|min)$/, digits],
  [/^(?:unit)$/, union(union(length, mass), union(money, duration))],
  [/^(?:email|mail)$/, /\S@\S/],
  [/^(?:url|website|site|link)$/, /https?:|www\.|\.(?:com|org|net|io)\b/i],
  [/^(?:phone|telephone)$/, /\d[\d\s-]{5,}/],
  [/^(?:reason|cause)$/, /\b(?:because|since|so that|due to|therefore|in order to|to avoid|otherwise)\b/i],
];

/** "what does X listen on?": at the end stands the verb, which an answer may replace; after "is" and "was" only a participle is one. */
const trailingVerb =
  /\b(?:do|does|did|can|could|should|must|will|would|may|to)\s.*?\s?([a-z]+)(?:\s+(?:on|in|to|for|at|with|from|by|of|about|up|out|off|it|them|there|most|least|once|default))*[\s?.!]*$/i;
const trailingParticiple =
  /\b(?:is|are|was|were|has|have|be|been)\s.*?\s([a-z]+(?:ed|en|wn|ght)|kept|sent|built|made|found|held|put|set|cut|paid|sold|done|run|told|lost|meant)(?:\s+(?:on|in|to|for|at|with|from|by|of|up|out|off|most|least|once|default))*[\s?.!]*$/i;

export function readQuestion(text: string): Question {
  const kind = kindOf(text);
  const required = requiredTerms(text);
  const counted = /\bhow many (\w+)/i.exec(text)?.[1]?.toLowerCase();
  const setting = /\bdefault (\w+)/i.exec(text)?.[1]?.toLowerCase();
  const words = new Map(topicWordsOf(text).map(({ word, term }) => [term, word]));
  const verb = /^(?:what|which|how|in|at|on)\b/i.test(text)
    ? (trailingVerb.exec(text) ?? trailingParticiple.exec(text))?.[1]?.toLowerCase()
    : undefined;
  const terms = termsOf(text).map((term): QuestionTerm => {
    const word = words.get(term) ?? term;
    if (required.has(term)) return { term, share: 1, required: true };
    // The stemmer takes "founded" for "found".
    if (word === 'founded') return { term, share: 1, required: false, form: /\bfound(?:ed|ers?|ing|ation)\b/i, formOnly: true };
    if (word === counted) return { term, share: 1, required: false };
    if (term === 'default') return { term, share: 0.4, required: false };
    const form = answerForms.find(([name]) => name.test(word.replace(/s$/, '')) || name.test(word))?.[1];
    if (form !== undefined && word !== setting) return { term, share: 0.4, required: false, form };
    if (isGeneric(term) || (word === 'found' && /^where\b/i.test(text)) || /.ly$/.test(word))
      return { term, share: 0.15, required: false };
    return { term, share: verb === word || (word === 'work' && /^how\b/i.test(text)) ? 0.5 : 1, required: false };
  });
  return { text, kind, terms, ...formOf(text, kind) };
}

function kindOf(text: string): QuestionKind {
  if (
    /\b(?:how (?:many|much|old|tall|high|big|large|far|heavy|hot)|(?:what|which) (?:\w+ ){0,2}(?:number|percentage|percent|port|temperature|price|cost|fee|amount|size|version|rate))\b/i.test(
      text,
    )
  )
    return 'number';
  if (
    /^(?:when|how (?:long|often|soon|quickly|fast))\b|\b(?:since|until) when\b|\b(?:what|which) (?:time|date|day|month|year)\b/i.test(
      text,
    )
  )
    return 'time';
  if (/^why\b|\breasons?\b/i.test(text)) return 'reason';
  if (
    /^(?:list|name|enumerate|which)\b|\b(?:steps|ingredients|options|kinds|types|requirements|prerequisites)\b|^what are\b/i.test(
      text,
    )
  )
    return 'list';
  if (/^who(?:m|se)?\b/i.test(text)) return 'person';
  if (/^(?:what(?:'s| is| are| was| were)|define|meaning of|what does .* mean)\b/i.test(text)) return 'definition';
  if (/^how (?:do|does|can|could|should|would|to|is|are)\b/i.test(text)) return 'method';
  return 'other';
}

function formOf(text: string, kind: QuestionKind): Pick<Question, 'answerForm' | 'preferred'> {
  if (kind === 'number') {
    if (/\bhow many times\b/i.test(text)) return { answerForm: repetition, preferred: repetition };
    const measured = /\bhow (\w+)/i.exec(text)?.[1]?.toLowerCase() ?? '';
    const form = answerForms.find(([name]) => name.test(measured))?.[1];
    return { answerForm: form ?? digits, preferred: countOf(text) ?? /\d/ };
  }
  if (kind === 'time') {
    if (/^how\b/i.test(text)) return { answerForm: union(duration, digits), preferred: duration };
    const past = /^when (?:was|were|did|has|have|had)\b|\b(?:date|day|month|year)\b/i.test(text);
    return { answerForm: past ? date : union(union(date, duration), occasion), preferred: date };
  }
  if (kind === 'reason')
    return { preferred: /\b(?:because|since|so that|due to|therefore|in order to|as a result|to avoid|otherwise|reason)\b/i };
  if (/\b(?:default|value|setting)\b/i.test(text))
    return { preferred: /\bdefaults?(?:\s+(?:is|are|to)\b|\W*[:=(]\s*\S)|[=:]\s*["']?[\w.-]+["']?[,;]?$/i };
  if (kind === 'person')
    return {
      preferred:
        /(?<=\S\s)\p{Lu}\p{L}+\s+\p{Lu}|\b(?:team|manager|owner|author|officer|engineer|director|committee|department)\b/u,
    };
  return {};
}

/** "how many days": a number right before "days". */
function countOf(text: string): RegExp | undefined {
  const counted = /\bhow many (?:\w+ )?(\w{3,30}?)(?:e?s)?\b/i.exec(text)?.[1];
  return counted === undefined
    ? undefined
    : new RegExp(`(?:${digits.source})\\S*\\s+(?:\\w+\\s+){0,2}${counted}|${counted}\\w*["']?\\s*[=:]\\s*["']?\\d`, 'i');
}

function union(a: RegExp, b: RegExp): RegExp {
  return new RegExp(`${a.source}|${b.source}`, 'i');
}

/** Stems of names within the sentence, of words with digits or inner capitals, and of what stands in quotation marks or backticks. */
function requiredTerms(text: string): Set<string> {
  const marked: string[] = [];
  for (const match of text.matchAll(/[`"“]([^`"”\n]{1,100})[`"”]/g)) marked.push(match[1] ?? '');
  for (const match of text.matchAll(/(?<=[\p{L}\p{N},;:)]\s+(?:["“'(])?)\p{Lu}[\p{L}\p{N}_-]*/gu)) marked.push(match[0]);
  for (const match of text.matchAll(
    /[\p{L}_.-]*\d[\p{L}\p{N}_.-]*|\p{L}+_[\p{L}\p{N}_]+|\p{Ll}+\p{Lu}\p{L}*|\b\p{Lu}{2,}\p{L}*\b/gu,
  ))
    marked.push(match[0]);
  return new Set(marked.flatMap((name) => termsOf(name)));
}
