/**
 * The few kinds of English sentence that detectors take as evidence. None decides anything alone: each is read together with who said
 * it, where, and what the trace holds before and behind it.
 */

import { splitToolName } from './tool-names.ts';
import { countWords } from './words.ts';

/** A mark by which agents end a conversation: a word of its own in capitals, or between signs. */
const endMark =
  /(?:^|[\s"'`*([])(?:#{2,}\s?(?:STOP|END|DONE)\s?#{2,}|<\/?(?:done|end|stop|finish(?:ed)?|terminate)>|<info> ?(?:finished|done)|\[(?:DONE|END|STOP|FINISH(?:ED)?|TERMINATE)\]|TERMINATE|FINAL_ANSWER|END_OF_TASK|TASK_(?:DONE|COMPLETED?|FINISHED))(?=$|[\s"'`*.!)\]])/i;
const bareTerminate = /\bTERMINATE\b/;

/** Whether a text carries a mark of the end, and is not about one. */
export function hasEndMark(text: string): boolean {
  const tail = text.slice(-400);
  if (!endMark.test(tail)) return false;
  if (/\bterminate\b/i.test(tail) && !bareTerminate.test(tail)) return false;
  // "Reply TERMINATE when …", "if you agree, I'll finish with TERMINATE": it is not called yet.
  return !/\b(?:reply|respond|answer|say|write|output|send|type|proceed|finali[sz]e|conclude|end|finish|when|once|until|after|before|don't|do not|never|not)\b[^.\n]{0,60}[\s"'`*]TERMINATE\b/i.test(
    tail,
  );
}

const completion =
  /\b(?:task|work|job|request|project|objective|goal|assignment|everything|all (?:the )?(?:steps|tasks|items|parts|work))\b[^.!?\n]{0,40}\b(?:is|are|was|were|has been|have been|now)\b[^.!?\n]{0,24}\b(?:complete[d]?|done|finished|accomplished|fulfilled|resolved|ready|delivered)\b|\b(?:we|i)(?:'ve| have| are|'re|'m| am)?\b[^.!?\n]{0,20}\b(?:completed|finished|done with|wrapped up)\b[^.!?\n]{0,30}\b(?:task|work|job|request|project|everything|all)\b|\b(?:successfully|now) (?:completed|finished)\b|^(?:all )?(?:done|finished|complete)[.!]|\bnothing (?:else|more|further|left) (?:to do|remains|is needed|needs)/im;

/** Says that the work as a whole is done. */
export function saysComplete(text: string): boolean {
  return listWindow(text).some(
    (part) =>
      completion.test(part) &&
      !/\b(?:not|n't|once|until|when|if|before|after)\b[^.!?\n]{0,40}\b(?:complete|done|finish)/i.test(part),
  );
}

/** Work that leaves something behind when it is done; "I will remind you" and "we will take it" leave nothing to be seen. */
const work =
  'look|check|search|convert|analy[sz]e|open|run|execute|fetch|read|write|inspect|verify|compute|calculate|review|examine|start|begin|continue|proceed|investigate|gather|create|implement|test|update|fix|prepare|compare|find|get|collect|print|query|call|try|go|extract|download|process|build|draft|translate|summari[sz]e|add|edit|refactor|deploy|browse|visit|scroll|click|load|list|count|measure|research|explore|retrieve|identify|determine|evaluate|generate|apply|validate|debug|install|locate|work|move|finish|complete|dig|study|map|outline|design|parse|scan|tackle|handle|address|switch|turn|book|order|send|schedule|reserve|submit|pay|transfer|cancel|choose|select|set up|configure|save|upload|push|merge|commit|migrate|rename|remove|delete|replace|pull|compile|assemble|combine|visualize|plot';
const announcing = new RegExp(
  String.raw`(?:^|[.!?\n]\s*|\b(?:first|next|now|then|so|okay|ok|alright|and|step)[,:]?\s+)(?:let me|i(?:'ll| will| am going to|'m going to| shall| need to| still (?:need|have) to)|we(?:'ll| will| are going to| need to)|next(?: step)?[,:]? (?:i|we|is to)|now (?:i|we)(?:'ll| will))\s+(?:\w+ly )?(?:now |first |then |also |next |go ahead and |proceed to |proceed with |start (?:by )?|begin (?:by )?)?(?:${work})(?:ing)?\b`,
  'iu',
);
const offering =
  /\b(?:let me know|if you|would you|do you|shall i|should i|may i|can i|could you|please (?:confirm|provide|share|let|tell|send)|feel free|once you|as soon as you|when you|are you|want me to|otherwise|tomorrow|in the future)\b/i;

/** The announcement of an own next step in the last sentences of a text; null when it leaves the next word to somebody else. */
export function findAnnouncement(text: string): string | null {
  const prose = text.replace(/```[\s\S]*?(?:```|$)/g, ' ').trim();
  const tail = prose.slice(-400);
  if (offering.test(tail) || /\?\s*$/.test(tail) || hasEndMark(text)) return null;
  const sentences = tail.split(/(?<=[.!?])\s+|\n+/).filter((sentence) => sentence.trim() !== '');
  const last = sentences.at(-1) ?? '';
  const ending = countWords(last) <= 5 ? sentences.slice(-2) : [last];
  const found = ending.find((sentence) => announcing.test(sentence) && !/:\s+\S/.test(sentence));
  return found === undefined ? null : found.trim();
}

const openWork =
  /\b(?:still (?:need|have|has|to be|missing|open|outstanding|pending|left)|not (?:yet |been )?(?:done|started|finished|implemented|written|tested|covered|completed|handled|included|addressed|opened|looked (?:at|up))|made no (?:edit|change|fix)s?|(?:remain(?:s|ing)|open|outstanding|pending|unfinished|skipped|omitted) (?:steps?|items?|tasks?|parts?|work|sections?|files?|modules?|questions?)|not\b[^.]{0,30}\byet|have(?:n't| not) (?:yet )?(?:done|started|finished|implemented|written|tested|looked|checked|got|read|reviewed)|(?:did(?:n't| not)|could(?:n't| not)) (?:get to|finish|complete)|to be (?:done|written|implemented|added|completed)|\bTODO\b|\bTBD\b|left (?:as|for) (?:an exercise|later|another)|(?:part|section|step|item)s? [^.]{0,30}\b(?:is|are|was|were) (?:skipped|omitted|missing|left out)|remains? (?:open|undone|un\w+ed|unwritten|to be)|(?:has|have|was|were) not been (?:looked at|opened|reviewed|read|made|run|called|applied|migrated|converted|ported|processed|audited|compared)|no (?:regression )?(?:edit|fix|patch|change|report|code|test)s? (?:(?:has|have) been|was|were)? ?(?:applied|made|written|run)|could only (?:gather|find|get|finish|complete|cover|process|check|read)|(?:still|yet) to (?:find|do|come|write|check|be \w+ed)|the (?:rest|others?)(?: \([^)]*\))? (?:can|could|may|will|should|remains?|is left|are left))\b/i;

/** A sentence that admits that some of the work is open. */
export function findOpenWork(text: string): string | null {
  return (
    listWindow(text).find(
      (part) =>
        openWork.test(part) &&
        !/\b(?:no|nothing|none|without|not any|n't any|zero)\b[^.]{0,24}(?:remain|left|open|outstanding|pending|missing)/i.test(
          part,
        ),
    ) ?? null
  );
}

const ending =
  /\b(?:end(?:ing)?|clos(?:e|ing)|conclud(?:e|ing)|stop(?:ping)?|finish(?:ing)?|wrap(?:ping)? up)\b(?: (?:the|this|our|my))?(?: (?:run|session|chat|conversation|discussion|ticket|case|audit|work|task))?(?: (?:now|here|at this point|there|for now))?\s*(?:[.,;:!]|$)/im;

const unheeded =
  /\b(?:neither|none) (?:of )?(?:my|our)\b|\b(?:look at|read|consider|see) (?:my|our) (?:\w+ )?(?:message|comment|note|review|feedback|correction)|\bas i (?:warned|pointed out|noted)\b|^\W*again[:,]|\bplease stop\b|\b(?:was|were|is|are|has|have)(?:n't| not| still not)(?: been)? (?:addressed|fixed|applied|incorporated|changed|taken up)\b|\bi (?:already|just) (?:pointed out|warned|reported)\b/im;

/** Complains that what was said before was not heeded. */
export function complainsOfNeglect(text: string): boolean {
  return unheeded.test(text.slice(0, 1000));
}

/** Says that it ends, whatever the state of the work. */
export function saysItEnds(text: string): boolean {
  return (
    ending.test(text.slice(-600)) &&
    !/\b(?:not|n't|until|before|unless)\b[^.]{0,20}\b(?:end|clos|conclud|stop|finish)/i.test(text)
  );
}

const told =
  /\b(?:i|we)(?:'ve| have)? (?:already|just) (?:told|gave|given|said|sent|mentioned|provided|answered|explained)\b|\b(?:i|we) (?:told|gave|sent)\b[^.!?\n]{0,30}\b(?:already|at the start|at the beginning|above|earlier|before|repeated|both)\b|\byou already (?:have|had|know|knew|asked|did|said|computed|found|wrote)\b|\bas you (?:saw|said|acknowledged|agreed|confirmed|found)\b|\b(?:we|i) (?:were|was|am|are) in the middle of\b|\byou (?:computed|found|wrote|said|agreed|confirmed|repeated) (?:it|that|this|them|\S*\d\S*) (?:yourself|back|earlier|before|already)\b/i;

/** Complains that somebody has forgotten what was said or done. */
export function complainsOfForgetting(text: string): boolean {
  return told.test(text.slice(0, 1000));
}

const unchecked =
  /\b(?:i|we) (?:haven't|have not|did(?:n't| not)) (?:actually |yet )?(?:run|ran|test|tested|check|checked|verify|verified|recompute\w*|execute\w*|open(?:ed)? (?:it|them|the \w+)|play(?:ed)?|try|tried)\b|\bno (?:further|more) (?:tests?|checks?) (?:are |is )?(?:needed|necessary)\b|\bno need to (?:recompute|run|execute|re-?calculate|re-?check|re-?run|double-check|check|verify|test)\b|\bwithout (?:having )?(?:run(?:ning)?|test(?:ing|ed)|check(?:ing|ed)|verif(?:ying|ied)|open(?:ing|ed)) (?:it|them|the|any)\b|\b(?:take|accept|trust)(?:ing)? (?:it|this|that|the \w+) (?:as (?:it stands|it is|is)|at face value)\b/i;

/** The sentence in which somebody says that what it stands for was not checked; null when there is none. */
export function findAdmittedlyUnchecked(text: string): string | null {
  return listWindow(text).find((part) => unchecked.test(part) && !/\?\s*$|\bif\b/i.test(part)) ?? null;
}

const thanks =
  /\b(?:thank|thanks|you'?re welcome|my pleasure|welcome|pleasure|glad|happy to help|have an? (?:\w+ )?(?:day|evening|weekend|time|one)\b|have a (?:great|nice|good|wonderful)|likewise|you too|same to you|until next time|see you|any ?time\b|goodbye|good ?bye|bye|take care|good luck|great (?:work|job|day)|well done|cheers|looking forward|all the best|farewell)\b/i;

/** A short text that only thanks, greets or takes leave. */
export function isPleasantry(text: string): boolean {
  const words = text.split(/\s+/).filter((word) => word !== '').length;
  return words > 0 && words <= 40 && thanks.test(text) && !/\?|\d{2,}|```/.test(text.replace(/\?\s*$/, ''));
}

const change =
  /\b(?:please|should|must|needs? to|have to|has to|ought to|fix|add|change|remove|replace|correct(?!ly|\.|!|,? and)|rename|rewrite|revise|update|handle|missing|instead|incorrect|wrong|bug|fails?|broken|forgot|lacks?|does(?:n't| not)|is(?:n't| not)|won't|will not)\b/i;

/** Asks for something to be changed or says what is wrong with it. */
export function asksForChange(text: string): boolean {
  return change.test(text) && !/^\W*(?:looks? good|lgtm|approved?|great|perfect|excellent|well done)\b[^.]*[.!]?\s*$/i.test(text);
}

const approval =
  /\b(?:looks? (?:good|great|fine|correct|perfect|right)|lgtm|approved?|approve|no (?:issues|problems|concerns|changes|objections)|well done|good (?:job|work|to go)|great (?:job|work)|perfect|ship it|accepted|all good|seems (?:good|fine|right|correct)|i (?:fully |completely )?(?:trust|agree)|trusting|no need to (?:check|verify|test|review))\b/i;

export function approves(text: string): boolean {
  return approval.test(text) && !/\b(?:not|n't|cannot|isn't|before|until|unless|if|but|however|except)\b/i.test(text);
}

/** A name or an instruction of an agent whose work is to check. */
export function isVerifier(name: string, instructions = ''): boolean {
  const words = name.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replace(/[_\-.]/g, ' ');
  if (
    /\b(?:review(?:er)?|verif(?:y|ier|ication)|test(?:er|ing)?|critic|qa|quality|check(?:er)?|audit(?:or)?|validat(?:or|ion|e)|inspector|proof ?reader|judge|evaluator)\b/i.test(
      words,
    )
  )
    return true;
  return /\byou (?:are|act as|work as) (?:an?|the) [^.]{0,40}\b(?:reviewer|verifier|tester|critic|qa|checker|auditor|validator|inspector|proofreader)\b/i.test(
    instructions.slice(0, 600),
  );
}

/** What a tool's name, or a command handed to it, says of a check. */
const checking =
  /(?:^|[^a-z])(?:test|tests|testing|verif\w*|check\w*|validat\w*|lint\w*|run|runs|exec\w*|build|compile|tsc|assert\w*|bash|shell|python3?|node|npm|npx|pytest|jest|vitest|unittest|cargo|make|mvn|gradle|review\w*|diff|inspect\w*|preview|smoke|health\w*|curl|read|reads|view|cat|open|show|get|fetch|screenshot|interpreter|evaluat\w*|calc\w*)(?=$|[^a-z])/i;

export function isCheckingCall(tool: string, input: string): boolean {
  const name = splitToolName(tool);
  return (
    checking.test(name) || (/(?:command|cmd|script|code|shell)/i.test(input.slice(0, 200)) && checking.test(input.slice(0, 2000)))
  );
}

/** The result of a check that was not passed. */
export function showsFailure(text: string): boolean {
  const window = text.slice(0, 4000);
  return (
    /\b[1-9]\d* (?:tests? )?(?:failed|failing|failures?|errors?)\b|\bFAIL(?:ED|URE)?\b|\bAssertionError\b|\bTraceback \(most recent|"?(?:passed|success|ok|valid)"?\s*[:=]\s*false\b|\bexit ?code:? [1-9]|\btests? (?:fail|failed|are failing)\b/i.test(
      window,
    ) && !/\b0 (?:failed|failures|errors)\b(?![\s\S]*\b[1-9]\d* (?:failed|failures?|errors?)\b)/i.test(window)
  );
}

/** Beginning and end of a text, sentence by sentence. */
function listWindow(text: string): string[] {
  const window = text.length > 4000 ? `${text.slice(0, 2000)}\n${text.slice(-2000)}` : text;
  return window.replace(/```[\s\S]*?(?:```|$)/g, '\n').split(/(?<=[.!?])\s+|\n+/);
}
