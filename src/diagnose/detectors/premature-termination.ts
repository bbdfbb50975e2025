/**
 * 3.1: it ends before it is done.
 *
 * 1. Of a plan, subtasks were not finished, and no limit is to blame (that is 1.5).
 * 2. The last act announces what comes next, or its call has no result, and nothing follows.
 * 3. The last act ends the work, and says itself that some of it is open, or another agent has just said so.
 * 4. The work ends on a check that was not passed, or on a failed call that nobody answers.
 * 5. An agent listed its steps; the first ones were taken, the last ones leave no trace, and it ends all the same.
 * 6. Of parts that the task names one by one, some were worked on and others are never mentioned.
 * A question to whoever asked is an open dialogue, not an end.
 */
import { detected, type Finding, quote } from '../finding.ts';
import { logCalls } from '../reading/call-log.ts';
import { holdsPart, listParts } from '../reading/listed-parts.ts';
import {
  findAnnouncement,
  findOpenWork,
  hasEndMark,
  isCheckingCall,
  saysComplete,
  saysItEnds,
  showsFailure,
} from '../reading/phrases.ts';
import { countCommon, wordSet } from '../reading/words.ts';
import { lastAct, type Trace, type TraceStep } from '../trace.ts';

export function detectPrematureTermination(trace: Trace): Finding[] {
  if (trace.work !== null) return findUnfinishedWork(trace);
  if (trace.ending.kind === 'limit') return [];
  const last = lastAct(trace);
  if (last === undefined) return [];
  const found =
    findCutOff(trace, last) ??
    findAdmittedRest(trace, last) ??
    findRestOfOther(trace, last) ??
    findFailedEnd(trace, last) ??
    findLeftSteps(trace, last) ??
    findLeftParts(trace, last);
  return found === null ? [] : [found];
}

function findUnfinishedWork(trace: Trace): Finding[] {
  if (trace.ending.kind === 'limit' || trace.ending.kind === 'unknown') return [];
  const open = (trace.work ?? []).filter(({ status }) => status !== 'succeeded' && status !== 'superseded');
  const cause = open.find(({ status }) => status === 'failed') ?? open[0];
  if (cause === undefined) return [];
  const named = open.slice(0, 8).map(({ id, status }) => `${id} (${status})`);
  const { step, agent, reason } = cause;
  return [
    detected('3.1', {
      ...(step === null ? {} : { at: { agent, number: step } }),
      confidence: 0.9,
      evidence: `it ended (${trace.ending.detail}) with ${open.length} of ${trace.work?.length} subtasks unfinished: ${named.join(', ')}${reason === '' ? '' : `; ${cause.id}: ${quote(reason)}`}`,
    }),
  ];
}

function findCutOff(trace: Trace, last: TraceStep): Finding | null {
  const at = trace.steps.lastIndexOf(last);
  const later = trace.steps.slice(at + 1);
  if (later.some(({ kind }) => kind === 'request')) return null;
  if (last.calls.length > 0 && later.length === 0) {
    const [call] = last.calls;
    if (
      call !== undefined &&
      /(?:^|_)(?:finish|final|done|submit|terminate|complete|end|stop|answer|return|respond|transfer|handoff|escalate)/i.test(
        call.tool,
      )
    )
      return null;
    return detected('3.1', {
      at: last,
      confidence: 0.65,
      evidence: `step ${last.number}: the last act calls ${call?.tool ?? ''}, and neither a result nor an answer follows`,
    });
  }
  if (later.length > 0) return null;
  const announced = findAnnouncement(last.text);
  if (announced === null) return null;
  return detected('3.1', {
    at: last,
    confidence: 0.75,
    evidence: `step ${last.number}: the last act announces what is never done: ${quote(announced)}`,
  });
}

function findAdmittedRest(trace: Trace, last: TraceStep): Finding | null {
  if (/\?\s*$/.test(last.text.trim())) return null;
  const open = suggesting.test(last.text) ? null : findOpenWork(last.text);
  if (open === null || !(hasEndMark(last.text) || saysComplete(last.text) || isEnd(trace, last))) return null;
  return detected('3.1', {
    at: last,
    confidence: hasEndMark(last.text) || saysComplete(last.text) ? 0.8 : 0.6,
    evidence: `step ${last.number}: ${last.agent} ends while work is open: ${quote(open)}`,
  });
}

/** What is open is no part of what was asked for. */
const suggesting =
  /\b(?:future (?:work|improvements?|steps?)|outside (?:of )?(?:this|the) (?:request|scope|task)|out of scope|optional(?:ly)?|nice[- ]to[- ]have|possible improvements?)\b/i;

/** Another agent has just said what is open, and the last act ends it. */
function findRestOfOther(trace: Trace, last: TraceStep): Finding | null {
  if (last.calls.some(({ tool }) => !endingTool.test(tool)) || !(isEnd(trace, last) && ends(last))) return null;
  const place = trace.steps.lastIndexOf(last);
  const before = trace.steps.findLast(({ kind }, at) => kind !== 'instruction' && at < place);
  if (before?.kind !== 'message' || before.agent === last.agent) return null;
  const open = findOpenWork(before.text);
  if (open === null) return null;
  return detected('3.1', {
    at: last,
    confidence: 0.7,
    evidence: `step ${last.number}: ${last.agent} ends it (${quote(last.text, 80)}) right after ${before.agent} said at step ${before.number} what is open: ${quote(open)}`,
  });
}

const endingTool = /(?:^|_)(?:end|close|finish|terminate|complete|stop)(?=$|_)/i;

function ends({ text, calls }: TraceStep): boolean {
  return hasEndMark(text) || saysComplete(text) || saysItEnds(text) || calls.some(({ tool }) => endingTool.test(tool));
}

/** Nothing follows, but for what came back from a tool that ends. */
function isEnd(trace: Trace, last: TraceStep): boolean {
  const later = trace.steps.slice(trace.steps.lastIndexOf(last) + 1);
  return (
    later.length === 0 || (last.calls.some(({ tool }) => endingTool.test(tool)) && later.every(({ kind }) => kind === 'result'))
  );
}

function findFailedEnd(trace: Trace, last: TraceStep): Finding | null {
  const calls = logCalls(trace);
  const check = calls.findLast(({ tool, input }) => isCheckingCall(tool, input));
  const asksBack = /\?\s*$/.test(last.text.trim());
  if (check !== undefined && check.result !== null && (check.failed || showsFailure(check.result)) && !asksBack) {
    const changedAfter = calls.some(({ at }) => at > check.at);
    const resultAt = trace.steps.findIndex((step, at) => at > check.at && step.kind === 'result' && step.text === check.result);
    const answered = trace.steps.slice(resultAt + 1).filter(({ kind }) => kind === 'message');
    const reports = answered.some(({ text }) => reportsFailure(text));
    const isTest = /test|check|verif|valid|lint|build|compile|assert/i.test(`${check.tool} ${check.input.slice(0, 200)}`);
    if (!changedAfter && isTest && (!reports || answered.some(({ text }) => hasEndMark(text) || saysComplete(text)))) {
      return detected('3.1', {
        at: answered[0] ?? last,
        confidence: 0.75,
        evidence: `it ends after ${check.tool} at step ${check.step.number} did not pass (${quote(check.result, 100)}), and nothing was changed`,
      });
    }
  }
  const end = trace.steps.at(-1);
  if (end?.kind === 'result' && end.result?.failed === true) {
    return detected('3.1', {
      at: last,
      confidence: 0.65,
      evidence: `the last thing in the trace is a failed call of ${end.agent} at step ${end.number}, which nobody answers: ${quote(end.text)}`,
    });
  }
  return null;
}

function reportsFailure(text: string): boolean {
  return /\b(?:fail\w*|error\w*|unable|could ?n[o']t|cannot|can't|not (?:pass|succeed|able|possible)|unfortunately|sorry|problem|issue)\b/i.test(
    text,
  );
}

const listed = /^\s*(?:[-*]\s*)?(?:step\s*)?(\d{1,2})[.):]\s+(.{6,400})$/gim;
/** Share of an item's words that later acts have to hold. */
const taken = 0.2;

function findLeftSteps(trace: Trace, last: TraceStep): Finding | null {
  if (!hasEndMark(last.text) && !saysComplete(last.text)) return null;
  for (const [at, step] of trace.steps.entries()) {
    if (step === last || step.kind === 'result') continue;
    const items = listItems(step);
    if (items.length < 3) continue;
    const later = new Set<string>();
    for (const next of trace.steps.slice(at + 1, at + 400)) {
      if (next.kind === 'instruction') continue;
      for (const word of wordSet(
        `${next.text.slice(0, 3000)} ${next.calls.map(({ tool, input }) => `${tool} ${input.slice(0, 1000)}`).join(' ')}`,
      ))
        later.add(word);
    }
    const covered = items.map(({ own }) => own.size === 0 || countCommon(own, later) / own.size > taken);
    const firstLeft = covered.lastIndexOf(true) + 1;
    const left = items.slice(firstLeft);
    if (firstLeft === 0 || left.length === 0) return null;
    // One that is left may only be told in other words.
    if (left.length === 1 && (left[0]?.own.size ?? 0) < 3) return null;
    return detected('3.1', {
      at: last,
      confidence: left.length > 1 ? 0.75 : 0.65,
      evidence: `step ${last.number} ends it; of the ${items.length} steps listed at step ${step.number}, the last ${left.length} left no trace: ${left
        .slice(0, 3)
        .map(({ text }) => quote(text, 60))
        .join(', ')}`,
    });
  }
  return null;
}

/** Items numbered from 1, with the words that no other item holds. */
function listItems({ text }: TraceStep): { text: string; own: Set<string> }[] {
  const items: string[] = [];
  for (const [, number, item = ''] of text.slice(0, 6000).matchAll(listed)) {
    if (Number(number) === items.length + 1) items.push(item);
    else if (items.length > 0) break;
  }
  const sets = items.map((item) => wordSet(item));
  const counts = new Map<string, number>();
  for (const words of sets) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return items.map((item, at) => ({ text: item, own: new Set([...(sets[at] ?? [])].filter((word) => counts.get(word) === 1)) }));
}

/** Acts that are searched for the parts of a task. */
const maxSearchedCharacters = 2_000_000;

function findLeftParts(trace: Trace, last: TraceStep): Finding | null {
  const lists = listParts(trace.task);
  if (
    lists.length === 0 ||
    !isEnd(trace, last) ||
    last.calls.length > 0 ||
    /\?\s*$/.test(last.text.trim()) ||
    reportsFailure(last.text)
  )
    return null;
  const acts = trace.steps.filter(({ kind }) => kind === 'message' || kind === 'result');
  const text = acts
    .map((step) => `${step.text} ${step.calls.map(({ input }) => input).join(' ')}`)
    .join('\n')
    .slice(0, maxSearchedCharacters)
    .toLowerCase();
  for (const { said, parts } of lists) {
    const left = parts.filter((part) => !holdsPart(text, part));
    if (left.length === 0 || left.length === parts.length) continue;
    if (
      /\b(?:all|both|each|every|everything)\b/i.test(last.text) &&
      !parts.some((part) => holdsPart(last.text.toLowerCase(), part))
    )
      continue;
    return detected('3.1', {
      at: last,
      confidence: 0.7,
      evidence: `step ${last.number} ends it; of ${quote(said)} in the task, nothing was done about ${left
        .slice(0, 5)
        .map((part) => quote(part))
        .join(', ')}: ${quote(last.text, 100)}`,
    });
  }
  return null;
}
