/** Part of 1.4: values that a person had replaced. */
import { detected, type Finding, quote } from '../finding.ts';
import type { Trace, TraceStep } from '../trace.ts';

const value = String.raw`["“']?([\p{L}\p{N}#$€£][\p{L}\p{N}#$€£.:/_-]*(?: \p{N}[\p{L}\p{N}]*)?)["”']?`;
/** The new value, then the old one; or the other way round. */
const replacements: readonly { pattern: RegExp; newFirst: boolean }[] = [
  {
    pattern: new RegExp(
      String.raw`${value},? (?:instead of|rather than|not|and not|in place of)(?: the| for| on| to| at)? ${value}`,
      'gu',
    ),
    newFirst: true,
  },
  {
    pattern: new RegExp(
      String.raw`(?:change|switch|move|correct|update|replace|swap)\w*(?: it| this| that| the \w+)?(?: from)? ${value} (?:to|with|by|for) ${value}`,
      'giu',
    ),
    newFirst: false,
  },
  {
    pattern: new RegExp(
      String.raw`not(?: the| on| for| to| in| at)? ${value},? but(?: the| on| for| to| in| at)? ${value}`,
      'giu',
    ),
    newFirst: false,
  },
  {
    pattern: new RegExp(
      String.raw`\b(?:use|take|choose|pick|go with|prefer|want) ${value}[^.!?\n]{0,40}?,? (?:not|instead of|rather than) ${value}`,
      'giu',
    ),
    newFirst: true,
  },
];

interface Replaced {
  old: string;
  now: string;
  said: TraceStep;
  /** The agents have taken up the new value, or were corrected. */
  isKnown: boolean;
}

/** Goes on with a value that a person had replaced: "Friday, not Thursday", and then a call with Thursday. */
export function findOldValues(trace: Trace): Finding[] {
  const findings: Finding[] = [];
  const first = trace.steps.find(({ kind }) => kind === 'request');
  let replaced: Replaced[] = [];
  for (const step of trace.steps) {
    if (step.kind === 'request') {
      const now = listReplacements(step, step === first);
      replaced = [...replaced.filter(({ old }) => !now.some((later) => later.now === old)), ...now].slice(-20);
    }
    if (step.kind !== 'message' || replaced.length === 0) continue;
    for (const one of replaced) {
      if (holds(step.text, one.now)) one.isKnown = true;
      const call = step.calls.find(({ input }) => holds(input, one.old) && !holds(input, one.now));
      if (call === undefined || !one.isKnown || holds(step.text, one.now)) continue;
      const evidence = `step ${step.number}: ${step.agent} calls ${call.tool} with ${quote(call.input, 100)}, though ${quote(one.old, 30)} was replaced by ${quote(one.now, 30)} at step ${one.said.number}: ${quote(one.said.text, 100)}`;
      findings.push(detected('1.4', { at: step, confidence: 0.7, evidence }));
      replaced = replaced.filter(({ old }) => old !== one.old);
      break;
    }
  }
  return findings;
}

/** @param isTask What the task says from the beginning can be forgotten only once it was taken up. */
function listReplacements(step: TraceStep, isTask: boolean): Replaced[] {
  const found: Replaced[] = [];
  for (const { pattern, newFirst } of replacements) {
    for (const [, first = '', second = ''] of step.text.slice(0, 4000).matchAll(pattern)) {
      const now = trimEnd(newFirst ? first : second);
      const old = trimEnd(newFirst ? second : first);
      if (isValue(now) && isValue(old) && now !== old) found.push({ old, now, said: step, isKnown: !isTask });
    }
  }
  return found;
}

function trimEnd(text: string): string {
  return text.replace(/[.,:]+$/, '');
}

/** A name, a number or an id, not a common word. */
function isValue(text: string): boolean {
  return text.length > 1 && (/\p{N}/u.test(text) || /^\p{Lu}\p{L}{2,}/u.test(text) || /[#_]/.test(text));
}

function holds(text: string, wanted: string): boolean {
  const at = text.toLowerCase().indexOf(wanted.toLowerCase());
  if (at < 0) return false;
  const around = `${text[at - 1] ?? ' '}${text[at + wanted.length] ?? ' '}`;
  return !/[\p{L}\p{N}]/u.test(around);
}
