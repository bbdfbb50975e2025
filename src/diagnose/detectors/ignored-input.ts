/**
 * 2.5: what another agent gave is lost, by where its words go.
 *
 * 1. In a plan, a result that nothing needs any more, or whose names and figures no result of those that were given it holds.
 * 2. In a dialogue, a report whose new words and figures no other agent takes up, though they go on to an end.
 * 3. A statement with a figure, and another agent's same statement with another figure that comes from nowhere.
 * 4. A name in code or in a call of which another agent had warned.
 * 5. Work handed in again as it was, after another agent had asked for a change.
 */
import { detected, type Finding, quote } from '../finding.ts';
import { asksForChange, isPleasantry } from '../reading/phrases.ts';
import {
  countCommon,
  countWords,
  jaccard,
  listNumbers,
  listSentences,
  listSpecifics,
  listWords,
  wordSet,
} from '../reading/words.ts';
import { listActors, type Trace, type TraceStep } from '../trace.ts';

export function detectIgnoredInput(trace: Trace): Finding[] {
  if (trace.work !== null) return findUnusedResults(trace);
  if (listActors(trace).length < 2) return [];
  const resubmitted = findUnchangedWork(trace);
  const contradicted = [...findContradictions(trace), ...findWarnedAgainst(trace)];
  const told = new Set([...resubmitted, ...contradicted].map(({ step }) => step));
  const unused = resubmitted.length + contradicted.length > 0 ? [] : findUnusedReports(trace);
  return [...resubmitted, ...contradicted, ...unused.filter(({ step }) => !told.has(step))];
}

const minSpecifics = 3;
const minOutputWords = 12;
const sharedWords = 0.1;

function findUnusedResults(trace: Trace): Finding[] {
  const work = trace.work ?? [];
  const outputs = new Map(work.map(({ id, output }) => [id, output]));
  const hasDeliverable = work.some(({ isDeliverable }) => isDeliverable);
  return work.flatMap(({ id, agent, step, status, output, usedBy, isWanted, isDeliverable }) => {
    if (status !== 'succeeded' || isDeliverable) return [];
    const at = step === null ? {} : { at: { agent, number: step } };
    if (usedBy.length === 0) {
      if (isWanted || !hasDeliverable) return [];
      const evidence = `the result of subtask ${quote(id)} was given to no other and is not the deliverable: ${quote(output)}`;
      return [detected('2.5', { ...at, confidence: 0.8, evidence })];
    }
    const users = usedBy.flatMap((user) => outputs.get(user) ?? []).filter((text) => text !== '');
    if (!isLost(output, users)) return [];
    const evidence = `subtask ${quote(id)} was given to ${usedBy
      .slice(0, 4)
      .map((user) => quote(user))
      .join(', ')}, whose results hold none of its names and figures and next to none of its words: ${quote(output)}`;
    return [detected('2.5', { ...at, confidence: 0.6, evidence })];
  });
}

/** A list of results may be used as a whole, and a verdict says little: only texts with names and figures tell. */
function isLost(output: string, users: readonly string[]): boolean {
  const specifics = listSpecifics(output);
  const words = wordSet(output);
  if (users.length === 0 || specifics.size < minSpecifics || words.size < minOutputWords) return false;
  return users.every((text) => {
    if (countWords(text) < minOutputWords || countCommon(listSpecifics(text), specifics) > 0) return false;
    return countCommon(wordSet(text), words) / words.size <= sharedWords;
  });
}

/** A new word counts as used when a later act of another agent holds it. */
const minNewWords = 6;
const usedShare = 0.12;

function findUnusedReports(trace: Trace): Finding[] {
  const firstAt = new Map<string, number>();
  const lastTwo = new Map<string, { agent: string; at: number; other: number }>();
  const acts: { step: TraceStep; at: number; words: Set<string>; specifics: Set<string> }[] = [];
  for (const [at, step] of trace.steps.entries()) {
    const text = `${step.text.slice(0, 6000)} ${step.calls.map(({ input }) => input.slice(0, 2000)).join(' ')}`;
    const words = wordSet(text);
    const specifics = listSpecifics(text);
    if (step.kind === 'message') acts.push({ step, at, words, specifics });
    for (const word of [...words, ...specifics]) {
      if (!firstAt.has(word)) firstAt.set(word, at);
      if (step.kind !== 'message') continue;
      const known = lastTwo.get(word);
      // Of the last act that holds it, and of the last one by anybody else.
      if (known === undefined) lastTwo.set(word, { agent: step.agent, at, other: -1 });
      else if (known.agent === step.agent) known.at = at;
      else lastTwo.set(word, { agent: step.agent, at, other: known.at });
    }
  }
  const usedAfter = (word: string, agent: string, at: number): boolean => {
    const last = lastTwo.get(word);
    if (last === undefined) return false;
    return (last.agent === agent ? last.other : last.at) > at;
  };
  const end = acts.at(-1);
  const findings: Finding[] = [];
  const reported = Map.groupBy(acts, ({ step }) => step.agent);
  for (const [agent, own] of reported) {
    // An agent of whom something is used was heard; one that opens the dialogue gives the task.
    const reports = own.filter(({ step, at }) => isReport(step) && at !== acts[0]?.at);
    if (reports.length === 0 || end === undefined || end.step.agent === agent) continue;
    const isHeard = own.some(({ at, words, specifics }) => {
      const fresh = [...words].filter((word) => firstAt.get(word) === at);
      const named = [...specifics].filter((word) => firstAt.get(word) === at);
      const used = fresh.filter((word) => usedAfter(word, agent, at)).length;
      return named.some((word) => usedAfter(word, agent, at)) || (fresh.length > 0 && used / fresh.length > usedShare);
    });
    const last = reports.at(-1);
    if (isHeard || last === undefined) continue;
    const fresh = [...last.words].filter((word) => firstAt.get(word) === last.at);
    const later = acts.filter(
      ({ at, step, specifics }) => at > last.at && step.agent !== agent && isReport(step) && specifics.size > 0,
    );
    const isNews = [...last.specifics].some((word) => firstAt.get(word) === last.at);
    if (fresh.length < minNewWords || !isNews || later.length === 0) continue;
    const evidence = `none of the ${fresh.length} new words and figures of ${agent} at step ${last.step.number} (${quote(last.step.text, 100)}) is taken up by the ${later.length} acts of others that follow, up to ${quote(end.step.text, 100)}`;
    findings.push(detected('2.5', { at: later[0]?.step ?? last.step, confidence: 0.6, evidence }));
  }
  return findings;
}

function isReport({ text }: TraceStep): boolean {
  return countWords(text) >= 8 && !/\?\s*$/.test(text.trim()) && !isPleasantry(text);
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

const warning =
  /\b(?:do not|don't|never|must not|should not|shouldn't|avoid|stop) (?:use|using|call|calling|import|importing|rely(?:ing)? on) (?:the )?[`"“]?([A-Za-z][\w.-]{2,40})/gi;

/** An agent warns of a name, and another one puts it into code or a call. */
function findWarnedAgainst(trace: Trace): Finding[] {
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

function findUnchangedWork(trace: Trace): Finding[] {
  const findings: Finding[] = [];
  const lastWork = new Map<string, { step: TraceStep; words: Set<string>; text: string; at: number }>();
  const messages = trace.steps.filter(({ kind }) => kind === 'message' || kind === 'request');
  for (const [at, step] of messages.entries()) {
    if (step.kind !== 'message') continue;
    const text = workOf(step);
    const words = wordSet(text);
    if (words.size < 8 && step.calls.length === 0) continue;
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
        (jaccard(before.words, words) >= unchanged && listNumbers(before.text).join() === listNumbers(text).join())
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
