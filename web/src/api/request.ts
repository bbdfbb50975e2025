/** One way to ask the server: JSON in, JSON out, and its errors as errors with their code. */
import { paths } from './paths.ts';
import { noteRefusal } from './session.ts';

export class ApiError extends Error {
  readonly code: string;
  /** 0: the server could not be reached. */
  readonly status: number;
  constructor(code: string, message: string, status: number) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
  }
}

export interface RequestOptions {
  method?: 'GET' | 'POST';
  body?: unknown;
  signal?: AbortSignal;
}

/** @throws {ApiError} whatever went wrong, with words for a person. */
export async function request<Answer>(path: string, { method = 'GET', body, signal }: RequestOptions = {}): Promise<Answer> {
  const answer = await send(path, method, body, signal);
  const text = await answer.text();
  if (answer.status === 401 && path !== paths.session) noteRefusal();
  if (!answer.ok) throw readError(answer.status, text);
  // An answer without a body: there is nothing to be said.
  return (text === '' ? null : JSON.parse(text)) as Answer;
}

/** A response whose body is read as it arrives. @throws {ApiError} */
export async function openStream(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  const answer = await send(path, 'GET', undefined, signal, { accept: 'text/event-stream', ...headers });
  if (answer.status === 401) noteRefusal();
  if (!answer.ok) throw readError(answer.status, await answer.text());
  return answer;
}

async function send(
  path: string,
  method: string,
  body: unknown,
  signal?: AbortSignal,
  headers: Record<string, string> = {},
): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
      credentials: 'same-origin',
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError('unreachable', 'The server can’t be reached. Is "planwright serve" still running?', 0);
  }
}

function readError(status: number, text: string): ApiError {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: string; message?: string } };
    if (typeof error?.message === 'string') return new ApiError(error.code ?? 'error', error.message, status);
  } catch {
    // Not JSON: a proxy's page, say.
  }
  if (status === 401 || status === 403) {
    return new ApiError('unauthorized', 'This browser has no access. Open the address that "planwright serve" printed.', status);
  }
  return new ApiError('error', `The server answered ${status}.`, status);
}

/** What to show of anything thrown. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
