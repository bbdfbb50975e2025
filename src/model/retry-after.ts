/**
 * How long a provider asks to be left alone. `retry-after-ms` (ms) and `retry-after` (seconds or an HTTP date, RFC 9110 10.2.3)
 * are its word; where both are missing, the resets of its rate limits say it: OpenAI's `x-ratelimit-reset-requests: 1m30s`,
 * Anthropic's `anthropic-ratelimit-requests-reset: 2026-01-01T00:00:10Z`.
 */

/** The longest stated wait that is waited for; a longer one fails the call. */
export const maxStatedWaitMs = 600_000;

/** @param headers With lower-case names. @returns ms from now, at least 0; undefined when nothing usable is stated. */
export function readStatedWait(headers: Readonly<Record<string, string>> | undefined, nowMs: number): number | undefined {
  if (headers === undefined) return undefined;
  return readMs(headers['retry-after-ms']) ?? readRetryAfter(headers['retry-after'], nowMs) ?? readResets(headers, nowMs);
}

function readMs(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Math.ceil(Number(text)) : undefined;
}

function readRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const seconds = readMs(text) === undefined ? undefined : Number(text);
  return seconds === undefined ? readDate(text, nowMs) : Math.ceil(seconds * 1000);
}

function readDate(text: string, nowMs: number): number | undefined {
  // A bare number or a word would be read as some year.
  const atMs = /\d{4}.*:/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

/** Limits that are used up all have to be reset; when none says so, the one that is reset first is a guess at the least. */
function readResets(headers: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  const exhausted: number[] = [];
  const others: number[] = [];
  for (const [name, text] of Object.entries(headers)) {
    const [, openai] = /^x-ratelimit-reset-(.+)$/.exec(name) ?? [];
    const [, anthropic] = /^anthropic-ratelimit-(.+)-reset$/.exec(name) ?? [];
    const waitMs = openai === undefined ? (anthropic === undefined ? undefined : readDate(text, nowMs)) : readDuration(text);
    if (waitMs === undefined) continue;
    const remaining =
      headers[openai === undefined ? `anthropic-ratelimit-${anthropic}-remaining` : `x-ratelimit-remaining-${openai}`];
    (remaining?.trim() === '0' ? exhausted : others).push(waitMs);
  }
  if (exhausted.length > 0) return Math.max(...exhausted);
  return others.length > 0 ? Math.min(...others) : undefined;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `1m30.5s`, `20ms`; a bare number is seconds. */
function readDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Math.ceil(Number(trimmed) * 1000);
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(trimmed)) return undefined;
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  return Math.ceil(parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0), 0));
}
