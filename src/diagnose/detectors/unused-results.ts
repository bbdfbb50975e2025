/** Part of 2.5: results that nobody uses, by exact data flow in a plan, by the words that go on in a dialogue. */
import { detected, type Finding, quote } from '../finding.ts';
import { isPleasantry } from '../reading/phrases.ts';
import { countCommon, countWords, listSpecifics, wordSet } from '../reading/words.ts';
import type { Trace, TraceStep } from '../trace.ts';

const minSpecifics = 3;
const minOutputWords = 12;
const sharedWords = 0.1;

export function findUnusedResults(trace: Trace): Finding[] {
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

export function findUnusedReports(trace: Trace): Finding[] {
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
    // Words beside a call are for that call.
    const reports = own.filter(({ step, at }) => isReport(step) && step.calls.length === 0 && at !== acts[0]?.at);
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
