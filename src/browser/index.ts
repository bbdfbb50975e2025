/**
 * What a page may use: the fold, the check and the drawing of plans, how figures are written, and the shapes of what a server sends. Nothing here
 * needs Node, so that a page folds a run's events exactly as an engine does.
 */
export { type Clock, systemClock } from '../clock.ts';
export type { JudgedComparison, StoredComparison } from '../compare/stored-comparisons.ts';
export type { JournalEntry, ReplanCause, RunEvent, RunSettings, StoredValue } from '../events.ts';
export { subRunId } from '../ids.ts';
export type { Json } from '../json.ts';
export type { LiveDelta } from '../live.ts';
export type { ArmSummary, ComparisonReport, DiscordantTask, PairedComparison } from '../measure/comparison-report.ts';
export type { Ledger } from '../measure/ledger.ts';
export type { WaitingItem } from '../measure/list-waiting.ts';
export type { RunDifference, RunSide, SubtaskDifference, SubtaskSide } from '../measure/run-difference.ts';
export type { RunReport, SubtaskReport } from '../measure/run-report.ts';
export { type AttemptView, listAttempts } from '../measure/run-view.ts';
export type { AttemptHistory, JournaledCall, SubtaskHistory } from '../measure/subtask-history.ts';
export type { CallPurpose, CallRecord } from '../model/call-record.ts';
export { type CheckPlanOptions, checkPlan } from '../plan/check.ts';
export type { Plan, PlanCheck, PlanProblem, PlanShape, Subtask } from '../plan/plan.ts';
export { renderMermaid } from '../plan/render.ts';
export { formatCount, formatNumber, formatPercent, formatSeconds, formatUsd } from '../report/numbers.ts';
export { darkColors, lightColors } from '../report/page-colors.ts';
export { type DrawnLine, type DrawnNode, drawGraph } from '../report/plots/draw-graph.ts';
export type { RenderedSection } from '../report/rendered-section.ts';
export { sectionStyle } from '../report/section-style.ts';
export { decide } from '../schedule/decide.ts';
export {
  createRunState,
  itemsOf,
  partOf,
  type RunState,
  type SubtaskState,
  type SubtaskStatus,
} from '../schedule/state.ts';
export type { Evidence, Verdict } from '../verify/verdict.ts';
