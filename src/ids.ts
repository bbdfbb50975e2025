/** Names that last: run ids and the keys under which calls are journaled. */
import type { Clock, Random } from './clock.ts';

/** What a call's key is made of; a CallScope has it. */
export interface KeyScope {
  runId: string;
  subtaskId: string;
  attempt: number;
}

const idAlphabet = '0123456789abcdefghijklmnopqrstuvwxyz';
const idRandomCharacters = 6;

/** `20261123-231500-k3f9qa`: sorts by start (UTC, to the second), lower case, safe as a file name. */
export function newRunId(clock: Clock, random: Random): string {
  const [date = '', time = ''] = new Date(clock.now()).toISOString().split('T');
  const suffix = Array.from({ length: idRandomCharacters }, () => idAlphabet[Math.floor(random.next() * idAlphabet.length)]);
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${suffix.join('')}`;
}

/** `runId/subtaskId/attempt/step`; steps count from 1. */
export function modelCallKey(scope: KeyScope, step: number): string {
  return `${scope.runId}/${encodeSubtaskId(scope.subtaskId)}/${scope.attempt}/${step}`;
}

/** `runId/subtaskId/attempt/step/toolIndex`; the index counts the tool calls of one model answer. */
export function toolCallKey(scope: KeyScope, step: number, toolIndex: number): string {
  return `${modelCallKey(scope, step)}/${toolIndex}`;
}

/** Names a piece of an attempt's work: `runId/subtaskId/attempt/part`. */
export function workKey(scope: KeyScope, part: string): string {
  return `${scope.runId}/${encodeSubtaskId(scope.subtaskId)}/${scope.attempt}/${part}`;
}

/** The record of the n-th failed try (from 1) of the call with this key. */
export function failedTryKey(key: string, failedTry: number): string {
  return `${key}#${failedTry}`;
}

/** Ids from a plan may hold `/` and `#`; reserved ids (`@plan`) hold neither and stay readable. */
function encodeSubtaskId(subtaskId: string): string {
  return subtaskId.startsWith('@')
    ? `@${encodeURIComponent(subtaskId.slice(1).toWellFormed())}`
    : encodeURIComponent(subtaskId.toWellFormed());
}

/** The run of a sub-team that carries out one attempt at a composite subtask. */
export function subRunId(runId: string, subtaskId: string, attempt: number): string {
  return `${runId}.${encodeSubtaskId(subtaskId)}.${attempt}`;
}

/** Whether a run is this one or that of a sub-team below it. */
export function isAtOrBelow(runId: string, above: string): boolean {
  return runId === above || runId.startsWith(`${above}.`);
}
