/** Errors of model calls: what is kept of them, and what they become for the rest of Planwright. */
import { APICallError } from '@ai-sdk/provider';
import { PlanwrightError } from '../errors.ts';

const maxMessageCharacters = 2000;
const maxCauses = 8;

/** Things that look like keys in a provider's message: `sk-…`, `AIza…`, `Bearer …`, and passwords in URLs. */
const secretShapes: readonly [RegExp, string][] = [
  [/\b(sk|pk|rk|xai|gsk|hf|key)[-_][A-Za-z0-9_-]{8,}/g, '$1-[redacted]'],
  [/\bAIza[A-Za-z0-9_-]{10,}/g, 'AIza[redacted]'],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 [redacted]'],
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@:]*:[^\s/@]+@/gi, '$1[redacted]@'],
  [/([?&](?:api[-_]?key|key|token)=)[^&\s"']+/gi, '$1[redacted]'],
];

/** Replaces the given secrets, and whatever looks like one. */
export function redactSecrets(text: string, secrets: readonly string[] = []): string {
  const known = secrets
    .filter((secret) => secret !== '')
    .reduce((redacted, secret) => redacted.replaceAll(secret, '[redacted]'), text);
  return secretShapes.reduce((redacted, [shape, replacement]) => redacted.replace(shape, replacement), known);
}

/** A thrown value as one line for a record: redacted, at most 2,000 characters. */
export function describeThrown(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  // Cut before the shapes are looked for: a provider's message may be enormous.
  const short = message.slice(0, maxMessageCharacters * 2);
  return redactSecrets(short).slice(0, maxMessageCharacters);
}

/** The PlanwrightError among a thrown value and its causes. */
export function findPlanwrightError(thrown: unknown): PlanwrightError | undefined {
  let current = thrown;
  for (let depth = 0; depth < maxCauses && current instanceof Error; depth += 1) {
    if (current instanceof PlanwrightError) return current;
    current = lastTry(current) ?? current.cause;
  }
  return undefined;
}

/** Anything a model call can throw, as an error that names the model and says what to do. */
export function toModelError(thrown: unknown, spec: string): PlanwrightError {
  const own = findPlanwrightError(thrown);
  if (own !== undefined) return own;
  if (thrown instanceof Error && thrown.name === 'AbortError')
    return new PlanwrightError('cancelled', `The call of ${spec} was cancelled.`, { cause: thrown });
  const last = thrown instanceof Error ? (lastTry(thrown) ?? thrown) : thrown;
  const status = refusalStatus(last);
  const message = describeThrown(innermost(last));
  return new PlanwrightError(
    'model-failed',
    `${spec} failed${status === undefined ? '' : ` with HTTP ${status}`}: ${message.replace(/[.\s]+$/, '')}. ${advise(status)}`,
    {
      cause: thrown,
      details: { model: spec, ...(status === undefined ? {} : { status }) },
    },
  );
}

/** A broken answer carries status 200, which explains nothing. */
function refusalStatus(thrown: unknown): number | undefined {
  const status = APICallError.isInstance(thrown) ? thrown.statusCode : undefined;
  return status === undefined || status < 300 ? undefined : status;
}

/** The AI SDK says 'Failed to process successful response' of whatever went wrong inside; the cause says what. */
export function innermost(thrown: unknown): unknown {
  return APICallError.isInstance(thrown) && thrown.message.startsWith('Failed to process') && thrown.cause instanceof Error
    ? (thrown.cause.cause ?? thrown.cause)
    : thrown;
}

function advise(status: number | undefined): string {
  if (status === 401 || status === 403) return 'Check the API key.';
  if (status === 404) return 'Check the name of the model and the address of the server.';
  if (status === 400 || status === 413 || status === 422)
    return 'The server refused the request: the model may lack tools or structured output, or the context is too long.';
  if (status === 429) return 'Lower the rate with limits.perModel, or resume the run later.';
  return 'Check that the server can be reached, then resume the run.';
}

/** The AI SDK's RetryError carries the last try's error. */
export function lastTry(thrown: Error): Error | undefined {
  return 'lastError' in thrown && thrown.lastError instanceof Error ? thrown.lastError : undefined;
}
