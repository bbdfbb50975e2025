/** Records for the cases that every store has to pass: whole ones, of which a case says only what it is about. */
import type { CalibrationRecord } from '../calibrate/calibration-record.ts';
import type { JournalEntry } from '../events.ts';
import type { RunOutcome } from '../measure/outcome.ts';
import type { CallRecord } from '../model/call-record.ts';
import type { RunRecord } from './store.ts';

export function makeRun(runId: string, changes: Partial<RunRecord> = {}): RunRecord {
  return {
    version: 1,
    runId,
    rootRunId: runId,
    parentRunId: null,
    task: 'Say hello.',
    status: 'running',
    strategy: 'auto',
    endReason: null,
    createdMs: 1_700_000_000_000,
    endedMs: null,
    setup: {},
    ...changes,
  };
}

export function makeCalibration(criticHash: string, madeMs: number): CalibrationRecord {
  const rate = { rate: 0.1, low: 0.05, high: 0.2 };
  const table = { good: { n: 9, accepted: 9 }, bad: { n: 10, rejected: 9 }, falseAccept: rate, falseReject: rate, unverified: 0 };
  return {
    version: 1,
    criticHash,
    team: 't',
    role: 'critic',
    model: 'offline',
    table: { version: 1, alpha: 0.05, ...table, unverifiedOf: { good: 0, bad: 0 }, byKind: {} },
    madeMs,
    worksHash: '0',
    withoutReceipt: { judgements: 0, accepted: 0 },
  };
}

export function makeOutcome(runId: string, changes: Partial<RunOutcome> = {}): RunOutcome {
  return {
    version: 1,
    runId,
    taskClass: 'small',
    team: 'research',
    arm: 'team',
    delivered: true,
    ownVerdict: 'none',
    label: null,
    propensity: 1,
    pair: null,
    calls: 5,
    tokens: 4000,
    costUsd: null,
    durationMs: 1500.5,
    roles: {
      coder: { attempts: 2, accepted: 1, checked: 2, verified: 1, calls: 3, tokens: 2000, costUsd: null, durationMs: 900 },
    },
    forecast: null,
    endedMs: 1,
    ...changes,
  };
}

export function makeEntries(firstSeq: number, lastSeq: number): JournalEntry[] {
  return Array.from({ length: lastSeq - firstSeq + 1 }, (_, index) => {
    const seq = firstSeq + index;
    return { version: 1, seq, atMs: 1_700_000_000_000 + seq / 2, event: { type: 'timer-fired', timerId: `timer-${seq}` } };
  });
}

export function makeCall(key: string, changes: Partial<CallRecord> = {}): CallRecord {
  return {
    version: 1,
    key,
    runId: 'a',
    rootRunId: 'a',
    subtaskId: 's',
    attempt: 1,
    role: 'coder',
    purpose: 'execute',
    kind: 'model',
    name: 'offline',
    requestHash: '0'.repeat(64),
    outcome: 'succeeded',
    response: '{"text":"hello"}',
    error: null,
    costUsd: null,
    inputTokens: 10,
    cachedInputTokens: 0,
    outputTokens: 5,
    reasoningTokens: 0,
    startedMs: 1.5,
    endedMs: 5,
    ...changes,
  };
}
