/** How a run of another system ended, from the fields that such systems write. */
import type { Trace, TraceEnding } from '../trace.ts';

const endingKeys = [
  'stop_reason',
  'termination_reason',
  'finish_reason',
  'end_reason',
  'ended_by',
  'stopped_by',
  'exit_reason',
  'termination',
] as const;
/** Say how it ended only when they name a limit. */
const stateKeys = ['status', 'state', 'error', 'outcome', 'result'] as const;
const limit = /max|limit|length|budget|timeout|timed?[_ -]?out|exhaust|too[_ -]many|recursion|deadline|turns? (?:used|reached)/i;
const completed = /complete|done|stop|success|finish|end_turn|terminat|answer/i;

export function readEnding(fields: Readonly<Record<string, unknown>>): TraceEnding {
  for (const key of endingKeys) {
    const value = fields[key];
    if (typeof value !== 'string' || value === '') continue;
    const detail = `${key}: ${value.slice(0, 200)}`;
    if (limit.test(value)) return { kind: 'limit', detail };
    return { kind: completed.test(value) ? 'completed' : 'stopped', detail };
  }
  for (const key of stateKeys) {
    const value = fields[key];
    if (typeof value === 'string' && limit.test(value)) return { kind: 'limit', detail: `${key}: ${value.slice(0, 200)}` };
  }
  return { kind: 'unknown', detail: '' };
}

const outcomeKeys = [
  'success',
  'succeeded',
  'is_correct',
  'is_corrected',
  'correct',
  'resolved',
  'passed',
  'reward',
  'score',
  'outcome',
  'status',
] as const;

/** A boolean or a reward of 0 or 1; anything between is unknown. */
export function readOutcome(fields: Readonly<Record<string, unknown>>): Trace['outcome'] {
  for (const key of outcomeKeys) {
    const value = fields[key];
    if (value === true || value === 1) return 'succeeded';
    if (value === false || value === 0) return 'failed';
    if (typeof value !== 'string') continue;
    if (/^(?:succe\w*|passed|correct|resolved|true|solved)$/i.test(value)) return 'succeeded';
    if (/^(?:fail\w*|incorrect|wrong|unresolved|false|unsolved|error)$/i.test(value)) return 'failed';
  }
  return 'unknown';
}
