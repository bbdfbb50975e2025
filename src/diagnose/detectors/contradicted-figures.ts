/** Part of 2.5: a figure that one agent reports, and another one's figure for the same that comes from nowhere. */
import { detected, type Finding, quote } from '../finding.ts';
import { countCommon, jaccard, listNumbers, listSentences, listWords } from '../reading/words.ts';
import type { Trace, TraceStep } from '../trace.ts';

export function findContradictedFigures(trace: Trace): Finding[] {
  return [...findContradictions(trace), ...findOtherQuantities(trace)];
}

interface Statement {
  step: TraceStep;
  sentence: string;
  words: Set<string>;
  number: string;
  isPercent: boolean;
}

const comparedStatements = 6;

function findContradictions(trace: Trace): Finding[] {
  const byWord = new Map<string, Statement[]>();
  const seenNumbers = new Map<string, Set<string>>();
  const findings: Finding[] = [];
  const inTask = new Set(listNumbers(trace.task));
  for (const step of trace.steps) {
    const numbers = new Set(listNumbers(`${step.text} ${step.calls.map(({ input }) => input).join(' ')}`));
    if (step.kind === 'message') {
      for (const statement of listStatements(step, inTask)) {
        const against = findContradicted(byWord, statement);
        const isOwnWork = (seenNumbers.get(statement.number)?.size ?? 0) > 0;
        if (against !== undefined && !isOwnWork && !numbers.has(against.number)) {
          const evidence = `step ${step.number}: ${step.agent} says ${quote(statement.sentence, 100)}; ${against.step.agent} had said ${quote(against.sentence, 100)} at step ${against.step.number}, and ${statement.number} comes from nowhere`;
          findings.push(detected('2.5', { at: step, confidence: 0.7, evidence }));
          break;
        }
      }
      for (const statement of listStatements(step, inTask)) {
        for (const word of statement.words) byWord.set(word, [...(byWord.get(word) ?? []), statement].slice(-comparedStatements));
      }
    }
    for (const number of numbers) {
      const known = seenNumbers.get(number);
      if (known === undefined) seenNumbers.set(number, new Set([step.agent]));
      else if (known.size < 3) known.add(step.agent);
    }
  }
  return findings;
}

function findContradicted(byWord: ReadonlyMap<string, Statement[]>, statement: Statement): Statement | undefined {
  const { step, words, number, isPercent } = statement;
  for (const word of words) {
    for (const other of byWord.get(word) ?? []) {
      if (other.step.agent === step.agent || other.number === number || other.isPercent !== isPercent) continue;
      const common = countCommon(other.words, words);
      const isSubset = common === Math.min(other.words.size, words.size) && (common >= 3 || isAlike(other.number, number));
      if (common >= 2 && (jaccard(other.words, words) >= 0.6 || isSubset) && haveSameLabels(other, statement)) return other;
    }
  }
  return undefined;
}

/** Two large figures of one order of magnitude, which can be the same thing told twice. */
function isAlike(a: string, b: string): boolean {
  const [first, second] = [Number(a), Number(b)];
  return Math.min(first, second) >= 100 && Math.max(first, second) / Math.min(first, second) < 10;
}

/** `Q1` and `Q2`, `2023` and `2024`, `Berlin` and `Paris` are different subjects. */
function haveSameLabels(a: Statement, b: Statement): boolean {
  const labels = ({ sentence }: Statement) =>
    new Set(
      sentence
        .match(/\b(?:[A-Za-z]+\d+\w*|\p{Lu}[\p{L}]+)\b/gu)
        ?.slice(1)
        .map((label) => label.toLowerCase()) ?? [],
    );
  const [first, second] = [labels(a), labels(b)];
  const differ =
    [...first].some((label) => !b.sentence.toLowerCase().includes(label)) &&
    [...second].some((label) => !a.sentence.toLowerCase().includes(label));
  return !differ;
}

/** Sentences with one figure that the task does not give. */
function listStatements(step: TraceStep, inTask: ReadonlySet<string>): Statement[] {
  const statements: Statement[] = [];
  for (const sentence of listSentences(step.text.slice(0, 6000)).slice(0, 60)) {
    if (
      /\?\s*$|\b(?:if|assume|suppose|would|could|maybe|about how|not|e\.g|for example|such as)\b/i.test(sentence) ||
      sentence.length > 300
    )
      continue;
    const numbers = [...new Set(listNumbers(sentence))].filter((one) => !inTask.has(one));
    const [number] = numbers;
    if (numbers.length !== 1 || number === undefined || /^\d[.):]/.test(sentence)) continue;
    const words = new Set(listWords(sentence).filter((word) => !/\p{N}/u.test(word)));
    if (words.size < 2 || words.size > 20) continue;
    statements.push({ step, sentence, words, number, isPercent: sentence.includes('%') || /\bpercent\b/i.test(sentence) });
  }
  return statements;
}

const quantity = /(?<![\w.])(\d[\d,]*(?:\.\d+)?) (\p{Ll}{3,20}) of (\p{Ll}{3,20})/gu;

/** "340 hours of development", and then "200 hours of development" by another agent who has it from nowhere. */
function findOtherQuantities(trace: Trace): Finding[] {
  const told = new Map<string, { number: string; said: string; step: TraceStep }>();
  const seen = new Set(listNumbers(trace.task));
  const findings: Finding[] = [];
  for (const step of trace.steps) {
    const text = step.text.slice(0, 6000);
    const numbers = listNumbers(`${text} ${step.calls.map(({ input }) => input.slice(0, 2000)).join(' ')}`);
    const counts = Map.groupBy(text.matchAll(quantity), ([, , unit, of]) => `${unit} ${of}`);
    for (const [key, found] of step.kind === 'message' ? counts : []) {
      const [first] = found;
      const number = first?.[1]?.replaceAll(',', '') ?? '';
      const before = told.get(key);
      if (found.length !== 1 || first === undefined) told.delete(key);
      else if (before === undefined) told.set(key, { number, said: first[0], step });
      else if (
        before.step.agent !== step.agent &&
        before.number !== number &&
        !seen.has(number) &&
        !numbers.includes(before.number)
      ) {
        const evidence = `step ${step.number}: ${step.agent} says ${quote(first[0])}; ${before.step.agent} had said ${quote(before.said)} at step ${before.step.number}, and ${number} comes from nowhere`;
        findings.push(detected('2.5', { at: step, confidence: 0.65, evidence }));
        told.delete(key);
      }
    }
    for (const number of numbers) seen.add(number);
  }
  return findings;
}
