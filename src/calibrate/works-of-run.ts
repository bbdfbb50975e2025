/** Works from a run of one's own: what its checks accepted counts as good, and a known defect in it as bad. */
import { seededRandom } from '../clock.ts';
import { deriveSeed } from '../compare/draw-order.ts';
import { readSetup } from '../engine/run-setup.ts';
import type { Store } from '../engine/store.ts';
import { PlanwrightError } from '../errors.ts';
import type { StoredValue } from '../events.ts';
import { loadRun } from '../measure/load-run.ts';
import type { RunView } from '../measure/run-view.ts';
import type { CodeCheck } from '../plan/plan.ts';
import type { Team } from '../team/team.ts';
import { checkCode } from '../verify/code-check.ts';
import { textOf } from '../verify/verifier.ts';
import type { KnownWork } from './calibration-case.ts';
import { type DefectKind, seedDefects } from './seed-defects.ts';

export interface WorksOfRunOptions {
  /** Which places are changed. Default 1. */
  seed?: number;
  /** Mutants of each kind for a result. Default 1. */
  perKind?: number;
  /** Default: all that a result has places for. */
  kinds?: readonly DefectKind[];
}

export interface WorksOfRun {
  works: KnownWork[];
  /** The run's own: its critic is calibrated in its own surroundings. */
  team: Team;
  /** Spec of the model for roles that name none. */
  model: string;
  files?: string;
}

/**
 * Results that passed their checks, each followed by its mutants; results that have no place for a defect, prose
 * without citations for one, are left out, as are mutants that the result's own tests let pass. The run may still be under way. Sub-teams count by what they handed over.
 * @throws {PlanwrightError} `run-unknown`; `usage` when nothing can be used, and for the run of a sub-team.
 */
export async function worksOfRun(store: Store, runId: string, options: WorksOfRunOptions = {}): Promise<WorksOfRun> {
  const { seed = 1, perKind = 1, kinds } = options;
  const view = await loadRun(store, runId);
  const record = await store.getRun(runId);
  const { team, model, filesRoot } = readSetup(record?.setup ?? null);
  const works: KnownWork[] = [];
  const accepted = listAccepted(view);
  const seen = new Set<string>();
  for (const { id, instruction, output, tests } of accepted) {
    const text = textOf(await store.getValue(output));
    const random = seededRandom(deriveSeed(seed, 'defects', runId, id));
    const mutants = seen.has(text) ? [] : seedDefects(text, { random, perKind, ...(kinds === undefined ? {} : { kinds }) });
    seen.add(text);
    if (mutants.length === 0) continue;
    works.push({ id, truth: 'good', instruction, text });
    for (const { kind, text: mutant } of mutants) {
      if (!(await passesTests(mutant, tests))) works.push({ id, truth: 'bad', kind, instruction, text: mutant });
    }
  }
  if (works.length === 0) {
    const found = `${accepted.length} of its results passed checks`;
    throw new PlanwrightError(
      'usage',
      `Run "${runId}" has nothing to seed defects in: ${found}, and none of them is code or cites its sources. Give cases instead.`,
    );
  }
  return { works, team, model, ...(filesRoot === undefined ? {} : { files: filesRoot }) };
}

interface AcceptedResult {
  id: string;
  instruction: string;
  output: StoredValue;
  /** Of its acceptance checks, those that run tests. */
  tests: CodeCheck[];
}

/** A change that the result's own tests don't see may be none. Without tests, or a sandbox for them, nothing passes. */
async function passesTests(text: string, tests: readonly CodeCheck[]): Promise<boolean> {
  if (tests.length === 0) return false;
  for (const check of tests) if ((await checkCode({ result: text, check })).kind !== 'passed') return false;
  return true;
}

/** Results whose last verdict is an acceptance that shows more than that later work's assumptions hold; the deliverable comes last. */
function listAccepted({ state, entries }: RunView): AcceptedResult[] {
  const accepted = new Set<string>();
  for (const { event } of entries) {
    if (event.type !== 'verdict-given' && event.type !== 'deliverable-checked') continue;
    const id = event.type === 'verdict-given' ? event.subtaskId : deliverableId;
    if (event.verdict.kind === 'accepted' && event.verdict.evidence.some(({ check }) => check !== 'assumptions'))
      accepted.add(id);
    else accepted.delete(id);
  }
  const results: AcceptedResult[] = [];
  for (const { subtask, status, output } of state.subtasks.values()) {
    const { id, instruction, accept = [] } = subtask;
    if (status !== 'succeeded' || output === null || !accepted.has(id)) continue;
    results.push({ id, instruction, output, tests: accept.filter((check) => check.kind === 'code') });
  }
  const deliverable = state.end?.deliverable ?? null;
  if (deliverable !== null && accepted.has(deliverableId)) {
    results.push({ id: deliverableId, instruction: state.task, output: deliverable, tests: [] });
  }
  return results;
}

/** No subtask can have it. */
const deliverableId = '@deliverable';
