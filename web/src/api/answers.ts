/** What the server answers, where the library has no type for it. */
import type { JournalEntry, RunReport } from 'planwright/browser';

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
