/** Part of 2.5: an objection or a corrected value, and what is released or stated as if nobody had said it. */
import { detected, type Finding, quote } from '../finding.ts';
import { asksForChange, complainsOfNeglect } from '../reading/phrases.ts';
import { isReleasingTool, isWritingTool } from '../reading/tool-names.ts';
import { countWords, listNumbers } from '../reading/words.ts';
import type { Trace, TraceStep } from '../trace.ts';

/** A longer answer may be the change that was asked for. */
const fewWords = 8;

/** Another agent asks for a change, and what it was asked of is released without one. */
export function findReleasedUnchanged(trace: Trace): Finding[] {
  const findings: Finding[] = [];
  const objections = new Map<string, TraceStep>();
  let worker: string | null = null;
  for (const step of trace.steps) {
    if (step.kind === 'request') objections.clear();
    if (step.kind !== 'message') continue;
    const release = step.calls.find(({ tool }) => isReleasingTool(tool));
    const objection = objections.get(step.agent);
    if (release !== undefined && objection !== undefined) {
      const evidence = `step ${step.number}: ${step.agent} calls ${release.tool}, with nothing changed since ${objection.agent} asked for a change at step ${objection.number}: ${quote(objection.text)}`;
      findings.push(detected('2.5', { at: step, confidence: 0.75, evidence }));
    }
    if (release === undefined && (step.calls.some(({ tool }) => isWritingTool(tool)) || isAnswer(step)))
      objections.delete(step.agent);
    if (worker !== null && worker !== step.agent && step.calls.length === 0 && countWords(step.text) <= 80 && objects(step.text))
      objections.set(worker, step);
    else if (step.calls.length > 0 || countWords(step.text) > fewWords) worker = step.agent;
  }
  return findings;
}

function isAnswer({ text, calls }: TraceStep): boolean {
  return calls.length === 0 && countWords(text) > fewWords;
}

/** More than a remark: says that it must not stay as it is. */
function objects(text: string): boolean {
  return (
    asksForChange(text) &&
    /\b(?:do not|don't|please|must|correction|wrong|incorrect|bug|fix|fails?|injection|unsafe|vulnerab\w*|should)\b|\bis NOT\b/i.test(
      text,
    )
  );
}

/** An agent advised or asked, another one went on, and the first complains that it was not heeded. */
export function findNeglected(trace: Trace): Finding[] {
  const spoken = trace.steps.filter(({ kind }) => kind === 'message');
  const findings: Finding[] = [];
  const told = new Set<string>();
  for (const [at, step] of spoken.entries()) {
    if (step.calls.length > 0 || told.has(step.agent) || !complainsOfNeglect(step.text)) continue;
    const between = spoken.slice(Math.max(0, at - 6), at);
    const before = between.findLastIndex(({ agent, calls }) => agent === step.agent && calls.length === 0);
    const done = between.slice(before + 1).findLast(({ agent }) => agent !== step.agent);
    if (before < 0 || done === undefined) continue;
    told.add(step.agent);
    const evidence = `step ${done.number}: ${done.agent} goes on, after ${step.agent} spoke at step ${between[before]?.number}; ${step.agent} complains at step ${step.number}: ${quote(step.text)}`;
    findings.push(detected('2.5', { at: done, confidence: 0.7, evidence }));
  }
  return findings;
}

const figure = String.raw`(?<![\d.,])[$€£]?(\d[\d,]{0,14}(?:\.\d{1,9})?)`;
/** The right figure, then the wrong one; or the other way round. */
const corrections = [
  {
    pattern: new RegExp(String.raw`${figure}(?: \p{L}{1,20})?,? (?:not|instead of|rather than) (?:the )?${figure}`, 'giu'),
    rightFirst: true,
  },
  {
    pattern: new RegExp(
      String.raw`${figure}(?: \p{L}+)? is (?:wrong|incorrect|not right|false|outdated)[^.!?\n]{0,30}?(?:\bis|should be|be|:) ${figure}`,
      'giu',
    ),
    rightFirst: false,
  },
] as const;

/** "Use 97, not 118", and another agent calls or concludes with 118 and without 97. */
export function findCorrectedFigures(trace: Trace): Finding[] {
  const findings: Finding[] = [];
  const known = new Map<string, { right: string; by: TraceStep }>();
  for (const step of trace.steps) {
    if (step.kind !== 'message') continue;
    const numbers = new Set(
      listNumbers(`${step.text.slice(0, 6000)} ${step.calls.map(({ input }) => input.slice(0, 2000)).join(' ')}`),
    );
    for (const [wrong, { right, by }] of known) {
      if (by.agent === step.agent || !numbers.has(wrong) || numbers.has(right) || /\?\s*$/.test(step.text)) continue;
      if (/\b(?:not|wrong|incorrect|instead|correct(?:ed|ion)|sorry|retract\w*)\b/i.test(step.text)) continue;
      known.delete(wrong);
      const evidence = `step ${step.number}: ${step.agent} goes on with ${wrong}, which ${by.agent} had corrected to ${right} at step ${by.number}: ${quote(by.text)}`;
      findings.push(detected('2.5', { at: step, confidence: 0.75, evidence }));
    }
    for (const { pattern, rightFirst } of corrections) {
      for (const [, first = '', second = ''] of step.text.slice(0, 4000).matchAll(pattern)) {
        const [right, wrong] = (rightFirst ? [first, second] : [second, first]).map((one) => listNumbers(one)[0]);
        if (right === undefined || wrong === undefined || right === wrong || wrong.length < 2 || known.size >= 50) continue;
        known.set(wrong, { right, by: step });
      }
    }
  }
  return findings;
}
