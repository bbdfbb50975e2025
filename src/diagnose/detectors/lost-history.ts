/**
 * 1.4: an agent has lost what was said before.
 *
 * 1. It asks again what it asked before and was answered, or what a person had told it before it went on.
 * 2. It says that it has no record of the conversation, or was given nothing, and the trace holds both.
 * 3. It asks, and whom it asks complains that this was said.
 * 4. It says that something was not done which its own call has done.
 * 5. It goes on with a value that a person had replaced: "Friday, not Thursday", and then it calls a tool with Thursday.
 * Asking again after no answer, for another thing, or to confirm a value is none of these.
 */
import { detected, type Finding, quote } from '../finding.ts';
import { type LoggedCall, logCalls } from '../reading/call-log.ts';
import { complainsOfForgetting } from '../reading/phrases.ts';
import { jaccard, listSentences, listSpecifics, listWords, wordSet } from '../reading/words.ts';
import type { Trace, TraceStep } from '../trace.ts';
import { findOldValues } from './replaced-values.ts';

const sameQuestion = 0.6;
const comparedQuestions = 12;
/** A longer text reports, and its questions may be quoted. */
const maxAskingCharacters = 1500;
const asking =
  /\?\s*$|\b(?:please (?:provide|share|tell|give|send|state|specify|let me know)|(?:could|can|would) you (?:please )?(?:provide|share|tell|give|send|state|specify)|(?:need|require) (?:to know )?(?:you to|your|the)\b)/i;
const noRecord =
  /\b(?:i|we)\b[^.?!\n]{0,20}\b(?:(?:do(?:n't| not)|no longer|can(?:'t|not| not)) (?:have|see|recall|remember|find|know|access)|have (?:no|lost)|see nothing|(?:am|are) (?:not|un)(?: ?aware| ?sure what (?:we|you)))\b[^.?!\n]{0,40}\b(?:record|memory|recollection|history|context|previous|earlier|prior|what (?:you|we) (?:said|discussed|were|talked|agreed)|conversation|discussion|discussing)/i;
const notGiven =
  /\b(?:you|nobody|no one) (?:have(?:n't| not)|ha(?:sn't|s not)|did(?:n't| not)) (?:yet )?(?:provid\w*|shar\w*|given?|sen[dt]|told?|tell|specif\w*|mention\w*|stated?|said|attach\w*)|\b(?:i|we)(?: have|'ve)? (?:have(?:n't| not)|was(?:n't| not)|were(?:n't| not)|not) (?:yet )?(?:been )?(?:told|given|received|provided)\b|^(?:it (?:looks|seems) (?:like )?)?no \w+(?: \w+)? (?:has been|have been|was|were) (?:provided|given|shared|specified|attached|received|sent)\b/i;
const declining =
  /\b(?:not sure|don't (?:know|remember|have)|do not (?:know|remember|have)|can't|cannot|no idea|rather not|prefer not|later|unsure|unknown|what do you mean|which)\b|\?\s*$/i;

interface Asked {
  step: TraceStep;
  at: number;
  sentence: string;
  words: Set<string>;
  specifics: Set<string>;
}

export function detectLostHistory(trace: Trace): Finding[] {
  const asked = findAskedAgain(trace);
  const told = new Set(asked.map(({ step }) => step));
  const given = findAskedThoughGiven(trace).filter(({ step }) => !told.has(step));
  const seen = [...asked, ...given, ...findDenied(trace), ...findDeniedActs(trace), ...findOldValues(trace)];
  const steps = new Set(seen.map(({ step }) => step));
  return [...seen, ...findForgotten(trace).filter(({ step }) => !steps.has(step))];
}

function findAskedAgain(trace: Trace): Finding[] {
  const findings: Finding[] = [];
  const asked = new Map<string, Asked[]>();
  for (const [at, step] of trace.steps.entries()) {
    if (step.kind !== 'message' || step.text.length > maxAskingCharacters) continue;
    const known = asked.get(step.agent) ?? [];
    const now: Asked[] = [];
    for (const sentence of listSentences(step.text.slice(-3000))
      .filter((one) => asking.test(one))
      .slice(0, 8)) {
      const words = wordSet(sentence);
      if (words.size < 2) continue;
      const question: Asked = { step, at, sentence, words, specifics: listSpecifics(sentence) };
      now.push(question);
      const before = known.find((other) => isSame(other, question));
      if (before === undefined) continue;
      const answer = findAnswer(trace, before, at);
      if (answer === null || confirms(question, answer) || isAboutOther(step, before.step)) continue;
      const evidence = `step ${step.number}: ${step.agent} asks ${quote(sentence, 100)}, which it asked at step ${before.step.number} and ${answer.agent} answered at step ${answer.number}: ${quote(answer.text, 100)}`;
      findings.push(detected('1.4', { at: step, confidence: 0.75, evidence }));
      break;
    }
    if (now.length > 0) asked.set(step.agent, [...known, ...now].slice(-comparedQuestions));
  }
  return findings;
}

function isSame(a: Asked, b: Asked): boolean {
  if (jaccard(a.words, b.words) < sameQuestion) return false;
  return (
    [...b.specifics].every((specific) => a.specifics.has(specific)) &&
    !/\b(?:second|third|other|another|next|also|both|each|new|different|last|first)\b/i.test(b.sentence) &&
    !/\b(?:proceed|continue|confirm|agree|okay|ok|anything else|happy with|else)\b/i.test(b.sentence)
  );
}

/** The message names an id or a figure that the earlier one did not: the question is about that. */
function isAboutOther(now: TraceStep, before: TraceStep): boolean {
  const known = before.text.toLowerCase();
  return [...listSpecifics(now.text)].some((specific) => /\d/.test(specific) && !known.includes(specific));
}

const wanting =
  /\b(?:what(?:'s| is| are| was)?|which|tell me|provide|share|give me|send me|specify|state|know)\b[^?.!\n]{0,30}?\b(?:your|the) (?:new |exact |full |current )?(\p{L}+(?: \p{L}+)?)/iu;
const telling =
  /\b(?:my|our|the) (?:new |exact |full |current )?(\p{L}+(?: \p{L}+)?)(?: (?:is|are|was|will be|should be|=)|:)\s+((?:[^.;!?\n]|\.(?=\S)){1,60}?)(?=,? and (?:my|our|I)\b|[;!?\n,]|\.(?:\s|$)|$)/giu;

/** "My budget is $900." … "What is your budget?", once the agent has gone on from what it was told. */
function findAskedThoughGiven(trace: Trace): Finding[] {
  const given = new Map<string, { value: string; step: TraceStep; heardBy: Set<string> }>();
  const findings: Finding[] = [];
  for (const step of trace.steps) {
    if (step.kind === 'request') {
      for (const [, name = '', value = ''] of step.text.slice(0, 4000).matchAll(telling)) {
        const [first = ''] = listSpecifics(`is ${value}`);
        if (first !== '' && given.size < 50)
          given.set(name.toLowerCase(), { value: first.replace(/^[$€£]/, ''), step, heardBy: new Set() });
      }
    }
    if (step.kind !== 'message' || given.size === 0) continue;
    const acted = `${step.text.slice(0, 4000)} ${step.calls.map(({ input }) => input.slice(0, 1000)).join(' ')}`.toLowerCase();
    const question = listSentences(step.text.slice(-1500)).findLast((one) => wanting.test(one) && asking.test(one));
    const name = question === undefined ? '' : (wanting.exec(question)?.[1] ?? '').toLowerCase();
    for (const [known, one] of given) {
      const isAsked = name !== '' && !acted.includes(one.value) && (name === known || name.split(' ')[0] === known);
      if (!isAsked) one.heardBy.add(step.agent);
      else if (one.heardBy.has(step.agent) && !isAboutOther(step, one.step)) {
        const evidence = `step ${step.number}: ${step.agent} asks ${quote(question ?? '', 100)}, which was told at step ${one.step.number}: ${quote(one.step.text, 100)}`;
        findings.push(detected('1.4', { at: step, confidence: 0.7, evidence }));
        given.delete(known);
      }
    }
  }
  return findings;
}

/** An agent asks or denies, and the next to speak says that it was told. */
function findForgotten(trace: Trace): Finding[] {
  const spoken = trace.steps.filter(({ kind }) => kind === 'message' || kind === 'request');
  const heard = new Set<string>();
  return spoken.flatMap((step, at) => {
    const isFirst = !heard.has(step.agent);
    heard.add(step.agent);
    const next = spoken[at + 1];
    if (step.kind !== 'message' || next === undefined || next.agent === step.agent || !complainsOfForgetting(next.text))
      return [];
    const sentence = listSentences(step.text.slice(-1500)).findLast((one) => asking.test(one) || noRecord.test(one));
    if (sentence === undefined || isFirst) return [];
    const evidence = `step ${step.number}: ${step.agent} says ${quote(sentence, 100)}, and ${next.agent} complains at step ${next.number}: ${quote(next.text, 100)}`;
    return [detected('1.4', { at: step, confidence: 0.7, evidence })];
  });
}

const notDone =
  /\bno (\p{L}{4,20}?)s? (?:has|have|was|were) (?:yet )?(?:been )?(?:attempted|made|done|run|performed|tried|sent|created)\b/giu;

/** "No rollback has been attempted", after its own `rollback` went through. */
function findDeniedActs(trace: Trace): Finding[] {
  const findings: Finding[] = [];
  const done = new Map<string, LoggedCall>();
  for (const call of logCalls(trace)) {
    if (call.failed || call.result === null) continue;
    for (const word of call.tool.toLowerCase().split(/[^a-z]+/)) {
      const key = `${call.step.agent}\n${word}`;
      if (!done.has(key)) done.set(key, call);
    }
  }
  for (const [at, step] of done.size === 0 ? [] : trace.steps.entries()) {
    if (step.kind !== 'message') continue;
    for (const [said, name = ''] of step.text.slice(0, 4000).matchAll(notDone)) {
      const call = done.get(`${step.agent}\n${name.toLowerCase()}`);
      if (call === undefined || call.at >= at) continue;
      const evidence = `step ${step.number}: ${step.agent} says ${quote(said)}, and has itself called ${call.tool} at step ${call.step.number}: ${quote(call.result ?? '', 80)}`;
      findings.push(detected('1.4', { at: step, confidence: 0.75, evidence }));
      break;
    }
  }
  return findings;
}

/** What was said right after the question by someone else, if it gives something. */
function findAnswer(trace: Trace, { step, at, words }: Asked, before: number): TraceStep | null {
  for (const next of trace.steps.slice(at + 1, Math.min(before, at + 4))) {
    if (next.kind === 'result' || next.kind === 'instruction') continue;
    if (next.agent === step.agent) return null;
    const gives = listSpecifics(next.text).size > 0 || listWords(next.text).some((word) => !words.has(word));
    return gives && !declining.test(next.text.trim()) ? next : null;
  }
  return null;
}

/** "Is it still Friday?" names what was answered. */
function confirms({ sentence }: Asked, { text }: TraceStep): boolean {
  const said = listSpecifics(text);
  const lower = sentence.toLowerCase();
  return (
    [...said].some((specific) => specific.length > 2 && lower.includes(specific)) ||
    /\b(?:just to (?:confirm|be sure|check)|to confirm|is that (?:right|correct)|correct\?)/i.test(sentence)
  );
}

function findDenied(trace: Trace): Finding[] {
  const findings: Finding[] = [];
  const given = new Set<string>();
  let requests = 0;
  let others = 0;
  const own = new Map<string, number>();
  for (const step of trace.steps) {
    if (step.kind === 'message') {
      const sentence = listSentences(step.text.slice(0, 3000)).find((one) => noRecord.test(one) || notGiven.test(one));
      const spoken = own.get(step.agent) ?? 0;
      if (sentence !== undefined && requests + others >= 2 && (spoken > 0 || others > 0)) {
        const named = notGiven.test(sentence) ? listWords(sentence).filter((word) => given.has(word) && word.length > 3) : ['-'];
        const aboutTalk =
          noRecord.test(sentence) &&
          /\b(?:conversation|discuss|history|context|previous|earlier|prior|said|told|mention|memory|recollection|recall|remember)/i.test(
            sentence,
          );
        if (aboutTalk ? spoken > 0 || requests > 1 : named.length >= 2 && spoken > 0) {
          const evidence = `step ${step.number}: ${step.agent} says ${quote(sentence)} after ${spoken} messages of its own and ${requests} of whoever asks`;
          findings.push(detected('1.4', { at: step, confidence: aboutTalk ? 0.75 : 0.6, evidence }));
        }
      }
      own.set(step.agent, spoken + 1);
      others += 1;
    } else if (step.kind === 'request') requests += 1;
    if (step.kind === 'request' || step.kind === 'message')
      for (const word of listWords(step.text.slice(0, 2000))) given.add(word);
  }
  return findings;
}
