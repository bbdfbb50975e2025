/**
 * 1.3: an agent does again what it has done, and nothing new has come in between.
 *
 * 1. An act is a repetition when the same act with the same outcome stands before it, and nothing new lies between: for a call, and for
 *    a long text, no new call; for a short text, no new act; for all, no request. Tests after an edit, reading after a change, and the
 *    same question after an answer are none.
 * 2. A call whose result changes at last was waiting for that; nothing done until then is a repetition.
 * 3. One repetition is no finding: two of the same act are, or two acts in a row that were both done before.
 * 4. A dialogue that begins anew is 2.1, not this: see conversation-reset.ts.
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
  const repeated = findRepetitions(trace, acts);
  const byKey = Map.groupBy(repeated, ({ outcome }) => outcome);
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
  for (const row of listRows(acts, repeated)) {
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

function findRepetitions(trace: Trace, acts: readonly Act[]): Act[] {
  const restarted = new Set(findRestarts(trace, acts).flatMap(({ again }) => again));
  const waiting = markWaiting(acts);
  const lastOf = new Map<string, { place: number; times: number }>();
  const requests = trace.steps.flatMap(({ kind }, at) => (kind === 'request' ? [at] : []));
  const lastNew = { call: -1, any: -1 };
  let request = 0;
  const repeated: Act[] = [];
  for (const [place, act] of acts.entries()) {
    while ((requests[request] ?? Number.POSITIVE_INFINITY) < act.at) {
      // A person spoke: what follows answers that.
      lastNew.call = place - 0.5;
      lastNew.any = place - 0.5;
      request += 1;
    }
    const before = lastOf.get(act.outcome);
    lastOf.set(act.outcome, { place, times: (before?.times ?? 0) + 1 });
    if (before === undefined) {
      lastNew.any = place;
      if (act.kind === 'call') lastNew.call = place;
      continue;
    }
    // Talk changes nothing that a call would see; a long text word for word again says nothing, whatever was said in between.
    const news = act.kind === 'call' || isLong(act) ? lastNew.call : lastNew.any;
    if (before.place >= news && !waiting[place] && !restarted.has(act)) repeated.push(act);
  }
  return repeated;
}

const longWords = 25;

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
function listRows(acts: readonly Act[], repeated: readonly Act[]): Act[][] {
  const isRepeated = new Set(repeated);
  const rows: Act[][] = [];
  let row: Act[] = [];
  for (const act of acts) {
    if (isRepeated.has(act)) row.push(act);
    else {
      if (row.length >= 2) rows.push(row);
      row = [];
    }
  }
  if (row.length >= 2) rows.push(row);
  return rows;
}
