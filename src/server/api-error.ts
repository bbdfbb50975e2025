/** What the API answers when it refuses: a status, a code and a sentence, never a stack. */
import { type ErrorCode, type PlanProblem, PlanwrightError } from '../index.ts';
import type { ApiFailure } from './schemas/failure.ts';

/** Codes of the server's own, beside those of docs/errors.md. */
const serverErrors = {
  malformed: { status: 400, meaning: 'The request is not what the route takes; the message says what is wrong with it.' },
  unauthorized: { status: 401, meaning: 'There is no session and no token, or the token is not the right one.' },
  'host-refused': { status: 403, meaning: 'The request names a host that this server does not answer for.' },
  'origin-refused': { status: 403, meaning: 'The request comes from another site, or from one that can’t be told.' },
  'not-found': { status: 404, meaning: 'There is no such path, subtask, comparison or team.' },
  'too-large': { status: 413, meaning: 'The body is larger than the route takes.' },
  'unsupported-media-type': { status: 415, meaning: 'The body is not `application/json`.' },
  busy: { status: 503, meaning: 'As many runs, comparisons or streams as this server takes are under way.' },
} as const satisfies Record<string, { status: FailureStatus; meaning: string }>;

export type ServerErrorCode = keyof typeof serverErrors;
export type FailureStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 500 | 503;

export class ApiError extends Error {
  readonly code: ServerErrorCode;

  constructor(code: ServerErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** By the library's codes; those that are not here are the server's failure. */
const statuses: Partial<Record<ErrorCode, FailureStatus>> = {
  usage: 400,
  'path-outside-root': 400,
  'run-unknown': 404,
  'run-busy': 409,
  'run-ended': 409,
  cancelled: 409,
  'team-invalid': 422,
  'plan-invalid': 422,
  'plan-unreadable': 422,
  'secret-missing': 422,
  'model-unknown': 422,
  'model-unpriced': 422,
  'tool-unknown': 422,
  'tool-unavailable': 422,
  'check-unavailable': 422,
  'depth-exceeded': 422,
  'recording-missing': 422,
  'value-too-large': 413,
  'store-failed': 503,
};

export interface FailureAnswer {
  status: FailureStatus;
  body: ApiFailure;
  /** It is not the request's fault: worth a line in the server's log. */
  isOurs: boolean;
}

/** What is said of whatever was thrown. Of a defect nothing but that there is one: its text may hold anything. */
export function describeFailure(thrown: unknown): FailureAnswer {
  if (thrown instanceof ApiError) {
    const { code, message } = thrown;
    return { status: serverErrors[code].status, body: { error: { code, message } }, isOurs: false };
  }
  if (thrown instanceof PlanwrightError) {
    const { code, message, details } = thrown;
    const status = statuses[code];
    const problems = details['problems'];
    if (status !== undefined) {
      const located = Array.isArray(problems) && code === 'plan-invalid' ? { problems: problems as PlanProblem[] } : {};
      return { status, body: { error: { code, message, ...located } }, isOurs: status === 503 };
    }
    return { status: 500, body: { error: { code, message } }, isOurs: true };
  }
  const message = 'Something went wrong in the server. Its log says what.';
  return { status: 500, body: { error: { code: 'internal', message } }, isOurs: true };
}

/** What names something that is not there says so by 404, not by the library's `usage`. */
export function asNotFound(thrown: unknown): unknown {
  const isMissing = thrown instanceof PlanwrightError && thrown.code === 'usage';
  return isMissing ? new ApiError('not-found', thrown.message) : thrown;
}

/** The table, for the documentation page and its test. */
export function listServerErrors(): { code: string; status: number; meaning: string }[] {
  return Object.entries(serverErrors).map(([code, row]) => ({ code, ...row }));
}
