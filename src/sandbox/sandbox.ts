/** The port of what runs code that nobody trusts, against tests that decide. Implementations: IsolateSandbox, BubblewrapSandbox. */

export const sandboxKinds = ['isolate', 'bubblewrap'] as const;
export type SandboxKind = (typeof sandboxKinds)[number];

export const sandboxLanguages = ['javascript', 'typescript', 'python'] as const;
export type SandboxLanguage = (typeof sandboxLanguages)[number];

export interface SandboxLimits {
  /** Wall time from the start of the sandbox. Default 10,000. */
  timeoutMs: number;
  /** Of all processes of the sandbox together, beyond what they share with others. Default 256. */
  memoryMb: number;
  /** Of everything that is printed, in UTF-8. Default 1,000,000. */
  outputBytes: number;
}

export const defaultSandboxLimits: SandboxLimits = { timeoutMs: 10_000, memoryMb: 256, outputBytes: 1_000_000 };

/** A folder or a file of the host that the sandbox sees, read-only. */
export interface PackageMount {
  /** Absolute path on the host. */
  source: string;
  /** Relative to the working folder: `node_modules/js-md5`. */
  target: string;
}

/** What is run: a solution, and the tests that judge it. */
export interface SandboxJob {
  language: SandboxLanguage;
  solution: string;
  tests: string;
  /** The tests are a file that imports the solution from this file beside it. Absent: they see the solution's own scope. */
  solutionFile?: string;
  packages: readonly PackageMount[];
  limits: SandboxLimits;
}

export type FailureCause =
  /** An assertion of the tests does not hold, or something was thrown. */
  | 'test'
  /** The process ended before the tests did. */
  | 'ended-early'
  | 'timeout'
  | 'memory'
  | 'output';

/** One thing that went wrong, as a guest program reports it. */
export interface Failure {
  message: string;
  /** Where, if that is known; lines count from 1. */
  place?: { in: 'solution' | 'tests'; line: number };
}

/** What was seen of one run. */
export interface SandboxFacts {
  sandbox: SandboxKind;
  /** Wall time, the sandbox's own start included. */
  seconds: number;
  /** Of the process; null where there is none (an isolate), or when it was stopped. */
  exitStatus: number | null;
  /** The last that was printed, at most 2,000 characters. */
  printed: string;
}

export type SandboxOutcome =
  | ({ kind: 'passed' } & SandboxFacts)
  /** `reason`: one or more sentences; the failing assertion's message first. */
  | ({ kind: 'failed'; cause: FailureCause; reason: string } & SandboxFacts)
  /** The sandbox itself did not work, so that nothing is known of the code. */
  | { kind: 'undecided'; reason: string };

export interface Sandbox {
  readonly kind: SandboxKind;
  /** @throws the signal's reason when it aborts; what is running is stopped at once. */
  run(job: SandboxJob, signal?: AbortSignal): Promise<SandboxOutcome>;
}

/** Characters of printed text that a report keeps. */
export const printedCharacters = 2000;
/** Characters of one failure's message. */
export const messageCharacters = 1000;
/** Failures of one run that are named. */
export const maxFailures = 5;

/** The end of a text, with a mark where its beginning was cut. */
export function keepEnd(text: string, characters: number): string {
  return text.length <= characters ? text : `…${text.slice(text.length - characters + 1)}`;
}
