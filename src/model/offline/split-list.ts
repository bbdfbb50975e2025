/** Lists and clauses inside one sentence. Each function gives the pieces, or undefined when the sentence is no such list. */

const questionWords = 'how|what|when|where|why|whether|which|who|whose|whom';
const auxiliaries = 'is|are|was|were|does|do|did|can|could|should|will|would|may|must|has|have';
const commands =
  'list|explain|describe|summari[sz]e|compare|find|calculate|compute|evaluate|write|produce|prepare|create|draft|tell|show|give|identify|name|outline|report|research|analy[sz]e|investigate|discuss|extract|collect|look|define|state|quote|check|verify|answer|review|provide|compile|cover|determine|enumerate|work out|please|i need|i want|we need';

const startOfRequest = new RegExp(
  `^(?:${questionWords}|${auxiliaries}|${commands}|in which|for how|at what|on what|under what|to what|by how)\\b`,
  'i',
);

export function startsRequest(sentence: string): boolean {
  return startOfRequest.test(sentence);
}

const clauseBoundary = new RegExp(
  `\\s*(?:;|,?\\s+(?:and|then|and then|and also|as well as|plus)|,)\\s+(?=(?:how|what|when|where|why|whether)\\b)|,?\\s+(?:and|and then|and also)\\s+(?=(?:which|who|${auxiliaries}|${commands})\\s)`,
  'i',
);
const pronoun = /\b(?:it|its|they|them|their|this|that|these|those|he|she|one)\b/i;

/** "What is X and how does Y work": its clauses; one when they lean on each other. */
export function splitClauses(sentence: string): string[] {
  const clauses = sentence.split(new RegExp(clauseBoundary, 'gi')).map((clause) => clause.trim());
  const independent = clauses.every(
    (clause, at) => clause.split(/\s+/).length >= 2 && (at === 0 || !pronoun.test(clause) || clause.split(/\s+/).length > 9),
  );
  return independent ? clauses : [sentence];
}

/** "Compare X with Y", "the difference between X and Y". */
export function splitComparison(sentence: string): string[] | undefined {
  const bare = sentence.replace(/[?.!\s]+$/, '');
  const match =
    /^(?:compare|contrast)\s+(.+?)\s+(?:with|to|against|versus|vs\.?|and)\s+(.+)$/i.exec(bare) ??
    /\b(?:differences?|comparison|similarities)\s+(?:between|of)\s+(.+?)\s+(?:and|versus|vs\.?)\s+(.+)$/i.exec(bare) ??
    /^(?:how (?:does|do|is|are) )?(.+?)\s+(?:differs? from|different from|compares? (?:with|to)|versus|vs\.?)\s+(.+)$/i.exec(
      bare,
    );
  const [, left, right] = match ?? [];
  if (left === undefined || right === undefined || /^(?:how|what|why|when)\b/i.test(left)) return undefined;
  const aspect = /^(.+?),?\s+(?:in terms of|with respect to|with regard to|regarding|by|on)\s+(.+)$/i.exec(right);
  if (aspect?.[1] !== undefined && aspect[2] !== undefined) return [`${aspect[2]} of ${left}`, `${aspect[2]} of ${aspect[1]}`];
  return shareHead([left, ...right.split(/,\s*(?:and\s+)?|\s+and\s+/)]);
}

/** The topics of a report: "A, B and C", "A and B". */
export function splitTopics(topic: string): string[] | undefined {
  const items = itemsOf(topic.replace(/[?.!\s]+$/, ''));
  const longest = items.length > 2 ? 8 : 6;
  if (items.length < 2 || items.some((item) => item.split(/\s+/).length > longest)) return undefined;
  return shareHead(items);
}

const listHead = /^(.*\s(?:of|for|about|on|in|between|with|is|are|to|from))\s+(.+)$/i;

/** "What is the default of A, B and C?": three items or more at the end of a sentence, each with the words before the list. */
export function splitEnumeration(sentence: string): string[] | undefined {
  const bare = sentence.replace(/[?.!\s]+$/, '');
  const comma = bare.indexOf(',');
  if (comma === -1) return undefined;
  const head = listHead.exec(bare.slice(0, comma));
  const [, lead, first] = head ?? [];
  const rest = itemsOf(bare.slice(comma + 1).trim());
  if (lead === undefined || first === undefined || !/(?:,|\band\b|\bor\b)/.test(bare.slice(comma + 1))) return undefined;
  const items = [first, ...rest];
  if (items.length < 3 || items.some((item) => item.split(/\s+/).length > 4)) return undefined;
  if (/\s(?:is|are)$/i.test(lead) && !/^(?:what|who|which)\b/i.test(lead)) return undefined;
  const end = sentence.trimEnd().endsWith('?') ? '?' : '';
  return items.map((item) => `${lead} ${item}${end}`);
}

function itemsOf(list: string): string[] {
  return list
    .split(/\s*[,;]\s*(?:and|or|as well as)?\s+|\s+(?:and|as well as)\s+/i)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** "the price of A", "B" becomes "the price of A", "the price of B". */
function shareHead(items: string[]): string[] {
  const head = /^(.+\s(?:of|for|in))\s+\S+(?:\s+\S+){0,2}$/i.exec(items[0] ?? '')?.[1];
  if (head === undefined) return items;
  return items.map((item, at) =>
    at === 0 || item.split(/\s+/).length > 3 || /\s(?:of|for|in)\s/i.test(item) ? item : `${head} ${item}`,
  );
}
