/** Claims of actions that only a tool can do, each with what a call that backs it looks like. */
import { listSentences } from './words.ts';

export interface Claim {
  sentence: string;
  /** A call of this kind backs it: tested on the tool's name and its input. */
  receipt: RegExp;
  /** Only a call that changes something backs it. */
  isChange: boolean;
  /** The claimed verb, for results that report it. */
  stem: RegExp;
  /** "has been sent": somebody else may have done it. */
  isPassive: boolean;
}

interface ActionFamily {
  /** Past participles and past forms. */
  verbs: string;
  receipt: RegExp;
  /** What it has to be done to, where the verb may also mean a text at hand. */
  object?: RegExp;
}

const stored =
  /\b(?:files?|folders?|director(?:y|ies)|repo(?:sitory)?|branch|database|tables?|records?|rows?|tickets?|issues?|orders?|bookings?|reservations?|accounts?|profiles?|address|subscriptions?|calendar|events?|servers?|production|staging|invoices?|payments?|flights?|backups?|disk|spreadsheet|cluster|site|website|crm|system)\b|[\w-]+\.(?:py|js|ts|md|txt|csv|json|html|pdf|docx?|xlsx?|ya?ml|sql|sh)\b/i;

const families: readonly ActionFamily[] = [
  {
    verbs: 'ran|run|executed|re-?ran|re-?run|tested|benchmarked|compiled|built',
    receipt:
      /run|exec|test|bash|shell|python|terminal|command|build|compile|npm|sandbox|code|interpret|bench|evaluat|query|sql|script|node/i,
    object:
      /\b(?:tests?|suite|code|script|program|build|query|commands?|benchmarks?|pipeline|it|them|everything|application|app|checks?|linter|simulation|model|function|implementation|migration)\b/i,
  },
  {
    verbs: 'searched|googled|browsed|looked up|crawled|scraped',
    receipt: /search|brows|google|web|find|look|fetch|query|retriev|get|list|crawl|scrape|url|http|read|open/i,
  },
  {
    verbs: 'sent|emailed|e-mailed|mailed|notified|messaged|texted|posted|published|forwarded|called',
    receipt: /send|mail|notif|messag|post|slack|publish|reply|forward|call|sms|submit|transfer|escalat|tweet|webhook/i,
    object:
      /\b(?:e-?mails?|mail|messages?|notification|customer|client|team|manager|user|invoice|report|reminder|slack|channel|link|confirmation|sms|letter|supplier|vendor|them|him|her|you|ticket|alert|page|post)\b/i,
  },
  {
    verbs:
      'saved|wrote|written|updated|edited|modified|created|committed|pushed|deployed|uploaded|merged|stored|installed|configured|restarted|migrated',
    receipt:
      /write|sav|updat|edit|modif|creat|put|commit|push|deploy|upload|patch|merge|set|add|insert|apply|replace|stor|bash|shell|exec|run|install|config|restart|migrat|git|post|change|exchange|cancel|return|register|open|book|make/i,
    object: stored,
  },
  {
    verbs: 'deleted|removed|cancell?ed|dropped|purged|archived|revoked|closed',
    receipt: /delet|remov|cancel|drop|rm\b|purge|archiv|revok|clos|modif|updat|bash|shell|exec|set|return/i,
    object: stored,
  },
  {
    verbs: 'booked|ordered|purchased|bought|paid|refunded|reserved|scheduled|exchanged|transferred|charged|registered|enrolled',
    receipt:
      /book|order|purchas|buy|pay|refund|reserv|schedul|exchang|transfer|charg|creat|modif|updat|calendar|return|checkout|cancel|event|regist|enrol|add/i,
  },
  {
    verbs: 'downloaded|fetched|queried',
    receipt: /download|fetch|get|read|open|load|quer|sql|search|http|curl|list|find|retriev|lookup|select|exec|run|bash/i,
  },
];

const first = String.raw`\b(?:I|we)(?:'ve| have)?(?: (?:just|also|now|already|then|successfully|carefully|fully|thoroughly|personally))* `;
const passive = String.raw`\b(?:has|have)(?: now| already| just| all)? been(?: successfully| fully)? `;

const patterns = families.map((family) => ({
  ...family,
  first: new RegExp(`${first}(?:${family.verbs})\\b`, 'i'),
  passive: new RegExp(`${passive}(?:${family.verbs})\\b`, 'i'),
}));

const hedged =
  /\b(?:not|n't|never|once|if|when|until|after|before|would|could|should|will|can|unless|please|cannot|whether|let me|need to|going to|what|how|yesterday|earlier|last (?:week|month|year)|previously)\b|\?\s*$/i;

/** The first claim of a text; null without one. Sentences that hedge, ask or look into the future claim nothing. */
export function findClaim(text: string): Claim | null {
  const hasCode = text.includes('```');
  for (const sentence of listSentences(text.slice(0, 6000))) {
    if (sentence.length > 400) continue;
    for (const { verbs, receipt, object, first: own, passive: others } of patterns) {
      const isPassive = !own.test(sentence);
      if (isPassive && !others.test(sentence)) continue;
      const [found = ''] = (isPassive ? others : own).exec(sentence) ?? [];
      const before = sentence.slice(0, sentence.indexOf(found) + found.length);
      if (hedged.test(before) || /\?\s*$/.test(sentence) || (object !== undefined && !object.test(sentence))) continue;
      // Work that is handed over in the message itself was written, not stored.
      if (hasCode && object === stored) continue;
      // A passive that needs a tool: sent, stored, removed, booked; what was run or searched may be told of anybody.
      if (isPassive && /^(?:ran|searched|downloaded)/.test(verbs)) continue;
      return { sentence, receipt, stem: stemOf(found), isPassive, isChange: !/^(?:ran|searched|downloaded)/.test(verbs) };
    }
  }
  return null;
}

function stemOf(found: string): RegExp {
  const verb = found.trim().split(/\s+/).at(-1) ?? found;
  return new RegExp(verb.replace(/(?:ed|en|t|d)$/i, '').replace(/[^a-z-]/gi, '') || verb, 'i');
}
