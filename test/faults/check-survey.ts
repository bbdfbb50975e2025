/** What must hold of a disturbed run of the scenario, seen from outside: by the provider's own count and by what the tools did. */
import { answerRun, type CallRecord, MemoryStore, type RunResult, resumeRun, runTask, type Store } from 'planwright';
import { expect } from 'vitest';
import { type CountedModel, countEach, startCountedModel } from './counted-model.ts';
import { readActs, runId, surveyBudget, surveyCalls, surveySubtasks, surveyTeam, surveyTools, task } from './scenario.ts';

export interface Reference {
  deliverable: string;
  /** Names of all calls; each is made once. */
  calls: Set<string>;
  /** `tool at`; each is done once. */
  acts: Set<string>;
}

/** The undisturbed run, within the same budget. */
export async function makeReference(actsFile: string): Promise<Reference> {
  await using model = await startCountedModel();
  const store = new MemoryStore();
  const tools = surveyTools(actsFile);
  const team = surveyTeam(surveyBudget);
  let result = await runTask({ task, team, tools, strategy: 'team', runId, model: model.spec, store });
  while (result.status === 'waiting') {
    await answerAll(store);
    result = await resumeRun({ runId, store, tools });
  }
  expect(result).toMatchObject({ status: 'succeeded', ledger: { calls: surveyCalls } });
  expect(countSubtasks(result.subtasks)).toBe(surveySubtasks);
  const counts = model.counts();
  expect([...counts].filter(([, count]) => count !== 1)).toEqual([]);
  const acts = namesOfActs(actsFile);
  expect(new Set(acts).size).toBe(acts.length);
  const finished = await listFinished(store);
  expect(finished).toEqual(new Set([...counts.keys(), ...acts]));
  return { deliverable: result.deliverable as string, calls: new Set(counts.keys()), acts: new Set(acts) };
}

function countSubtasks(subtasks: RunResult['subtasks']): number {
  return subtasks.reduce((sum, { subtasks: below = [] }) => sum + 1 + countSubtasks(below), 0);
}

export async function answerAll(store: Store): Promise<void> {
  await answerRun(store, runId, { type: 'approve', by: 'the harness' });
}

export function namesOfActs(actsFile: string): string[] {
  return readActs(actsFile).map(({ tool, at }) => `${tool} ${at}`);
}

/** Names of the calls and acts whose results are in the journal. */
export async function listFinished(store: Store): Promise<Set<string>> {
  const calls = await store.listCalls(runId);
  return new Set(calls.filter(({ outcome }) => outcome === 'succeeded').map(nameRecord));
}

/** As `nameCall` names the request, and the harness the act. */
function nameRecord({ key, kind, name, purpose, role, runId: ofRun, subtaskId, attempt }: CallRecord): string {
  if (kind === 'tool') return `${name} ${subtaskId}`;
  if (purpose === 'plan' || purpose === 'replan') {
    const about = ofRun === runId ? 'top' : ofRun.split('.').at(-2);
    return `${purpose === 'plan' ? 'plan' : 'revision'} ${about}`;
  }
  const step = Number(key.split('/').at(-1)) - 1;
  return `${role} ${subtaskId} ${step}${attempt > 1 ? ' again' : ''}`;
}

/** How far a run had come at a moment: taken when something was done to it. */
export interface Moment {
  finished: Set<string>;
  requests: number;
  acts: number;
}

export async function takeMoment(store: Store, { model, actsFile }: Pick<Ended, 'model' | 'actsFile'>): Promise<Moment> {
  // In this order: a call that ends meanwhile is counted as in flight rather than as finished.
  const finished = await listFinished(store);
  return { finished, requests: model.server.requests.length, acts: readActs(actsFile).length };
}

export interface Ended {
  model: CountedModel;
  actsFile: string;
  store: Store;
  moments: readonly Moment[];
  /** Calls that were told to stop are in the ledger too. Default 0. */
  stoppedCalls?: number;
  /**
   * Calls that a worker may have been about to make when it was frozen or cut off, and makes when it goes on, although somebody
   * else has made them meanwhile: at each moment. Default 0, as for one that is dead.
   */
  inHand?: number;
  /** For messages. */
  about: string;
}

/** Nothing is lost, nothing that had ended is done again, and the budget holds, by the provider's count. */
export async function checkSurvey(reference: Reference, ended: Ended): Promise<void> {
  const { model, store, moments, about, stoppedCalls = 0 } = ended;
  const counts = model.counts();
  expect(new Set(counts.keys()), `${about}: calls by name`).toEqual(reference.calls);
  expect(
    [...(await listFinished(store))].filter((name) => reference.calls.has(name)),
    `${about}: calls in the journal`,
  ).toHaveLength(reference.calls.size);
  checkRepeats(reference, ended);
  const requests = model.server.requests.length;
  const repeated = requests - counts.size;
  const inFlight = moments.reduce((sum, moment) => sum + inFlightAt(moment, reference.calls, moment.requests), 0);
  expect(repeated, `${about}: calls made again`).toBeLessThanOrEqual(inFlight + stoppedCalls);
  const ledger = await store.sumCalls(runId);
  expect(ledger.calls, `${about}: calls in the ledger`).toBeLessThanOrEqual(surveyBudget.calls + stoppedCalls);
  expect(ledger.tokens, `${about}: tokens in the ledger`).toBeLessThanOrEqual(surveyBudget.tokens);
  expect(requests, `${about}: calls by the provider's count`).toBeLessThanOrEqual(surveyBudget.calls + repeated);
  expect(model.tokens(), `${about}: tokens by the provider's count`).toBeLessThanOrEqual(
    surveyBudget.tokens + repeated * largestCall,
  );
}

/** Tokens of the plan that is asked for again with what is known of it. */
const largestCall = 2_000;

/** Of the calls made so far, those whose results were not in the journal. */
function inFlightAt({ finished }: Moment, names: Set<string>, made: number): number {
  return made - [...finished].filter((name) => names.has(name)).length;
}

/** What was in the journal at one of the moments is not asked for or done after it. */
export function checkRepeats(reference: Reference, { model, actsFile, moments, about, inHand = 0 }: Ended): void {
  const acts = namesOfActs(actsFile);
  for (const [index, { finished, requests, acts: done }] of moments.entries()) {
    const later = new Set([...model.namesFrom(requests), ...acts.slice(done)]);
    const again = [...finished].filter((name) => later.has(name));
    expect(
      again.length,
      `${about}: finished at moment ${index + 1} and done again after it: ${again.join()}`,
    ).toBeLessThanOrEqual(inHand);
  }
  const counts = countEach(acts);
  expect(new Set(counts.keys()), `${about}: what the tools did`).toEqual(reference.acts);
  expectOnceAtMost(actsFile, about);
}

/** @param calls Of the tool that acts once, each of which may act once. */
export function expectOnceAtMost(actsFile: string, about: string, calls = 1): void {
  const published = namesOfActs(actsFile).filter((name) => name.startsWith('publish'));
  expect(published.length, `${about}: acts that are done once at most`).toBeLessThanOrEqual(calls);
}
