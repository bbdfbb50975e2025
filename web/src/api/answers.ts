/** What the server answers, where the library has no type for it. */
import type { JournalEntry, JudgedComparison, RunReport, StoredComparison } from 'planwright/browser';

export type RunStatus = RunReport['status'];

export interface RunUpdate extends JournalEntry {
  runId: string;
}

export interface RunSummary {
  runId: string;
  task: string;
  status: RunStatus;
  strategy: 'auto' | 'single' | 'team' | 'cascade';
  endReason: RunReport['endReason'];
  createdMs: number;
  endedMs: number | null;
  forkedFrom?: { runId: string; seq: number };
}

export interface RunList {
  runs: RunSummary[];
  next: string | null;
}

/** What a server is, and what it lets be started. */
export interface ServerInfo {
  version: string;
  store: string;
  /** The model for roles that name none. */
  model: string;
  teams: { name: string; description: string; roles: { name: string; description: string }[] }[];
  /** Folders that a task's files may lie below. */
  filesRoots: string[];
}

export interface RunStarted {
  runId: string;
}

export interface RunForked extends RunStarted {
  forkedFrom: { runId: string; seq: number };
}

/** How far a comparison has come that the server runs, or has run since it was started. */
export interface ComparisonProgress {
  comparisonId: string;
  state: 'running' | 'stopping' | 'ended' | 'failed';
  team: string;
  stopped: 'decided' | 'exhausted' | 'max-usd' | 'interrupted' | null;
  failure: string | null;
  startedMs: number;
  endedMs: number | null;
  pairsEnded: number;
  pairsPlanned: number;
  tokens: number;
  spentUsd: number | null;
  /** If every pair that is left has to be run; null before one has ended. */
  left: { pairs: number; ms: number; usd: number | null } | null;
  notes: string[];
}

export interface ComparisonNow extends JudgedComparison {
  /** null: another process runs it, or nobody does any more. */
  progress: ComparisonProgress | null;
}

export interface ComparisonList {
  comparisons: StoredComparison[];
  /** Of this server, those without an ended pair too. */
  underWay: ComparisonProgress[];
}
