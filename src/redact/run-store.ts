/** The store, as what is written from outside to a run has to go through it. */
import { z } from 'zod';
import type { Store } from '../engine/store.ts';
import { redactRulesSchema } from './redact-rules.ts';
import { redactingStore } from './redacting-store.ts';
import { createRedactor } from './redactor.ts';

/** Of a run's setup. */
const redactingSetup = z.object({ team: z.object({ redact: redactRulesSchema }) });

/** @param rootRunId The run that a task began; the store as it is when the run redacts nothing, or is not there. */
export async function storeForRun(store: Store, rootRunId: string): Promise<Store> {
  const parsed = redactingSetup.safeParse((await store.getRun(rootRunId))?.setup);
  return parsed.success ? redactingStore(store, createRedactor(parsed.data.team.redact)) : store;
}
