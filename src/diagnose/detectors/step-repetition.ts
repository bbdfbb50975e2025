/**
 * 1.3: an agent does again what it has done, and nothing new has come in between.
 *
 * 1. An act is a repetition when the same act with the same outcome stands before it, and nothing new lies between: for a call, and for
 *    a long text, no new call; for a short text, no new act; for all, no request. Tests after an edit, reading after a change, and the
 *    same question after an answer are none.
 * 2. A call whose result changes at last was waiting for that; nothing done until then is a repetition.
 * 3. One repetition is no finding: two of the same act are, or two acts in a row that were both done before, when no call that may
 *    change something lies between.
 * 4. What only reads may be read again once a person has spoken; three times the same, with nothing changed in between, is one.
 * 5. A dialogue that begins anew is 2.1, not this: see conversation-reset.ts.
 */
import { detected, type Finding, nameSteps, quote } from '../finding.ts';
import { type Act, listActs } from '../reading/acts.ts';
import { countWords } from '../reading/words.ts';
import type { Trace } from '../trace.ts';
import { findRestarts } from './conversation-reset.ts';

const certain = 0.9;
const likely = 0.75;

export function detectStepRepetition(trace: Trace): Finding[] {
  const acts = listActs(trace);
  const { strict, again } = findRepetitions(trace, acts);
  const byKey = Map.groupBy(strict, ({ outcome }) => outcome);
  const findings: Finding[] = [];
  const told = new Set<Act>();
  const firstOf = new Map<string, Act>();
  for (const act of acts) if (!firstOf.has(act.outcome)) firstOf.set(act.outcome, act);
  for (const group of byKey.values()) {
    const [first] = group;
    if (first === undefined || group.length < 2) continue;
    for (const act of group) told.add(act);
    const before = firstOf.get(first.outcome) ?? first;
    const steps = [before, ...group].map(({ step }) => step.number);
    const said = `${first.step.agent} ${describe(first)} at ${nameSteps(steps)}, with the same outcome and nothing new in between`;
    findings.push(detected('1.3', { at: first.step, confidence: group.length > 2 ? certain : likely + 0.05, evidence: said }));
  }
  for (const row of listRows(acts, again)) {
    if (row.some((act) => told.has(act))) continue;
    const [first] = row;
    if (first === undefined) continue;
    const said = `${nameSteps(row.map(({ step }) => step.number))} do again what was done before: ${row
      .slice(0, 3)
      .map((act) => `${act.step.agent} ${describe(act)}`)
      .join('; ')}`;
    findings.push(detected('1.3', { at: first.step, confidence: likely, evidence: said }));
  }
  return findings;
}

function describe({ call, step }: Act): string {
  return call === null ? `said ${quote(step.text, 100)}` : `called ${call.tool} with ${quote(call.input, 100)}`;
}

interface Repetitions {
  /** Nothing new lies between them and the same act before. */
  strict: Act[];
  /** Done before, and since then nothing that may have changed their outcome: what rows are made of. */
  again: Set<Act>;
}

const readingTool =
  /^(?:get|list|find|read|view|show|look\w*|check|fetch|search|open|browse|describe|query|select|count|grep|cat|ls|visit|scroll|retrieve|inspect|status)/i;

/** A person who wants to know how it stands now. */
const asksToLook = /\b(?:again|re-?check|now|still|status|updated?|refresh|latest|once more|check|look|see)\b/i;

function findRepetitions(trace: Trace, acts: readonly Act[]): Repetitions {
  const restarted = new Set(findRestarts(trace, acts).flatMap(({ again }) => again));
  const waiting = markWaiting(acts);
  const lastOf = new Map<string, number>();
  const requests = trace.steps.flatMap(({ kind }, at) => (kind === 'request' ? [at] : []));
  const last = { newCall: -1, newAct: -1, change: -1, changingCall: -1 };
  const reread: Act[] = [];
  let request = 0;
  const strict: Act[] = [];
  const again = new Set<Act>();
  for (const [place, act] of acts.entries()) {
    while ((requests[request] ?? Number.POSITIVE_INFINITY) < act.at) {
      // A person spoke: what follows answers that.
      Object.assign(last, { newCall: place - 0.5, newAct: place - 0.5, change: place - 0.5 });
      if (asksToLook.test(trace.steps[requests[request] ?? 0]?.text ?? '')) last.changingCall = place - 0.5;
      request += 1;
    }
    const before = lastOf.get(act.outcome);
    lastOf.set(act.outcome, place);
    if (before === undefined) {
      last.newAct = place;
      if (act.call !== null) {
        last.newCall = place;
        if (!readingTool.test(act.call.tool)) Object.assign(last, { change: place, changingCall: place });
      }
      continue;
    }
    if (waiting[place] || restarted.has(act)) continue;
    // Talk changes nothing that a call would see; a long text word for word again says nothing, whatever was said in between.
    const news = act.kind === 'call' || isLong(act) ? last.newCall : last.newAct;
    if (before >= news) strict.push(act);
    else if (act.call !== null && readingTool.test(act.call.tool) && before >= last.changingCall) reread.push(act);
    if (before >= (act.kind === 'call' ? last.change : news)) again.add(act);
  }
  const known = Map.groupBy([...strict, ...reread], ({ outcome }) => outcome);
  for (const act of reread) if ((known.get(act.outcome)?.length ?? 0) >= 2) strict.push(act);
  return { strict: strict.toSorted((a, b) => a.at - b.at), again };
}

const longWords = 12;

function isLong({ step }: Act): boolean {
  return countWords(step.text.slice(0, 1000)) >= longWords;
}

/** Places of acts up to the result that a repeated call was waiting for. */
function markWaiting(acts: readonly Act[]): boolean[] {
  const opened = new Map<string, { from: number; outcome: string; changed: number }>();
  for (const [place, { kind, key, outcome }] of acts.entries()) {
    if (kind !== 'call') continue;
    const known = opened.get(key);
    if (known === undefined) opened.set(key, { from: place, outcome, changed: -1 });
    else if (known.outcome !== outcome) {
      known.changed = place;
      known.outcome = outcome;
    }
  }
  const edges = new Array<number>(acts.length + 1).fill(0);
  for (const { from, changed } of opened.values()) {
    if (changed < 0) continue;
    edges[from] = (edges[from] ?? 0) + 1;
    edges[changed + 1] = (edges[changed + 1] ?? 0) - 1;
  }
  let depth = 0;
  return acts.map((_, place) => {
    depth += edges[place] ?? 0;
    return depth > 0;
  });
}

/** Two and more repetitions in a row, of different acts. */
function listRows(acts: readonly Act[], again: ReadonlySet<Act>): Act[][] {
  const rows: Act[][] = [];
  let row: Act[] = [];
  for (const act of acts) {
    if (again.has(act)) row.push(act);
    else {
      if (row.length >= 2) rows.push(row);
      row = [];
    }
  }
  if (row.length >= 2) rows.push(row);
  return rows;
}
