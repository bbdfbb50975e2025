/** What became of a wrong plan, from the run's events and from the truth alone. */
import type { JournalEntry, RunEvent, Subtask } from 'planwright';
import type { PlayedRun } from './play.ts';
import { type Draft, rightValues, type Survey } from './survey.ts';

export const catchers = ['plan check', 'acceptance checks', 'critic', 'assumes'] as const;
export type Catcher = (typeof catchers)[number];

export interface Tally {
  made: number;
  /** Of them, those whose result was accepted. */
  accepted: number;
}

export interface Observed {
  /** Who was first to find something wrong; null: nobody was. */
  caughtBy: Catcher | null;
  /** The planner's first draft. */
  draft: 'passed' | 'mended' | 'sent back' | 'refused';
  /** What was handed over. */
  end: 'right' | 'wrong' | 'nothing';
  /** What the first refused draft had, by code; empty when none was refused. */
  problemCodes: string[];
  /** Further attempts at a subtask whose plan stood: by the same role, and by another. */
  retries: Tally;
  reroutes: Tally;
  /** Revisions of the plan that were applied. */
  revisions: number;
  calls: number;
}

/** @param right The plan as it should have been; null when the draft was that plan. */
export function observe({ result, entries }: PlayedRun, survey: Survey, right: Draft | null): Observed {
  const known = collectSubtasks(entries);
  const found = entries.flatMap(({ event }) => catcherOf(event, known) ?? []);
  const draft = judgeDraft(entries, right);
  const [first = null] = found;
  const refusal = entries.find(({ event }) => event.type === 'plan-refused')?.event;
  const { deliverable, ledger } = result;
  return {
    // What was mended is found, whatever is found after it.
    caughtBy: draft === 'mended' ? 'plan check' : first,
    draft,
    end: typeof deliverable === 'string' ? (isRight(deliverable, survey) ? 'right' : 'wrong') : 'nothing',
    problemCodes: refusal?.type === 'plan-refused' ? refusal.problems.map(({ code }) => code) : [],
    ...tallyFurther(entries, known),
    revisions: entries.filter(({ event }) => event.type === 'plan-revised').length,
    calls: ledger.calls,
  };
}

/** Every subtask the run has had, by id. */
function collectSubtasks(entries: readonly JournalEntry[]): ReadonlyMap<string, Subtask> {
  return new Map(
    entries
      .flatMap(({ event }) => {
        if (event.type === 'subtask-proposed') return [event.subtask];
        if (event.type === 'plan-accepted') return event.subtasks ?? [];
        return event.type === 'plan-revised' ? event.add : [];
      })
      .map((subtask) => [subtask.id, subtask]),
  );
}

function catcherOf(event: RunEvent, known: ReadonlyMap<string, Subtask>): Catcher | null {
  if (event.type === 'plan-refused') return 'plan check';
  if (event.type === 'verdict-given') {
    if (event.contradicted !== undefined) return 'assumes';
    if (event.verdict.kind !== 'rejected') return null;
    return known.get(event.subtaskId)?.instruction.startsWith('Check ') === true ? 'critic' : 'acceptance checks';
  }
  if (event.type !== 'attempt-finished') return null;
  const { outcome } = event;
  if (outcome.kind === 'succeeded') return outcome.contradictions === undefined ? null : 'assumes';
  return outcome.kind === 'failed' && outcome.error.code === 'assumption-contradicted' ? 'assumes' : null;
}

/** Attempts beyond the first, unless a refused draft had used up the numbers before. */
function tallyFurther(
  entries: readonly JournalEntry[],
  known: ReadonlyMap<string, Subtask>,
): Pick<Observed, 'retries' | 'reroutes'> {
  const tally = { retries: { made: 0, accepted: 0 }, reroutes: { made: 0, accepted: 0 } };
  if (entries.some(({ event }) => event.type === 'plan-refused')) return tally;
  const accepted = new Set(
    entries.flatMap(({ event }) =>
      event.type === 'verdict-given' && event.verdict.kind === 'accepted' ? [`${event.attempt}/${event.subtaskId}`] : [],
    ),
  );
  for (const { event } of entries) {
    if (event.type !== 'attempt-started' || event.attempt === 1) continue;
    const kind = event.role === known.get(event.subtaskId)?.role ? tally.retries : tally.reroutes;
    kind.made += 1;
    if (accepted.has(`${event.attempt}/${event.subtaskId}`)) kind.accepted += 1;
  }
  return tally;
}

function judgeDraft(entries: readonly JournalEntry[], right: Draft | null): Observed['draft'] {
  const events = entries.map(({ event }) => event);
  if (events.some((event) => event.type === 'run-ended' && event.reason === 'plan-refused')) return 'refused';
  if (events.some(({ type }) => type === 'plan-refused')) return 'sent back';
  const proposed = events.flatMap((event) => (event.type === 'subtask-proposed' ? [tellSubtask(event.subtask)] : []));
  const meant = right?.subtasks.map(tellSubtask);
  return JSON.stringify(proposed) === JSON.stringify(meant) ? 'mended' : 'passed';
}

/** Its parts in one order. */
function tellSubtask({ id, role, instruction, dependsOn, assumes }: Subtask): string {
  return JSON.stringify([id, role, instruction, dependsOn, assumes ?? []]);
}

/** Every value that was asked for, right, and nothing else. */
function isRight(deliverable: string, survey: Survey): boolean {
  const wanted = [...rightValues(survey)].map(([label, meters]) => `${label} = ${meters} m`);
  return JSON.stringify(deliverable.split('\n').toSorted()) === JSON.stringify(wanted.toSorted());
}
