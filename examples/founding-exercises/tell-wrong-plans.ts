/** What became of the injected plans, in words. */
import { wilsonInterval } from 'planwright';
import { type Exercise, percent, tellShare } from './sheet.ts';
import { allKinds, type DefectKind, formKinds, meaningKinds } from './wrong-plans/defects.ts';
import { declaredRates } from './wrong-plans/executors.ts';
import { type Injected, injectAll } from './wrong-plans/measure.ts';
import { catchers } from './wrong-plans/observe.ts';

const ends = ['handed over: right', 'handed over: wrong', 'nothing handed over'];

export async function exerciseWrongPlans(seed: number): Promise<Exercise> {
  const injected = await injectAll(seed);
  return {
    title: 'The planner as a single point of failure',
    declared: [
      `Right plans of 4 to 20 subtasks for five roles, made wrong in one place each. Executors do what they are told and make no mistakes of their own; a role that is given another one's lookup admits it in ${percent(declaredRates.admits)} of cases, and gets another one's arithmetic wrong in ${percent(declaredRates.slips)}.`,
      `Acceptance checks see form alone. The critic passes ${percent(declaredRates.falseAccept)} of wrong results and refuses ${percent(declaredRates.falseReject)} of right ones; the same results get the same verdict again.`,
      `An executor notices ${percent(declaredRates.notices)} of the sentences in \`assumes\` that its material contradicts, and imagines it of ${percent(declaredRates.imagines)} of the others.`,
      `A planner that is asked again is right with ${declaredRates.rightAgain}, else it makes the same mistake. Limits are the defaults: one more draft, one retry, one re-route, one replan.`,
    ],
    sheets: [
      {
        title: 'Form: what the plan check says.',
        columns: ['defect', 'injected', 'mended', 'sent back, then valid', 'refused twice', 'passed', ...ends],
        rows: formKinds.map((kind) => tellForm(kind, select(injected, kind))),
      },
      {
        title: 'Meaning: who is first to find something, and what is handed over.',
        columns: ['defect', 'injected', ...catchers, 'nobody', ...ends, 'wrong and found by nobody'],
        rows: ['none' as const, ...meaningKinds].map((kind) => tellMeaning(kind, select(injected, kind))),
      },
    ],
    findings: tellFindings(injected),
    figures: { rates: declaredRates, kinds: allKinds.map((kind) => summarize(kind, select(injected, kind))) },
  };
}

function select(injected: readonly Injected[], ...kinds: readonly DefectKind[]): Injected[] {
  return injected.filter(({ kind }) => kinds.includes(kind));
}

function countEnds(rows: readonly Injected[]) {
  const count = (end: Injected['end']) => rows.filter((row) => row.end === end).length;
  return { right: count('right'), wrong: count('wrong'), nothing: count('nothing') };
}

function tellForm(kind: DefectKind, rows: readonly Injected[]): string[] {
  const drafts = (['mended', 'sent back', 'refused', 'passed'] as const).map(
    (draft) => rows.filter((row) => row.draft === draft).length,
  );
  const { right, wrong, nothing } = countEnds(rows);
  return [kind, ...[rows.length, ...drafts, right, wrong, nothing].map(String)];
}

function tellMeaning(kind: DefectKind, rows: readonly Injected[]): string[] {
  const found = [...catchers, null].map((by) => rows.filter(({ caughtBy }) => caughtBy === by).length);
  const { right, wrong, nothing } = countEnds(rows);
  const silent = rows.filter(({ end, caughtBy }) => end === 'wrong' && caughtBy === null).length;
  return [kind, ...[rows.length, ...found, right, wrong, nothing, silent].map(String)];
}

function summarize(kind: DefectKind, rows: readonly Injected[]) {
  const found = Object.fromEntries(catchers.map((by) => [by, rows.filter(({ caughtBy }) => caughtBy === by).length]));
  const drafts = Object.fromEntries(
    (['passed', 'mended', 'sent back', 'refused'] as const).map((draft) => [
      draft,
      rows.filter((row) => row.draft === draft).length,
    ]),
  );
  const calls = rows.reduce((sum, row) => sum + row.calls, 0);
  return {
    kind,
    injected: rows.length,
    drafts,
    found,
    nobody: rows.filter(({ caughtBy }) => caughtBy === null).length,
    ...countEnds(rows),
    calls,
  };
}

function tellFindings(injected: readonly Injected[]): string[] {
  const form = select(injected, ...formKinds);
  const meaning = select(injected, ...meaningKinds);
  const seenInForm = meaning.filter(({ caughtBy }) => caughtBy === 'plan check');
  const unreachable = seenInForm.filter(isUnreachable);
  const isAll = unreachable.length === seenInForm.length;
  const silent = meaning.filter(({ caughtBy }) => caughtBy === null);
  // Found while the plan was carried out: what became of it then is the ladder's doing.
  const atWork = meaning.filter(({ caughtBy }) => caughtBy !== null && caughtBy !== 'plan check');
  return [
    `Defects of form found by the plan check: ${tellOf(form, ({ caughtBy }) => caughtBy === 'plan check')}; wrong deliverables among them: ${countEnds(form).wrong}.`,
    `Defects of meaning found by anything: ${tellOf(meaning, ({ caughtBy }) => caughtBy !== null)}.`,
    `The plan check found ${seenInForm.length} of them, ${isAll ? 'all' : unreachable.length} because the deliverable no longer rested on some subtask (unreachable).`,
    `Found by nobody: ${silent.length}, of which ${countEnds(silent).wrong} handed a wrong deliverable over and ${countEnds(silent).right} a right one.`,
    `Wrong deliverables of plans that are wrong in meaning: ${tellOf(meaning, ({ end }) => end === 'wrong')}.`,
    ...tellLadder(atWork),
    `Calls a run, on average: ${meanCalls(select(injected, 'none'))} of a right plan, ${meanCalls(seenInForm)} of one that the plan check sent back, ${meanCalls(atWork)} of one that was found wrong while it was carried out.`,
  ];
}

function tellLadder(atWork: readonly Injected[]): string[] {
  const right = atWork.filter(({ end }) => end === 'right');
  const unrevised = right.filter(({ revisions }) => revisions === 0);
  const kinds = [...new Set(unrevised.map(({ kind }) => kind))].join(', ');
  const sum = (kind: 'retries' | 'reroutes', of: 'made' | 'accepted') => atWork.reduce((total, row) => total + row[kind][of], 0);
  return [
    `Of ${atWork.length} defects found while they were carried out, ${right.length} ended in a right deliverable: ${right.length - unrevised.length} by a revision of the plan, ${unrevised.length} without one${unrevised.length === 0 ? '' : ` (${kinds})`}.`,
    `In those runs the same role tried ${sum('retries', 'made')} subtasks once more, ${sum('retries', 'accepted')} with an accepted result; the generalist tried ${sum('reroutes', 'made')}, ${sum('reroutes', 'accepted')} with an accepted result.`,
  ];
}

/** `49 of 49, 100 % (93–100)`. */
function tellOf(rows: readonly Injected[], is: (row: Injected) => boolean): string {
  const share = wilsonInterval(rows.filter(is).length, rows.length);
  return `${share.k} of ${share.n}, ${tellShare(share)}`;
}

function isUnreachable({ problemCodes }: Injected): boolean {
  return problemCodes.length > 0 && problemCodes.every((code) => code === 'unreachable');
}

function meanCalls(rows: readonly Injected[]): string {
  return (rows.reduce((sum, { calls }) => sum + calls, 0) / Math.max(1, rows.length)).toFixed(1);
}
