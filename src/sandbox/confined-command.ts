/** A command as a sandbox of processes runs it, and what comes of it. */
import type { SandboxLimits } from './sandbox.ts';

/** A file or a folder of the host, seen read-only at `target`. Both paths are absolute. */
export interface Bind {
  source: string;
  target: string;
}

export interface ConfinedCommand {
  /** The program inside the sandbox and its arguments. */
  argv: readonly string[];
  binds: readonly Bind[];
  /** Folders inside that are hidden behind an empty one. */
  hidden?: readonly string[];
  /** Files that only the sandbox has; read-only. Paths inside it. */
  files: readonly { path: string; text: string }[];
  env: Readonly<Record<string, string>>;
  limits: SandboxLimits;
  /** A bound on each process, in bytes: of its data segment, or of its address space. */
  perProcess: { data?: number; addressSpace?: number };
  stdin: Uint8Array;
}

export interface ConfinedOutcome {
  /** null when it was stopped or ended by a signal. */
  exitStatus: number | null;
  /** `SIGKILL`, `SIGXCPU`, … when a signal ended it; null otherwise. */
  signal: string | null;
  /** Why it was stopped from outside. */
  stopped: 'timeout' | 'memory' | 'output' | null;
  /** The end of what was printed on both streams, in the order it came. */
  printed: string;
  /** All that was written to descriptor 3, at most `maxReportBytes`. */
  report: Uint8Array;
  seconds: number;
}

/** Of descriptor 3. What writes more is stopped like what prints too much. */
export const maxReportBytes = 1_000_000;
