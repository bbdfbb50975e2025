/** Part of 2.5: what another agent asked for or warned of, and what was done all the same. */
import { detected, type Finding, quote } from '../finding.ts';
import { asksForChange } from '../reading/phrases.ts';
import { countWords, jaccard, listNumbers, wordSet } from '../reading/words.ts';
import type { Trace, TraceStep } from '../trace.ts';

const warning =
  /\b(?:do not|don't|never|must not|should not|shouldn't|avoid|stop) (?:use|using|call|calling|import|importing|rely(?:ing)? on) (?:the )?[`"“]?([A-Za-z][\w.-]{2,40})/gi;

/** An agent warns of a name, and another one puts it into code or a call. */
export function findWarnedAgainst(trace: Trace): Finding[] {
  const findings: Finding[] = [];
  const warned = new Map<string, TraceStep>();
  for (const step of trace.steps) {
    if (step.kind !== 'message') continue;
    const code = [
      ...step.calls.map(({ tool, input }) => `${tool} ${input}`),
      ...(step.text.match(/```[^\n]*\n[\s\S]*?```/g) ?? []),
    ].join('\n');
    for (const [name, by] of code === '' ? [] : warned) {
      if (by.agent === step.agent || !holdsWord(code, name)) continue;
      warned.delete(name);
      findings.push(
        detected('2.5', {
          at: step,
          confidence: 0.75,
          evidence: `step ${step.number}: ${step.agent} uses ${quote(name)}, of which ${by.agent} had warned at step ${by.number}: ${quote(by.text)}`,
        }),
      );
    }
    for (const [, name = ''] of step.text.slice(0, 4000).matchAll(warning)) {
      if (
        warned.size < 50 &&
        !/^(?:the|any|this|that|these|those|more|only|too|it|them|other|external|such|your|our|words?|code|tools?)$/i.test(name)
      )
        warned.set(name.replace(/[.-]+$/, '').toLowerCase(), step);
    }
  }
  return findings;
}

function holdsWord(text: string, name: string): boolean {
  const lower = text.toLowerCase();
  for (let at = lower.indexOf(name); at >= 0; at = lower.indexOf(name, at + 1)) {
    if (!/[a-z0-9_]/.test(`${lower[at - 1] ?? ' '}${lower[at + name.length] ?? ' '}`)) return true;
  }
  return false;
}

const unchanged = 0.93;

export function findUnchangedWork(trace: Trace): Finding[] {
  const findings: Finding[] = [];
  const lastWork = new Map<string, { step: TraceStep; words: Set<string>; text: string; at: number }>();
  const messages = trace.steps.filter(({ kind }) => kind === 'message' || kind === 'request');
  for (const [at, step] of messages.entries()) {
    if (step.kind !== 'message') continue;
    const text = workOf(step);
    const words = wordSet(text);
    if (words.size < 4 && step.calls.length === 0) continue;
    const before = lastWork.get(step.agent);
    lastWork.set(step.agent, { step, words, text, at });
    if (before === undefined) continue;
    const between = messages.slice(before.at + 1, Math.min(at, before.at + 8));
    const told = messages.slice(Math.max(0, before.at - 4), before.at);
    const asked = between.find(
      (one) =>
        one.agent !== step.agent &&
        one.kind === 'message' &&
        one.calls.length === 0 &&
        isFeedback(one.text) &&
        !isSaid(one, told),
    );
    if (
      asked === undefined ||
      !(
        before.text === text ||
        (words.size >= 8 &&
          jaccard(before.words, words) >= unchanged &&
          listNumbers(before.text).join() === listNumbers(text).join())
      )
    )
      continue;
    const evidence = `step ${step.number}: ${step.agent} hands in what it had at step ${before.step.number}, unchanged, after ${asked.agent} asked at step ${asked.number}: ${quote(asked.text)}`;
    findings.push(detected('2.5', { at: step, confidence: 0.8, evidence }));
  }
  return findings;
}

/** What was asked before the work is an instruction, and asking for it again no answer to it. */
function isSaid({ text }: TraceStep, before: readonly TraceStep[]): boolean {
  const words = wordSet(text);
  return before.some((one) => jaccard(wordSet(one.text), words) >= 0.8);
}

/** A few words that ask for a change; a long text or a record is about more. */
function isFeedback(text: string): boolean {
  const words = countWords(text);
  return words >= 4 && words <= 160 && !/^[\s\S]{0,40}\{/.test(text) && asksForChange(text);
}

/** The code of a message with code, the calls of one with calls, else its text. */
function workOf({ text, calls }: TraceStep): string {
  if (calls.length > 0) return calls.map(({ tool, input }) => `${tool} ${input}`).join('\n');
  const code = text.match(/```[^\n]*\n([\s\S]*?)```/g);
  return code === null ? text : code.join('\n');
}
