import { PlanwrightError, type Store } from '../index.ts';
import type { CallCount, CallList } from './schemas/call.ts';

/**
 * The calls of a run and of its sub-teams' runs, without their texts.
 * @throws {PlanwrightError} `run-unknown`
 */
export async function listCalls(store: Store, runId: string): Promise<CallList> {
  if ((await store.getRun(runId)) === undefined) {
    throw new PlanwrightError('run-unknown', `No run "${runId.slice(0, 200)}" in ${store.location}.`);
  }
  const calls = await store.listCalls(runId);
  return {
    calls: calls.map(
      ({
        runId: of,
        subtaskId,
        attempt,
        role,
        purpose,
        kind,
        outcome,
        inputTokens,
        outputTokens,
        costUsd,
        startedMs,
        endedMs,
      }): CallCount => ({
        runId: of,
        subtaskId,
        attempt,
        role,
        purpose,
        kind,
        outcome,
        inputTokens,
        outputTokens,
        costUsd,
        startedMs,
        endedMs,
      }),
    ),
  };
}
