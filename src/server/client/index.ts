/** `planwright/client`: the HTTP API as typed calls, and a run's events as they come. Nothing here needs Node. */

export type {
  Driver,
  RunAccepted,
  RunAnswered,
  RunCancelled,
  RunForked,
  ServerInfo,
} from '../schemas/action.ts';
export type { ComparisonList, ComparisonNow, ComparisonProgress } from '../schemas/comparison.ts';
export type { StreamMessage } from '../schemas/event.ts';
export type { ApiFailure } from '../schemas/failure.ts';
export type { RunList, RunSummary } from '../schemas/run.ts';
export type { SectionList } from '../schemas/section.ts';
export { type ClientOptions, createClient, type PlanwrightClient } from './create-client.ts';
export { type FollowedMessage, type FollowRunOptions, followRun } from './follow-run.ts';
