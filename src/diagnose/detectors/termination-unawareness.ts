/**
 * 1.5: the agents do not know when they are done.
 *
 * 1. A limit ended the run: turns, steps, tokens, money or time, by the source's own field, a subtask's error, or the last words of
 *    whoever watches over the dialogue.
 * 2. The end was called, and agents go on without a new request.
 * 3. An agent says that the work as a whole is done, and others go on with new work unasked; or a tool is called more often than the task allows.
 * 4. The last acts only thank each other, or say again and again that the work is done.
 */
import { detected, type Finding, nameSteps, quote } from '../finding.ts';
import { hasEndMark, isPleasantry, saysComplete } from '../reading/phrases.ts';
import { countWords } from '../reading/words.ts';
import { lastAct, type Trace, type TraceStep } from '../trace.ts';

/** Acts after the end was called that are no mere leave-taking. */
const minActsAfterEnd = 2;
const minClosingActs = 4;
const minCompletions = 3;
const limitNotice =
  /\b(?:max(?:imum)?|limit|budget|quota|time ?out|deadline)\b[^.\n]{0,40}\b(?:turns?|steps?|rounds?|iterations?|messages?|tokens?|time|replies|auto_reply|attempts|calls?|recursion)\b[^.\n]{0,40}\b(?:reached|exceeded|hit|used up|exhausted|over|expired)\b|\b(?:reached|exceeded|hit|exhausted|ran out of|used up|out of)\b[^.\n]{0,30}\b(?:max(?:imum)?|limit|budget|turns|steps|rounds|iterations|tokens|time)\b|\b(?:agent|run|conversation|chat) (?:was )?(?:stopped|terminated|ended|halted)[^.\n]{0,30}\b(?:limit|max|timeout|budget)/i;

export function detectTerminationUnawareness(trace: Trace): Finding[] {
  const findings: Finding[] = [];
  const limit =
    findLimit(trace) ?? findAfterEnd(trace) ?? findClosingLoop(trace) ?? findAfterCompletion(trace) ?? findOverrun(trace);
  if (limit !== null) findings.push(limit);
  for (const { id, agent, step, errorCode, reason } of trace.work ?? []) {
    if (errorCode !== 'step-limit' && errorCode !== 'attempt-timeout') continue;
    const at = step === null ? {} : { at: { agent, number: step } };
    findings.push(
      detected('1.5', {
        ...at,
        confidence: 0.85,
        evidence: `subtask ${quote(id)} used up its limit without an answer: ${quote(reason)}`,
      }),
    );
  }
  return findings;
}

function findLimit(trace: Trace): Finding | null {
  const act = lastAct(trace);
  const at = act === undefined ? {} : { at: act };
  if (trace.ending.kind === 'limit') {
    return detected('1.5', {
      ...at,
      confidence: 0.9,
      evidence: `a limit ended it, not the agents: ${quote(trace.ending.detail)}`,
    });
  }
  const notice = trace.steps
    .slice(-2)
    .find((step) => step.kind !== 'request' && !isAnswer(step) && limitNotice.test(step.text.slice(0, 600)));
  if (notice === undefined) return null;
  const blamed = trace.steps.findLast((step) => step.kind === 'message' && step.number < notice.number) ?? notice;
  return detected('1.5', {
    at: blamed,
    confidence: 0.8,
    evidence: `step ${notice.number}: ${quote(notice.text)} is what ended it`,
  });
}

/** A long text may be about limits. */
function isAnswer({ text }: TraceStep): boolean {
  return text.length > 400;
}

function findAfterEnd(trace: Trace): Finding | null {
  let called: TraceStep | null = null;
  let after: TraceStep[] = [];
  for (const step of trace.steps) {
    if (step.kind === 'instruction' || step.kind === 'result') continue;
    if (called === null) {
      if (hasEndMark(step.text)) called = step;
    } else if (step.kind === 'request') {
      if (hasEndMark(step.text)) continue;
      called = null;
      after = [];
    } else after.push(step);
  }
  if (called === null) return null;
  const [first] = after;
  const working = after.filter((step) => step.calls.length > 0 || (countWords(step.text) > 5 && !isPleasantry(step.text)));
  // A manager's few closing words are none of it.
  const isGoingOn =
    working.length >= minActsAfterEnd &&
    (new Set(working.map(({ agent }) => agent)).size > 1 ||
      working.some(({ calls }) => calls.length > 0) ||
      first?.agent === called.agent);
  if (first === undefined || !(isGoingOn || after.length >= minClosingActs)) return null;
  const evidence = `${called.agent} ended it at step ${called.number} (${quote(called.text.slice(-80))}), and ${after.length} acts follow without a request: ${nameSteps(after.map(({ number }) => number))}`;
  return detected('1.5', { at: first, confidence: 0.8, evidence });
}

function findClosingLoop(trace: Trace): Finding | null {
  const closing: TraceStep[] = [];
  for (const step of trace.steps.toReversed()) {
    if (step.kind === 'result' || step.kind === 'instruction') break;
    if (step.calls.length > 0 || !(isPleasantry(step.text) || isBareCompletion(step))) break;
    closing.unshift(step);
  }
  const acts = closing.filter(({ kind }) => kind === 'message');
  const completions = acts.filter(isBareCompletion);
  const [first] = acts;
  if (first === undefined) return null;
  const isLoop = acts.length >= minClosingActs || completions.length >= minCompletions;
  if (!isLoop) return null;
  const evidence = `nothing is left to do and ${acts.length} acts go on saying so, ${nameSteps(acts.map(({ number }) => number))}: ${quote(first.text, 80)} … ${quote(acts.at(-1)?.text ?? '', 80)}`;
  return detected('1.5', { at: acts[1] ?? first, confidence: 0.8, evidence });
}

function isBareCompletion({ text }: TraceStep): boolean {
  return text.length < 300 && saysComplete(text);
}

const minActsAfterCompletion = 3;

function findAfterCompletion(trace: Trace): Finding | null {
  const firstAct = trace.steps.find(({ kind }) => kind === 'message');
  let complete: TraceStep | null = null;
  let after: TraceStep[] = [];
  for (const step of trace.steps) {
    if (step.kind === 'request') {
      complete = null;
      after = [];
    } else if (step.kind === 'message') {
      if (complete !== null) after.push(step);
      else if (step !== firstAct && step.calls.length === 0 && step.text.length < 400 && saysWholeComplete(step.text))
        complete = step;
    }
  }
  const working = after.filter(
    (step) =>
      !isPleasantry(step.text) &&
      !hasEndMark(step.text) &&
      !saysComplete(step.text) &&
      (step.calls.length > 0 || countWords(step.text) > 4),
  );
  const [first] = working;
  if (complete === null || first === undefined || working.length < minActsAfterCompletion) return null;
  const evidence = `${complete.agent} says at step ${complete.number} that the work is done (${quote(complete.text.slice(-120))}), and ${working.length} acts go on unasked: ${nameSteps(working.map(({ number }) => number))}`;
  return detected('1.5', { at: first, confidence: 0.65, evidence });
}

/** Of a part, or of what comes next, it is no end. */
function saysWholeComplete(text: string): boolean {
  return (
    saysComplete(text) &&
    !/\?\s*$/.test(text.trim()) &&
    !/\b(?:next|then|remaining|step|phase|part|first|second|subtask|let's|let us|please|will|move on|proceed)\b/i.test(text)
  );
}

const allowed =
  /\b(?:at most|no more than|up to|a maximum of|not more than|stop after|within) (\d{1,3}|two|three|four|five|six|seven|eight|nine|ten) (?:times|attempts|tries|calls|requests|searches|queries|rounds|iterations|retries|pings)\b/i;
const words: readonly string[] = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

function findOverrun(trace: Trace): Finding | null {
  const told = [
    trace.task,
    ...trace.steps.filter(({ kind }) => kind === 'instruction' || kind === 'request').map(({ text }) => text),
  ];
  const [sentence, count = ''] = told.map((text) => allowed.exec(text.slice(0, 10_000))).find((found) => found !== null) ?? [];
  if (sentence === undefined) return null;
  const most = words.includes(count.toLowerCase()) ? words.indexOf(count.toLowerCase()) : Number(count);
  const times = new Map<string, number>();
  for (const step of trace.steps) {
    for (const { tool } of step.calls) {
      const made = (times.get(tool) ?? 0) + 1;
      times.set(tool, made);
      if (made > most + 1)
        return detected('1.5', {
          at: step,
          confidence: 0.7,
          evidence: `step ${step.number}: ${step.agent} calls ${tool} for the ${made}th time, and was told ${quote(sentence)}`,
        });
    }
  }
  return null;
}
