/**
 * Reliability from verdicts: how often what a role did, and what each stage of a run made, was accepted on evidence.
 * Definitions are in docs/reliability.md.
 */
import { type Finding, type JudgedAttempt, judgeRun } from './judge-attempts.ts';
import type { RunView } from './run-view.ts';
import type { Proportion } from './statistics/interval.ts';
import { wilsonInterval } from './statistics/proportion.ts';

/** Intervals are Wilson's at 95 %. Every attempt is in exactly one of the counts. */
export interface ReliabilityFigures {
  /** k accepted on evidence, of the n attempts with checks that were accepted, rejected or failed. */
  verified: Proportion;
  /** k that gave a result, of the n attempts without checks: whether it was right, nobody looked. */
  delivered: Proportion;
  /** Of the attempts with checks: a check failed. */
  rejected: number;
  /** No result, with checks or without. */
  failed: number;
  /** A check could not be made. In neither proportion. */
  unverified: number;
  /** Stopped from outside (a person, a limit, another plan) or still under way. In neither proportion. */
  withdrawn: number;
}

/**
 * `plan`: drafts. `replan`: revisions. `single`: the whole task, done by one agent. A number: subtasks at that depth of
 * their plan, from 0. `synthesize`: syntheses, which have no checks of their own. `deliverable`: its checks.
 */
export type ReliabilityStage = 'plan' | 'replan' | 'single' | number | 'synthesize' | 'deliverable';

export interface ReliabilityReport {
  /** Runs that were given; those of their sub-teams are counted with them. */
  runs: number;
  /** By name. The deliverable's checks have the last word on the attempt that made it. */
  roles: (ReliabilityFigures & { role: string })[];
  /** In the order of a run, those that occurred. Each counts by its own checks. */
  stages: (ReliabilityFigures & { stage: ReliabilityStage })[];
}

interface Counts {
  accepted: number;
  rejected: number;
  unverified: number;
  withdrawn: number;
  failedChecked: number;
  failedUnchecked: number;
  unchecked: number;
}

/** The subtask of a run without a plan (schedule/planning.ts). */
const singleId = '@task';

export function measureReliability(views: readonly RunView[]): ReliabilityReport {
  const roles = new Map<string, Counts>();
  const stages = new Map<ReliabilityStage, Counts>();
  for (const view of views) countRun(view, roles, stages);
  return {
    runs: views.length,
    roles: [...roles].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([role, counts]) => ({ role, ...describe(counts) })),
    stages: [...stages]
      .toSorted(([a], [b]) => placeOf(a) - placeOf(b))
      .map(([stage, counts]) => ({ stage, ...describe(counts) })),
  };
}

function countRun(view: RunView, roles: Map<string, Counts>, stages: Map<ReliabilityStage, Counts>): void {
  const { attempts, drafts, revisions, syntheses, deliverables } = judgeRun(view);
  for (const judged of attempts) {
    const { subtask, depth, finding, hasChecks } = judged;
    count(stages, subtask.id === singleId ? 'single' : depth, finding, hasChecks);
    const last = lastWord(judged);
    count(roles, judged.role, last.finding, last.hasChecks);
  }
  for (const draft of drafts) count(stages, 'plan', draft, true);
  for (const revision of revisions) count(stages, 'replan', revision, true);
  for (const synthesis of syntheses) count(stages, 'synthesize', synthesis, false);
  for (const deliverable of deliverables) count(stages, 'deliverable', deliverable, true);
  for (const child of view.children) countRun(child.view, roles, stages);
}

/** An accepted result that the deliverable's checks refuse is refused; one without checks that they accept has evidence. */
function lastWord({ finding, hasChecks, asDeliverable }: JudgedAttempt): { finding: Finding; hasChecks: boolean } {
  const isOverruled = asDeliverable === 'rejected' || (asDeliverable !== null && !hasChecks);
  return isOverruled ? { finding: asDeliverable, hasChecks: true } : { finding, hasChecks };
}

function count<Key>(groups: Map<Key, Counts>, key: Key, finding: Finding, hasChecks: boolean): void {
  const counts = groups.get(key) ?? {
    accepted: 0,
    rejected: 0,
    unverified: 0,
    withdrawn: 0,
    failedChecked: 0,
    failedUnchecked: 0,
    unchecked: 0,
  };
  groups.set(key, counts);
  if (finding !== 'failed') counts[finding] += 1;
  else if (hasChecks) counts.failedChecked += 1;
  else counts.failedUnchecked += 1;
}

function describe(counts: Counts): ReliabilityFigures {
  const { accepted, rejected, failedChecked, failedUnchecked, unchecked, unverified, withdrawn } = counts;
  return {
    verified: wilsonInterval(accepted, accepted + rejected + failedChecked),
    delivered: wilsonInterval(unchecked, unchecked + failedUnchecked),
    rejected,
    failed: failedChecked + failedUnchecked,
    unverified,
    withdrawn,
  };
}

function placeOf(stage: ReliabilityStage): number {
  if (typeof stage === 'number') return stage;
  return { plan: -3, replan: -2, single: -1, synthesize: Number.MAX_SAFE_INTEGER - 1, deliverable: Number.MAX_SAFE_INTEGER }[
    stage
  ];
}
