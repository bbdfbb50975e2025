/**
 * 2.1: a dialogue begins anew.
 *
 * 1. An agent opens again as it opened, after it had gone on to at least two other things, and no person asked for that.
 * 2. Or it greets and offers its help as to a stranger, after it has already worked on the task, and nobody had just arrived.
 * 3. Or it says that it begins from scratch or that nothing is there yet, without having been told to and without a failure before it.
 * An opening that returns again and again at once is a loop, which is 1.3.
 */
import { detected, type Finding, quote } from '../finding.ts';
import { type Act, listActs } from '../reading/acts.ts';
import { countCommon, listSpecifics, wordSet } from '../reading/words.ts';
import type { Trace, TraceStep } from '../trace.ts';

export interface Restart {
  opening: Act;
  /** The opening said or done again, and what of the beginning follows it. */
  again: Act[];
}

const minActsBetween = 2;
const minStepsBetween = 3;
const opener = /\b(?:let us|let's|to begin|begin|start|first|step 1|hello|hi|welcome|introduc\w*)\b/i;
const greeting =
  /^\W*(?:hi|hello|hey|welcome|greetings|good (?:morning|afternoon|evening))\b[\s\S]{0,200}\b(?:how (?:can|may|could) (?:i|we) (?:help|assist|be of)|what (?:can|may) (?:i|we) (?:help|do for)|what (?:would|do) you (?:like|want|need)|what brings you|i(?:'m| am) (?:your|an?|the)\b|how are you|what are we (?:working|doing|talking|here)|just joined|nice to meet you|introduce myself)/i;
const offer =
  /\b(?:how (?:can|may|could) (?:i|we) (?:help|assist)(?: you)?(?: today)?|what (?:would you like|do you want|do you need)(?: me)? (?:to (?:do|work on)|help with)?|what (?:is|'s) (?:the|your) (?:task|question|request|problem)|what (?:task|problem|question) (?:would|should|do|can))[^.!?]*\?\s*$/i;
const anew = String.raw`(?:start(?:ing)?|begin(?:ning)?|go(?:ing)? back)(?: (?:all|everything|this|it|the (?:task|conversation|work|process|analysis|discussion)))? (?:over|anew|afresh|again from|from (?:scratch|the (?:very )?(?:beginning|start|top)|zero|square one)|to (?:the (?:very )?(?:beginning|start)|square one))|reset(?:ting)? (?:the|our|this) (?:conversation|discussion|task)`;
/** A state of things that only a beginning has. */
const beginningState =
  /\b(?:new (?:session|conversation|chat) (?:has )?(?:started|begins)|(?:blank|empty) (?:repository|slate|page)|nothing has been \w+ (?:so far|yet)|no (?:data|file|code|work) (?:is|has been) (?:loaded|written|done)(?: yet)?|(?:user )?request from scratch|no agent has been called|(?:today )?we begin a new task|(?:our|the|this) kick-?off|get to know each other|introduce ourselves)\b|^\W*(?:resetting|restarting|starting over)\b/i;
const mentionsScratch = new RegExp(String.raw`\b(?:${anew})\b`, 'i');
const fromScratch = new RegExp(
  String.raw`\b(?:let(?:'s| us| me)|i(?:'ll| will|'m| am)|we(?:'ll| will|'re| are| can| should| need to| have to)|now)\b[^.!?\n]{0,40}\b(?:${anew})\b|^\W*(?:${anew})\b`,
  'i',
);

export function detectConversationReset(trace: Trace): Finding[] {
  // Each attempt of a run of Planwright's own begins from a context that the engine lays out.
  if (trace.layout === 'planwright') return [];
  const acts = listActs(trace);
  const findings = findRestarts(trace, acts).map(({ opening, again }) => {
    const [first = opening] = again;
    const more = again.length > 1 ? `, and goes through the ${again.length} first acts again` : '';
    const evidence = `${first.step.agent} opens at step ${first.step.number} as it did at step ${opening.step.number}${more}: ${quote(first.call?.input ?? first.step.text)}`;
    return detected('2.1', { at: first.step, confidence: again.length > 1 ? 0.85 : 0.7, evidence });
  });
  const told = new Set(findings.map(({ step }) => step));
  for (const seen of findStrangers(trace)) if (!told.has(seen.step)) findings.push(seen);
  return findings;
}

/** Each agent's first return to its own opening. */
export function findRestarts(trace: Trace, acts: readonly Act[]): Restart[] {
  const restarts: Restart[] = [];
  const ordinal = countOwnSteps(trace);
  for (const own of Map.groupBy(acts, ({ step }) => step.agent).values()) {
    const [opening] = own;
    if (opening === undefined) continue;
    let returns = 0;
    let found: number | null = null;
    for (const [place, act] of own.entries()) {
      if (act.outcome !== opening.outcome || place === 0) continue;
      returns += 1;
      const between = (ordinal.get(act.step) ?? 0) - (ordinal.get(opening.step) ?? 0) - 1;
      const isFar = between >= (isOpener(opening) ? 1 : minActsBetween) && act.at - opening.at >= minStepsBetween;
      if (returns === 1 && isFar && isWithinOneDialogue(trace, opening, act)) found = place;
    }
    if (found === null || returns > 2) continue;
    const again: Act[] = [];
    for (let at = 0; own[at]?.outcome === own[found + at]?.outcome; at += 1) {
      const act = own[found + at];
      if (act === undefined) break;
      again.push(act);
    }
    if (opening.kind === 'text' && /\b(?:error|exception)\b/i.test(opening.step.text)) continue;
    const isCall = opening.kind === 'call';
    // A look at the same thing later on is no beginning; the beginning's acts one after the other are.
    if (isCall && again.length < 2) continue;
    restarts.push({ opening, again });
  }
  return restarts;
}

/** The how manieth message of its agent each one is. */
function countOwnSteps({ steps }: Trace): Map<TraceStep, number> {
  const counts = new Map<string, number>();
  const ordinal = new Map<TraceStep, number>();
  for (const step of steps) {
    if (step.kind !== 'message') continue;
    const count = (counts.get(step.agent) ?? 0) + 1;
    counts.set(step.agent, count);
    ordinal.set(step, count);
  }
  return ordinal;
}

/** Says of itself that it is a beginning. */
function isOpener({ kind, step }: Act): boolean {
  return kind === 'text' && opener.test(step.text.slice(0, 200));
}

/** False when a person spoke just before: whoever comes back may be greeted again. */
function isWithinOneDialogue(trace: Trace, _opening: Act, { at }: Act): boolean {
  const before = trace.steps[at - 1];
  if (before?.kind !== 'request') return true;
  return !asksForNew(before.text);
}

function findStrangers(trace: Trace): Finding[] {
  const findings: Finding[] = [];
  const worked = new Map<string, number>();
  for (const [at, step] of trace.steps.entries()) {
    if (step.kind !== 'message') continue;
    const before = trace.steps.slice(Math.max(0, at - 2), at);
    const done = worked.get(step.agent) ?? 0;
    if (done >= 1 && !before.some(({ kind, text }) => kind === 'request' && asksForNew(text))) {
      const seen = readStranger(step, before, done);
      if (seen !== null) findings.push(seen);
    }
    if (isWork(step)) worked.set(step.agent, done + 1);
  }
  return findings;
}

/** @param done Acts of work of the same agent before. */
function readStranger(step: TraceStep, before: readonly TraceStep[], done: number): Finding | null {
  const opening = step.text.slice(0, 500);
  if (greeting.test(opening) || isStrange(step, before) || (done >= 2 && offer.test(step.text.slice(-300)) && isBare(step))) {
    const evidence = `after its own work on the task, ${step.agent} greets as if nothing had been said: ${quote(opening)}`;
    return detected('2.1', {
      at: step,
      confidence: greeting.test(opening) ? 0.8 : 0.7,
      evidence: `step ${step.number}: ${evidence}`,
    });
  }
  const tellsOfBeginning = beginningState.test(opening);
  if (done < (tellsOfBeginning ? 1 : 2)) return null;
  const wasFailure = before.some(({ result }) => result?.failed === true);
  const [scratch] = fromScratch.exec(opening) ?? beginningState.exec(opening) ?? [];
  const wasAsked = before.some(
    ({ kind, text }) => kind !== 'result' && (mentionsScratch.test(text) || /\b(?:redo|restart|rewrite|again)\b/i.test(text)),
  );
  if (
    scratch === undefined ||
    wasFailure ||
    wasAsked ||
    /\b(?:not|n't|no need|instead of|rather than|without|avoid)\b[^.]{0,40}$/i.test(opening.slice(0, opening.indexOf(scratch)))
  )
    return null;
  return detected('2.1', {
    at: step,
    confidence: 0.65,
    evidence: `step ${step.number}: ${step.agent} goes back to the beginning, and nobody asked for it: ${quote(opening)}`,
  });
}

/** Greets, asks, and takes up next to nothing of what was said just before. */
function isStrange({ text, calls }: TraceStep, before: readonly TraceStep[]): boolean {
  const asks = /\?\s*$/.test(text) || /\bplease (?:describe|tell|let me know|state|share|explain|provide)\b/i.test(text);
  const greets = /^\W*(?:hi|hello|hey|welcome|greetings)\b/i.test(text);
  if (!asks || !greets || calls.length > 0 || text.length > 400) return false;
  const said = before.map((step) => step.text.slice(0, 2000)).join(' ');
  return countCommon(listSpecifics(text), listSpecifics(said)) === 0 && countCommon(wordSet(text), wordSet(said)) <= 1;
}

/** Offers help and hands over nothing. */
function isBare({ text, calls }: TraceStep): boolean {
  return (
    calls.length === 0 &&
    text.length < 240 &&
    !/\b(?:thank\w*|with your|with the|else|other|more|further|also|next|anything)\b/i.test(text)
  );
}

function isWork({ text, calls }: TraceStep): boolean {
  return calls.length > 0 || text.length > 12;
}

function asksForNew(text: string): boolean {
  return (
    /^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening))\b/i.test(text) ||
    /\b(?:start over|from scratch|new (?:question|task|topic|request|chat|session|conversation)|another (?:question|task|thing|request)|something else|different (?:question|task|topic)|again|begin anew|restart)\b/i.test(
      text,
    )
  );
}
