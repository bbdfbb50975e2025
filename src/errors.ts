/** Every error Planwright raises on purpose, in one table: its code, what it means, and what can be done about it. */

/** `retry`: the same call may succeed later. `replan`: the plan has to change. `none`: a person has to act. */
export type Recovery = 'none' | 'retry' | 'replan';

const errorTable = {
  usage: { recovery: 'none', meaning: 'A command or an option was used wrongly.' },
  'team-invalid': { recovery: 'none', meaning: 'A team file is not valid; the message carries file:line:column and the path.' },
  'plan-invalid': { recovery: 'replan', meaning: 'A plan has problems; each is located.' },
  'plan-unreadable': { recovery: 'none', meaning: 'A plan file is neither valid JSON nor valid YAML.' },
  'secret-missing': { recovery: 'none', meaning: 'An {env:NAME} reference names a variable that is not set.' },
  'model-unknown': { recovery: 'none', meaning: 'A model spec names no known provider, file or server.' },
  'model-unpriced': { recovery: 'none', meaning: 'A USD budget was set and a model has no known price.' },
  'model-failed': { recovery: 'retry', meaning: 'A model call failed after its retries.' },
  'model-timeout': { recovery: 'retry', meaning: 'A model call took longer than its limit.' },
  'model-unavailable': {
    recovery: 'retry',
    meaning: 'A model is not asked for now: its calls kept failing, or its provider wants to be left alone for long.',
  },
  'agent-failed': {
    recovery: 'retry',
    meaning: 'A remote agent (A2A) did not do what it was asked, or did not answer as the protocol wants.',
  },
  'attempt-timeout': { recovery: 'retry', meaning: 'An attempt of a role took longer than its limit.' },
  'model-output-invalid': { recovery: 'retry', meaning: 'A model answered in a form that cannot be used.' },
  'recording-missing': { recovery: 'none', meaning: 'A recorded: model has no recording of this call.' },
  'tool-unknown': { recovery: 'none', meaning: 'A role names a tool that does not exist.' },
  'tool-unavailable': { recovery: 'retry', meaning: 'An MCP server could not be started, reached or understood.' },
  'tool-failed': { recovery: 'retry', meaning: 'The tool that a role consists of failed.' },
  'tool-outcome-unknown': { recovery: 'none', meaning: 'A tool with effect "once" was under way when the process died.' },
  'path-outside-root': { recovery: 'none', meaning: 'A tool was asked for a path outside its root.' },
  'workspace-failed': {
    recovery: 'retry',
    meaning: 'A workspace could not be read or written (disk full, no permission, changed while it was read).',
  },
  'patch-conflict': {
    recovery: 'replan',
    meaning: 'Results that a subtask builds on change the same files in ways that do not fit together.',
  },
  'patch-mismatch': { recovery: 'retry', meaning: 'A patch does not fit the files that it is applied to.' },
  'step-limit': { recovery: 'retry', meaning: 'An executor used all its steps without an answer.' },
  'budget-spent': { recovery: 'none', meaning: 'A limit on calls, tokens or money is used up.' },
  'share-spent': { recovery: 'replan', meaning: 'A sub-team used up its own part of a budget; the team above it goes on.' },
  'time-spent': { recovery: 'none', meaning: 'The run used up its wall time.' },
  'check-unavailable': {
    recovery: 'none',
    meaning: 'An acceptance check that cannot be made: no such critic, no workspaces, a bad schema.',
  },
  'map-refused': { recovery: 'replan', meaning: 'What a mapped subtask is to run over is no list, or too long a one.' },
  'growth-refused': {
    recovery: 'retry',
    meaning: 'A team’s pattern could not read a result that says how the plan goes on, or may not follow it.',
  },
  rejected: { recovery: 'retry', meaning: 'A result did not pass its acceptance checks.' },
  'assumption-contradicted': { recovery: 'replan', meaning: 'An executor found that what its subtask assumes is not so.' },
  'depth-exceeded': { recovery: 'none', meaning: 'A team within a team within … is deeper than the limit.' },
  'run-unknown': { recovery: 'none', meaning: 'No run with this id is in the store.' },
  'run-busy': { recovery: 'none', meaning: 'Another live process drives this run.' },
  'run-ended': { recovery: 'none', meaning: 'The run has ended; nothing can be resumed, approved or cancelled.' },
  'run-stalled': { recovery: 'none', meaning: 'Subtasks wait and nothing is under way that could let them start.' },
  'replay-mismatch': { recovery: 'none', meaning: 'On resume, a call differs from the journaled call with its key.' },
  'store-corrupt': { recovery: 'none', meaning: 'The store file is damaged; it was left untouched.' },
  'store-newer': { recovery: 'none', meaning: 'The store was written by a newer version; it was left untouched.' },
  'store-missing': { recovery: 'none', meaning: 'No store is there yet; "planwright store init" makes one.' },
  'store-older': {
    recovery: 'none',
    meaning: 'The store was written by an older version; "planwright store init" brings it up to date.',
  },
  'store-failed': {
    recovery: 'retry',
    meaning: 'The store could not be opened or written (disk full, no permission, locked); nothing was half-written.',
  },
  'archive-invalid': {
    recovery: 'none',
    meaning:
      'A file of exported runs is cut off, damaged, or does not fit the runs that are there; the message carries file:line.',
  },
  'worker-lost': { recovery: 'retry', meaning: 'Work ended one worker after another, or failed outside its run.' },
  'value-too-large': { recovery: 'retry', meaning: 'A value, event or call is larger than the store keeps.' },
  cancelled: { recovery: 'none', meaning: 'The run or the call was cancelled.' },
  internal: { recovery: 'none', meaning: 'A defect in Planwright.' },
} as const satisfies Record<string, { recovery: Recovery; meaning: string }>;

export type ErrorCode = keyof typeof errorTable;

/** Where in a file something is wrong. Lines and columns count from 1. */
export interface SourceLocation {
  file?: string;
  line?: number;
  column?: number;
  /** Dotted path inside the document: `roles.critic.model`. */
  path?: string;
}

export interface PlanwrightErrorOptions {
  cause?: unknown;
  location?: SourceLocation;
  /** Facts a program may act on; plain JSON. */
  details?: Record<string, unknown>;
}

/** The base of every deliberate error. `message` says what, which value, and what to do. */
export class PlanwrightError extends Error {
  override readonly name = 'PlanwrightError';
  readonly code: ErrorCode;
  readonly recovery: Recovery;
  readonly location: SourceLocation;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, options: PlanwrightErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.recovery = errorTable[code].recovery;
    this.location = options.location ?? {};
    this.details = options.details ?? {};
  }
}

/** An error as it is journaled and printed: no stack, no cause. */
export interface ErrorRecord {
  code: ErrorCode;
  message: string;
  recovery: Recovery;
}

/** Any thrown value as a record; what is not a PlanwrightError becomes `internal`, or `cancelled` for an abort. */
export function toErrorRecord(thrown: unknown): ErrorRecord {
  if (thrown instanceof PlanwrightError) {
    return { code: thrown.code, message: thrown.message, recovery: thrown.recovery };
  }
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return { code: 'cancelled', message: thrown.message, recovery: 'none' };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'internal', message, recovery: 'none' };
}

/** The table, for the documentation page and its test. */
export function listErrorCodes(): { code: ErrorCode; recovery: Recovery; meaning: string }[] {
  return Object.entries(errorTable).map(([code, row]) => ({ code: code as ErrorCode, ...row }));
}
