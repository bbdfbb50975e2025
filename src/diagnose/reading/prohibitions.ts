/** What an agent's instructions forbid it, as far as tools and texts can show that it did so. */
import type { TraceStep } from '../trace.ts';
import { splitToolName } from './tool-names.ts';
import { listSentences } from './words.ts';

export interface Prohibition {
  sentence: string;
  /** What the step does against it; null when it does not. */
  breaks: (step: TraceStep) => string | null;
}

/** Said to the agent itself, at the beginning of a clause: "You must not …", "Never …", "and do not …". */
const forbidding =
  /(?:^|[,;:(]\s*|\b(?:you|and|but|please|so)\s+)(?:(?:must|may|should|shall|can) ?(?:not|never)|cannot|can't|mustn't|shouldn't|do not|don't|never|are (?:not|never) (?:allowed|permitted|supposed) to|refrain from|avoid)\s+(?:ever |directly |yourself )?([^.;\n]{3,160})/gi;

interface Deed {
  /** As an instruction names it. */
  named: RegExp;
  /** A tool that does it. */
  tool: RegExp;
  /** Done by a tool that only reads. */
  isReading?: true;
  /** A text that is it. */
  text?: RegExp;
}

const deeds: readonly Deed[] = [
  {
    named:
      /\b(?:writ|implement|produc|generat|edit|modif|chang|fix|touch)\w* (?:\w+ ){0,3}(?:code|source|implementation|files?|functions?|program)/i,
    tool: /(?:^|[^a-z])(?:write|edit|patch|replace|insert|append|apply|create|str_replace|overwrite|modify|update)(?=$|[^a-z])/i,
    text: /```[^\n]*\n(?:[^\n]*\n){3,}/,
  },
  {
    named: /\b(?:cod(?:e|ing)|program(?:ming)?)\b(?! review)/i,
    tool: /(?:^|[^a-z])(?:write|edit|patch|apply)(?=$|[^a-z])/i,
    text: /```[^\n]*\n(?:[^\n]*\n){3,}/,
  },
  { named: /\b(?:run|execut|launch)\w*/i, tool: /(?:^|[^a-z])(?:run|exec\w*|bash|shell|python|terminal|command)(?=$|[^a-z])/i },
  { named: /\b(?:search|brows|look\w* up|web|internet)\w*/i, tool: /search|brows|web|google/i, isReading: true },
  { named: /\b(?:delet|remov|drop|purg)\w*/i, tool: /delet|remov|drop|purge|(?:^|[^a-z])rm(?=$|[^a-z])/i },
  { named: /\b(?:deploy|releas|merg|publish|push)\w*/i, tool: /deploy|releas|merg|publish|push/i },
  { named: /\b(?:send|e-?mail|contact|messag|notify)\w*/i, tool: /send|mail|messag|notif|slack|sms/i },
  { named: /\b(?:refund|pay|purchas|buy|order|book|charg)\w*/i, tool: /refund|pay|purchas|buy|order|book|charg/i },
  { named: /\b(?:approv|sign(?:ing)? off)\w*/i, tool: /approv|sign_?off/i, text: /\bI (?:hereby )?(?:approve|sign off)\b/ },
  {
    named: /\b(?:edit|modif|chang|commit|overwrit)\w*/i,
    tool: /(?:^|[^a-z])(?:write|edit|patch|overwrite|modify|commit)(?=$|[^a-z])/i,
  },
  { named: /\b(?:call|use|invoke)\w* (?:any )?tools?\b/i, tool: /./, isReading: true },
];

/** A sentence that names exceptions ("unless", "before", "without") is left alone: whether they hold, the trace does not say. */
export function findProhibitions(instructions: string): Prohibition[] {
  const found: Prohibition[] = [];
  for (const sentence of listSentences(instructions.slice(0, 20_000))) {
    if (
      /\b(?:unless|until|except|before|if|when|more than|without|only after|at once|first|other than|twice|again)\b/i.test(
        sentence,
      )
    )
      continue;
    for (const [, forbidden = ''] of sentence.matchAll(forbidding)) {
      // What is forbidden is what the clause begins with, and what it lists.
      const matching = deeds.filter(({ named }) =>
        forbidden
          .split(/,\s*(?:or )?|\s+or\s+|\s+and (?:do not|don't|never|must not|may not) /)
          .some((part) => startsWith(named, part)),
      );
      if (matching.length > 0) found.push({ sentence, breaks: (step) => tellBreach(step, matching) });
    }
    if (readOnly.test(sentence)) found.push({ sentence, breaks: tellChange });
    if (found.length >= 20) break;
  }
  return found;
}

const readOnly = /\bread[- ]only\b|\b(?:for )?reading only\b|\bonly (?:SELECT|read)\b/i;
const statement =
  /(?:^|[\s":;])(?:UPDATE \w+ SET|DELETE FROM|INSERT INTO|DROP (?:TABLE|DATABASE|VIEW)|ALTER TABLE|TRUNCATE TABLE)\b/i;

function tellChange({ calls }: TraceStep): string | null {
  const call = calls.find(({ input }) => statement.test(input));
  const [said = ''] = statement.exec(call?.input ?? '') ?? [];
  return call === undefined ? null : `calls ${call.tool} with “${said.replace(/^[\s":;]/, '')}”`;
}

function startsWith(named: RegExp, part: string): boolean {
  const at = part.search(named);
  return (
    at >= 0 &&
    part
      .slice(0, at)
      .split(/\s+/)
      .filter((word) => word !== '').length <= 1
  );
}

const reading = /^(?:get|list|find|read|view|show|look\w*|check|fetch|search|describe|count|track)(?=$|[^a-z])/i;

function tellBreach({ calls, text }: TraceStep, deedsForbidden: readonly Deed[]): string | null {
  for (const deed of deedsForbidden) {
    const call = calls.find(({ tool }) => {
      const name = splitToolName(tool);
      return deed.tool.test(name) && (deed.isReading === true || !reading.test(name));
    });
    if (call !== undefined) return `calls ${call.tool}`;
    if (deed.text?.test(text) === true)
      return deed.text.source.includes('```') ? 'writes code' : `says ${JSON.stringify(deed.text.exec(text)?.[0] ?? '')}`;
  }
  return null;
}
