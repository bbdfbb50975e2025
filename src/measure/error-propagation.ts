/**
 * Whether errors travel along a plan's edges, and whether a team fails more often than one agent. Association, not
 * cause: a hard task troubles both ends of an edge, so runs of one class of tasks are to be measured at a time.
 */
import type { Subtask } from '../plan/plan.ts';
import { type JudgedAttempt, judgeRun } from './judge-attempts.ts';
import type { RunView } from './run-view.ts';
import type { Estimated, Proportion } from './statistics/interval.ts';
import { normalQuantile } from './statistics/normal.ts';
import { wilsonInterval } from './statistics/proportion.ts';

/**
 * Counted in subtasks that depend on others and had an attempt that was judged or failed. Trouble: an attempt was
 * rejected, failed, or refused as the deliverable. Trouble upstream: any ancestor had trouble, or its accepted result
 * contradicted what later work took for granted. Intervals are at 95 %.
 */
export interface ErrorPropagation {
  runs: number;
  /** Of the downstream subtasks with trouble, those with trouble upstream. */
  followed: Proportion;
  /** Downstream subtasks with trouble, of those that had trouble upstream, and of those that had none. */
  afterTrouble: Proportion;
  afterNone: Proportion;
  /**
   * afterTrouble ÷ afterNone. Its interval takes runs as the independent units, since the subtasks of one run share its
   * task; Wilson's intervals of the proportions don't. null while one of the two never had trouble, or with one run.
   */
  ratio: Estimated | null;
  /** Of afterNone's subtasks, those with an ancestor whose result nothing checked: trouble there would not have been seen. */
  uncheckedUpstream: number;
  /** Subtasks that never started because something upstream was given up. In no proportion: they did not fail by themselves. */
  blocked: number;
}

export interface ErrorAmplification {
  pairs: number;
  /** Failures of each arm. */
  team: Proportion;
  single: Proportion;
  /** Failure rate of the team ÷ that of the single agent; null while one of them never failed. */
  ratio: Estimated | null;
}

interface Count {
  k: number;
  n: number;
}

/** One run's downstream subtasks, those of its sub-teams included: with trouble, of how many. */
interface RunCounts {
  after: Count;
  none: Count;
  uncheckedUpstream: number;
  blocked: number;
}

interface SubtaskCase {
  subtask: Subtask;
  isJudged: boolean;
  hadTrouble: boolean;
  contradicts: boolean;
  isUnchecked: boolean;
  upstream: { trouble: boolean; unchecked: boolean };
}

const z95 = normalQuantile(0.975);

export function measureErrorPropagation(views: readonly RunView[]): ErrorPropagation {
  const runs = views.map((view) => {
    const counts: RunCounts = { after: { k: 0, n: 0 }, none: { k: 0, n: 0 }, uncheckedUpstream: 0, blocked: 0 };
    countRun(view, counts);
    return counts;
  });
  const after = { k: sum(runs, (run) => run.after.k), n: sum(runs, (run) => run.after.n) };
  const none = { k: sum(runs, (run) => run.none.k), n: sum(runs, (run) => run.none.n) };
  return {
    runs: views.length,
    followed: wilsonInterval(after.k, after.k + none.k),
    afterTrouble: wilsonInterval(after.k, after.n),
    afterNone: wilsonInterval(none.k, none.n),
    ratio: ratioOfRates(runs, after, none),
    uncheckedUpstream: sum(runs, (run) => run.uncheckedUpstream),
    blocked: sum(runs, (run) => run.blocked),
  };
}

/**
 * `pairs`: success of both arms on the same task. The interval is that of a ratio of paired rates on the log scale:
 * var ln = (only the team failed + only the single agent failed) ÷ (failures of the team × failures of the single agent).
 */
export function measureErrorAmplification(pairs: readonly { single: boolean; team: boolean }[]): ErrorAmplification {
  const team = pairs.filter((pair) => !pair.team).length;
  const single = pairs.filter((pair) => !pair.single).length;
  const discordant = pairs.filter((pair) => pair.team !== pair.single).length;
  return {
    pairs: pairs.length,
    team: wilsonInterval(team, pairs.length),
    single: wilsonInterval(single, pairs.length),
    ratio: team === 0 || single === 0 ? null : onLogScale(team / single, discordant / (team * single)),
  };
}

/** An edge never leaves its plan, so each sub-team's run is looked at by itself. */
function countRun(view: RunView, counts: RunCounts): void {
  for (const { subtask, isJudged, hadTrouble, upstream } of listCases(judgeRun(view).attempts)) {
    if (subtask.dependsOn.length === 0 || !isJudged) continue;
    const group = upstream.trouble ? counts.after : counts.none;
    group.n += 1;
    if (hadTrouble) group.k += 1;
    if (!upstream.trouble && upstream.unchecked) counts.uncheckedUpstream += 1;
  }
  counts.blocked += countBlocked(view);
  for (const child of view.children) countRun(child.view, counts);
}

/** In order of first starts, so that what a subtask depends on comes before it. */
function listCases(attempts: readonly JudgedAttempt[]): SubtaskCase[] {
  const byId = new Map<string, SubtaskCase>();
  const cases: SubtaskCase[] = [];
  for (const { subtask, finding, asDeliverable, contradicts } of attempts) {
    let known = byId.get(subtask.id);
    // A draft that was refused may have had another subtask of this id.
    if (known?.subtask !== subtask) {
      known = {
        subtask,
        isJudged: false,
        hadTrouble: false,
        contradicts: false,
        isUnchecked: false,
        upstream: { trouble: false, unchecked: false },
      };
      byId.set(subtask.id, known);
      cases.push(known);
    }
    if (finding !== 'withdrawn' && finding !== 'unverified') known.isJudged = true;
    if (finding === 'rejected' || finding === 'failed' || asDeliverable === 'rejected') known.hadTrouble = true;
    if (finding === 'unchecked' || finding === 'unverified') known.isUnchecked = true;
    if (contradicts) known.contradicts = true;
  }
  linkUpstream(cases);
  return cases;
}

function linkUpstream(cases: readonly SubtaskCase[]): void {
  const before = new Map<string, SubtaskCase>();
  for (const each of cases) {
    for (const id of each.subtask.dependsOn) {
      const dependency = before.get(id);
      if (dependency === undefined) continue;
      const { hadTrouble, contradicts, isUnchecked, upstream } = dependency;
      if (hadTrouble || contradicts || upstream.trouble) each.upstream.trouble = true;
      if (isUnchecked || upstream.unchecked) each.upstream.unchecked = true;
    }
    before.set(each.subtask.id, each);
  }
}

/** The fold gives a subtask that it skips an error when something upstream was given up, and none when the run stopped. */
function countBlocked({ state }: RunView): number {
  let count = 0;
  for (const { status, attempts, error } of state.subtasks.values()) {
    if (status === 'skipped' && attempts === 0 && error !== null) count += 1;
  }
  return count;
}

/**
 * The log interval of Katz, Baptista, Azen & Pike 1978 with runs in the place of single observations: the variance is the
 * sum of squares of each run's influence on ln(a/n₁ ÷ b/n₀). With one subtask a run it is Katz's own but for m ÷ (m − 1).
 */
function ratioOfRates(runs: readonly RunCounts[], after: Count, none: Count): Estimated | null {
  const informative = runs.filter((run) => run.after.n + run.none.n > 0);
  const m = informative.length;
  if (after.k === 0 || none.k === 0 || m < 2) return null;
  const squares = sum(
    informative,
    (run) => (run.after.k / after.k - run.after.n / after.n - run.none.k / none.k + run.none.n / none.n) ** 2,
  );
  return onLogScale(after.k / after.n / (none.k / none.n), (squares * m) / (m - 1));
}

function onLogScale(value: number, variance: number): Estimated {
  const reach = Math.exp(z95 * Math.sqrt(variance));
  return { value, low: value / reach, high: value * reach };
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
