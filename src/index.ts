/** Planwright's public interface: what is not named here is not public. */

export {
  type AllocationBook,
  findStrategy,
  offerWork,
  openBook,
} from './allocate/allocation-book.ts';
export type { AllocationSettings } from './allocate/allocation-settings.ts';
export {
  type AllocationDecision,
  type AllocationMemory,
  type AllocationName,
  type AllocationRecord,
  type AllocationStrategy,
  allocationNames,
  type BidEstimate,
  type Consideration,
  type MessageCounts,
  type MessageKind,
  type Offer,
  type Participant,
  type WaitReason,
} from './allocate/allocation-strategy.ts';
export { type DeclaredRole, findCapableRoles } from './allocate/capable-roles.ts';
export {
  type Answer,
  type Award,
  awardContract,
  type CallForProposals,
  type ContractMessage,
  type ContractReport,
  listContractMessages,
} from './allocate/contract-net.ts';
export { type Colony, type ColonyFigures, simulateColony } from './allocate/threshold-colony.ts';
export type { Reinforcement } from './allocate/threshold-model.ts';
export { answerRun, loadRunTeam, type RunAnswer } from './answer-run.ts';
export { checkStore, type StoreCheck, type StoreProblem, type StoreProblemCode } from './archive/check-store.ts';
export { type ExportOptions, exportRuns } from './archive/export-runs.ts';
export { type ImportedRuns, type ImportOptions, importRuns } from './archive/import-runs.ts';
export { type RetainOptions, type Retention, retainRuns } from './archive/retain-runs.ts';
export { type CalibrateCheckOptions, type CheckCalibration, calibrateCheck } from './calibrate/calibrate-check.ts';
export { type CalibrateCodeOptions, calibrateCode } from './calibrate/calibrate-code.ts';
export {
  type CalibrateCriticOptions,
  type CriticCalibration,
  type CriticJudgement,
  calibrateCritic,
} from './calibrate/calibrate-critic.ts';
export { type CalibrationCase, type KnownWork, worksOfCases } from './calibrate/calibration-case.ts';
export { type CalibrationField, type FieldMap, parseFieldMap } from './calibrate/calibration-fields.ts';
export { type CalibrationRecord, hashCritic, readCalibrationRecord } from './calibrate/calibration-record.ts';
export {
  type CalibrationTable,
  type CalibrationVerdict,
  type ErrorRate,
  type ErrorTable,
  type LabeledVerdict,
  type Truth,
  tabulateVerdicts,
} from './calibrate/calibration-table.ts';
export {
  type CalibrationJudgement,
  type CalibrationLimit,
  defectsToCalibrate,
  judgeCalibration,
} from './calibrate/judge-calibration.ts';
export type { BlindWork, CalibrationStop, Judgement, JudgingProgress, KnownJudgement } from './calibrate/judge-works.ts';
export { type CalibrationFile, type ReadCalibrationOptions, readCalibrationFile } from './calibrate/read-calibration-file.ts';
export {
  type DefectKind,
  defectKinds,
  type SeedDefectsOptions,
  type SeededDefect,
  seedDefects,
} from './calibrate/seed-defects.ts';
export { type WorksOfRun, type WorksOfRunOptions, worksOfRun } from './calibrate/works-of-run.ts';
export { type Clock, type Random, seededRandom, systemClock } from './clock.ts';
export { type ArmDefinition, type ArmStrategy, namedArm, parseArm } from './compare/arms.ts';
export { collectDetails } from './compare/collect-details.ts';
export { compareTeams } from './compare/compare-teams.ts';
export type {
  ArmProgress,
  ComparedRun,
  CompareTeamsOptions,
  Comparison,
  ComparisonBegun,
  PairProgress,
  StopReason,
} from './compare/comparison.ts';
export type { ComparisonTask, HeldOutCheck } from './compare/comparison-task.ts';
export { loadComparisonTasks, parseComparisonTasks } from './compare/read-tasks.ts';
export {
  type JudgedComparison,
  type JudgeStoredOptions,
  judgeStoredComparison,
  listComparisons,
  type StoredComparison,
} from './compare/stored-comparisons.ts';
export { cancelRun, labelRun } from './control-run.ts';
export { type DecisiveStep, findDecisiveStep } from './diagnose/decisive-step.ts';
export { detectModes } from './diagnose/detect-modes.ts';
export { type Diagnosis, diagnoseTrace, diagnoseWithJudge, type TraceCoverage } from './diagnose/diagnose-trace.ts';
export type { Finding } from './diagnose/finding.ts';
export { type ReadTracesOptions, readTraces } from './diagnose/import/read-traces.ts';
export { traceOfRun } from './diagnose/import/run-trace.ts';
export { type JudgeTraceOptions, judgeTrace, type TraceJudgement } from './diagnose/judge-trace.ts';
export { type LoadLabeledTracesOptions, loadLabeledTraces } from './diagnose/load-labeled-traces.ts';
export { type MastCategory, type MastCode, type MastMode, mastCodes, mastModes } from './diagnose/mast-modes.ts';
export {
  type AgreementOptions,
  type DiagnosisAgreement,
  type ModeAgreement,
  measureAgreement,
} from './diagnose/measure-agreement.ts';
export { readTraceLabels, type TraceLabel } from './diagnose/read-labels.ts';
export type {
  StepKind,
  Trace,
  TraceAgent,
  TraceCall,
  TraceEnding,
  TraceLayout,
  TraceStep,
  WorkItem,
} from './diagnose/trace.ts';
export { type DocumentFolder, openDocumentFolder } from './documents/document-folder.ts';
export type { DriveRunOptions } from './drive-options.ts';
export { createLocalEngine, type Engine, type EngineRun } from './engine/engine.ts';
export { initStore, type StoreInitialization } from './engine/init-store.ts';
export { loadCluster } from './engine/load-cluster.ts';
export { MemoryStore } from './engine/memory-store.ts';
export { defaultStorePath, openStore } from './engine/open-store.ts';
export { openSqliteStore } from './engine/sqlite-store.ts';
export type {
  Garbage,
  GarbageOptions,
  Lease,
  OutcomeFilter,
  RunFilter,
  RunRecord,
  RunSignal,
  RunStatus,
  Store,
  StoredSignal,
} from './engine/store.ts';
export { type ErrorCode, type ErrorRecord, listErrorCodes, PlanwrightError, type Recovery, toErrorRecord } from './errors.ts';
export type { JournalEntry, RunEvent, RunEventType, StoredValue } from './events.ts';
export { defineTool, type Tool, type ToolContext, type ToolDefinition, type ToolEffect } from './execute/tool.ts';
export type { WorkspaceContext } from './execute/workspace-context.ts';
export { explainTask } from './explain-task.ts';
export type { SubtaskChange } from './fork/change-subtask.ts';
export { type ForkOptions, forkRun } from './fork-run.ts';
export type { ArmOutlook } from './gate/arm-outlook.ts';
export { createEvidenceGate, type EvidenceGateOptions } from './gate/evidence-gate.ts';
export { explainGate, type GateExplanation } from './gate/explain-gate.ts';
export type { Gate, GateDecision, GateInput, Strategy, TaskFeatures } from './gate/gate.ts';
export { priorGate } from './gate/prior-gate.ts';
export { formClassifier, type TaskClassifier } from './gate/task-class.ts';
export { defaultGateWeights, type GateWeights } from './gate/weights.ts';
export { subRunId } from './ids.ts';
export { type PublishAgentOptions, type PublishedAgent, publishAgent } from './interop/a2a/publish-agent.ts';
export {
  type Crew,
  type CrewAgent,
  type CrewNote,
  type CrewNoteCode,
  type CrewProcess,
  type CrewTask,
  crewProcesses,
} from './interop/crewai/crew.ts';
export { unassignedRole } from './interop/crewai/crew-plan.ts';
export { renderTeamDefinition } from './interop/crewai/crew-team.ts';
export { type ImportCrewOptions, type ImportedCrew, importCrew } from './interop/crewai/import-crew.ts';
export { loadCrewFiles } from './interop/crewai/load-crew.ts';
export type { CrewText } from './interop/crewai/read-crew.ts';
export { resolveInside } from './interop/mcp-server/files-root.ts';
export { type ServeMcpOptions, serveMcp } from './interop/mcp-server/serve-mcp.ts';
export { type ExportedTrace, exportTrace } from './interop/otel/export-trace.ts';
export type { ExportedSpan, TelemetryOptions, TraceExporter } from './interop/otel/telemetry-options.ts';
export { type LlmCompilerOptions, LlmCompilerReader, type PlanStepArrival } from './interop/plan-text/llmcompiler.ts';
export {
  maxPlanTextLength,
  type PlanDialect,
  type PlanStep,
  type PlanTextCode,
  type PlanTextProblem,
  type PlanTextReading,
  planDialects,
} from './interop/plan-text/plan-text.ts';
export { type ReadPlanTextOptions, readPlanText } from './interop/plan-text/read-plan-text.ts';
export { toRoleName } from './interop/plan-text/role-name.ts';
export { type StreamedArrival, streamPlanSteps } from './interop/plan-text/stream-steps.ts';
export type { Json } from './json.ts';
export type { LiveDelta } from './live.ts';
export { type AttemptCorrelation, forecastAnyOf, measureAttemptCorrelation } from './measure/attempt-correlation.ts';
export { buildForecastBasis, estimateRoles, type ForecastBasisOptions, listCritics } from './measure/build-forecast-basis.ts';
export {
  type CalibrationBin,
  type ForecastPair,
  type ForecastScore,
  type OutcomeScore,
  type RatioScore,
  scoreForecasts,
  scoreOutcomes,
} from './measure/calibration.ts';
export { type ChainLength, chainLength } from './measure/chain-length.ts';
export { type ChainMisfit, measureChainMisfit, type ObservedChain } from './measure/chain-misfit.ts';
export type {
  ArmSummary,
  ClassComparison,
  ComparisonReport,
  Decision,
  DiscordantTask,
  PairedComparison,
  RatioEstimate,
  ResultRow,
} from './measure/comparison-report.ts';
export type { LoadBalance } from './measure/division-of-labor.ts';
export {
  type ErrorAmplification,
  type ErrorPropagation,
  measureErrorAmplification,
  measureErrorPropagation,
} from './measure/error-propagation.ts';
export { type AttemptHandoff, type HandoffsByMode, listHandoffs } from './measure/handoffs.ts';
export type { HierarchyLevel, HierarchyReport } from './measure/hierarchy.ts';
export { type JudgeResultsOptions, judgeResults } from './measure/judge-results.ts';
export type { Ledger } from './measure/ledger.ts';
export { listWaiting, type WaitingItem } from './measure/list-waiting.ts';
export { loadRun } from './measure/load-run.ts';
export type { LabelSource, OutcomeLabel, RoleTally, RunOutcome } from './measure/outcome.ts';
export { readResults } from './measure/read-results.ts';
export {
  measureReliability,
  type ReliabilityFigures,
  type ReliabilityReport,
  type ReliabilityStage,
} from './measure/reliability.ts';
export {
  compareRuns,
  type RunDifference,
  type RunSide,
  type SubtaskDifference,
  type SubtaskSide,
} from './measure/run-difference.ts';
export { type RunReport, reportRun, type SubtaskReport } from './measure/run-report.ts';
export type { RunView } from './measure/run-view.ts';
export { areSeparable, differenceOf, doOverlap, type Published } from './measure/separate-intervals.ts';
export { affordableTrials, type SimulateOptions, type Simulation, simulatePlan } from './measure/simulate.ts';
export {
  type AllocationModel,
  type AllocationSimulation,
  type ModeledRole,
  type SimulateAllocationOptions,
  simulateAllocation,
} from './measure/simulate-allocation.ts';
export { type AgreementCounts, cohenKappa, type Kappa } from './measure/statistics/cohen-kappa.ts';
export type { Estimated, Interval, Proportion } from './measure/statistics/interval.ts';
export { wilsonInterval } from './measure/statistics/proportion.ts';
export { type AttemptHistory, type JournaledCall, readSubtaskHistory, type SubtaskHistory } from './measure/subtask-history.ts';
export type { CallPurpose, CallRecord } from './model/call-record.ts';
export type { Model, ModelRegistry, ModelSpec } from './model/model.ts';
export { recordCalls } from './model/recorded.ts';
export { type CustomModel, createModelRegistry, type RegistryOptions } from './model/registry.ts';
export { listPatterns, type PatternListing } from './patterns/find-pattern.ts';
export { checkPlan } from './plan/check.ts';
export type { EstimateSource } from './plan/estimator.ts';
export { type Forecast, forecastPlan } from './plan/forecast.ts';
export {
  type AttemptEstimate,
  type ErrorRates,
  type ForecastBasis,
  type ForecastLimits,
  priorAttempt,
  priorCheckRates,
  type RoleEstimate,
} from './plan/forecast-basis.ts';
export { fillInputs } from './plan/inputs.ts';
export type { PlanChange } from './plan/optimize/change.ts';
export {
  type OptimizationPass,
  type OptimizationStep,
  type OptimizedPlan,
  type OptimizeOptions,
  optimizeBy,
  optimizePlan,
  undoStep,
  type Worth,
} from './plan/optimize.ts';
export type {
  AcceptCheck,
  Assumption,
  CodeCheck,
  Plan,
  PlanCheck,
  PlanProblem,
  PlanShape,
  Predicate,
  Subtask,
} from './plan/plan.ts';
export { checkPlanText, type PlanFile, parsePlanFile } from './plan/plan-file.ts';
export { renderJson, renderMermaid, renderTree, renderYaml } from './plan/render.ts';
export { type PlanTaskOptions, planTask } from './plan-task.ts';
export { builtInNames as redactPatternNames } from './redact/built-in-patterns.ts';
export type { RedactDefinition, RedactRules } from './redact/redact-rules.ts';
export { type AllocationPage, renderAllocationPage } from './report/allocation-page.ts';
export { type ArmReliability, type ComparisonDetails, listRunsToEmbed } from './report/comparison-details.ts';
export { renderComparisonPage, renderComparisonSections } from './report/comparison-page.ts';
export { type Figure, renderFigure } from './report/figure.ts';
export { Html, type HtmlValue, html } from './report/html.ts';
export { type Page, type PageSection, renderPage } from './report/page.ts';
export { plotAllocatedMakespan, plotMessages, plotWorkByRole } from './report/plots/allocation.ts';
export { type CalibrationPoint, plotCalibration } from './report/plots/calibration.ts';
export { type LinePoint, type LineSeries, type Lines, plotLines, type ReferenceLine } from './report/plots/lines.ts';
export { type ArmCost, type CostUnit, findParetoFront, plotPareto } from './report/plots/pareto.ts';
export type { PlotSize } from './report/plots/plot-size.ts';
export { plotReliability, type ReliabilityGroup } from './report/plots/reliability.ts';
export { type ArmSuccess, plotSuccess, type SuccessGroup } from './report/plots/success.ts';
export { type ArmTime, plotTimeOnPath } from './report/plots/time-on-path.ts';
export { type ArmTokens, plotTokensByPurpose } from './report/plots/tokens-by-purpose.ts';
export type { RenderedSection } from './report/rendered-section.ts';
export {
  type AttemptDetail,
  type CallDetail,
  type CollectOptions,
  collectRunDetails,
  type HandedText,
  type RunDetail,
  type RunPageDetails,
  type SubtaskDetail,
} from './report/run-details.ts';
export { type RunSectionId, renderRunPage, renderRunSections, runSectionIds } from './report/run-page.ts';
export { quoteShellWord } from './report/shell-word.ts';
export { type ArmRun, summarizeArms } from './report/summarize-arms.ts';
export { renderTable, type Table, type TableColumn } from './report/table.ts';
export type { RunHandle, RunResult, RunUpdate } from './run-handle.ts';
export { renderRunPatch } from './run-patch.ts';
export { type ResumeRunOptions, type RunTaskOptions, resumeRun, runTask } from './run-task.ts';
export type {
  FailureCause,
  Sandbox,
  SandboxFacts,
  SandboxJob,
  SandboxKind,
  SandboxLanguage,
  SandboxLimits,
  SandboxOutcome,
} from './sandbox/sandbox.ts';
export {
  type Availability,
  createSandboxes,
  probeSandboxes,
  type Sandboxes,
  type SandboxesOptions,
  type SandboxSupport,
} from './sandbox/sandboxes.ts';
export { decide } from './schedule/decide.ts';
export { createRunState, type RunState, type SubtaskState, type SubtaskStatus } from './schedule/state.ts';
export { defaultPreset } from './team/defaults.ts';
export { defineTeam } from './team/define-team.ts';
export { fillTeam } from './team/fill-team.ts';
export { loadTeam } from './team/load-team.ts';
export { listPresets } from './team/presets.ts';
export type { McpServer, WebAccess, WebMethod } from './team/reach.ts';
export type { RemoteAgent } from './team/remote-agent.ts';
export type { Role, RunLimits, Team } from './team/team.ts';
export type { RoleDefinition, TeamDefinition } from './team/team-definition.ts';
export { parseTeamFile } from './team/team-file.ts';
export type { Citation } from './verify/citations.ts';
export { type CodeCheckReport, type CodeCheckRequest, checkCode, type PackageFolders } from './verify/code-check.ts';
export { checkQuotes, documentLineReader, type FailedCitation, type LineReader, type QuoteCheck } from './verify/quotes.ts';
export type { Evidence, Verdict } from './verify/verdict.ts';
export { applyPatch } from './workspace/apply-patch.ts';
export type { BlobStore } from './workspace/blob-store.ts';
export { composePatches } from './workspace/compose-patches.ts';
export { type Conflict, type ConflictKind, type ConflictRange, conflictVerdict, describeConflict } from './workspace/conflict.ts';
export { diffTrees } from './workspace/diff-trees.ts';
export { clearWorkspaces } from './workspace/empty-folder.ts';
export { FolderBlobStore, openBlobFolder } from './workspace/folder-blob-store.ts';
export { type MaterializeOptions, materialize } from './workspace/materialize.ts';
export { MemoryBlobStore } from './workspace/memory-blob-store.ts';
export { type Merge, type MergeOptions, mergePatches } from './workspace/merge-patches.ts';
export { parsePatch, parseTree } from './workspace/parse-patch.ts';
export { emptyPatch, type History, type Making, type Patch, type PatchChange, type Version } from './workspace/patch.ts';
export { type FolderReading, type ReadTreeOptions, readTree } from './workspace/read-tree.ts';
export { renderConflicts } from './workspace/render-conflicts.ts';
export { type RenderOptions, renderPatch } from './workspace/render-patch.ts';
export {
  emptyTree,
  type FileMode,
  type FileState,
  findCaseCollisions,
  hashTree,
  makeTree,
  type Tree,
  type TreeFile,
} from './workspace/tree.ts';
export { defaultTreeRules, type TreeRules } from './workspace/tree-rules.ts';
export type { LeftOut } from './workspace/visit-folder.ts';
export { type OpenWorkspaceOptions, openWorkspace, type Snapshot, type Workspace } from './workspace/workspace.ts';
