/** What the cases that every store has to pass are written with. */
import assert from 'node:assert/strict';
import { type ErrorCode, PlanwrightError } from '../errors.ts';
import type { Store } from './store.ts';
import { makeRun } from './store-records.ts';

/** By name; each is given a store that is empty. */
export type StoreChecks = Record<string, (store: Store) => Promise<void>>;

export async function assertRefuses(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof PlanwrightError, `Not a PlanwrightError: ${String(error)}`);
    assert.equal(error.code, code, error.message);
    return true;
  });
}

export async function createRuns(store: Store, runIds: readonly string[]): Promise<void> {
  for (const runId of runIds) await store.createRun(makeRun(runId));
}
