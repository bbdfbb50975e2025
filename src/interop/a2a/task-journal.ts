/**
 * The id of a remote task in the run's journal: after a crash the task is looked for, not begun a second time. It stands as a
 * tool's call of the attempt, for it is what has acted outside.
 */
import type { Clock } from '../../clock.ts';
import type { Store } from '../../engine/store.ts';
import { toolCallKey } from '../../ids.ts';
import { refuseMismatch } from '../../model/call-journal.ts';
import type { CallScope } from '../../model/call-record.ts';
import { hashToolRequest } from '../../model/request-hash.ts';
import { noUsage } from '../../model/usage.ts';

export interface TaskJournalOptions {
  store: Pick<Store, 'findCall' | 'putCall'>;
  scope: CallScope;
  clock: Clock;
  /** The agent's, for the record's name. */
  spec: string;
}

export class TaskJournal {
  readonly #options: TaskJournalOptions;
  readonly #key: string;

  constructor(options: TaskJournalOptions) {
    this.#options = options;
    this.#key = toolCallKey(options.scope, 1, 0);
  }

  /** null: no task has been begun for this message. @throws {PlanwrightError} `replay-mismatch` */
  async find(messageId: string): Promise<string | null> {
    const record = await this.#options.store.findCall(this.#key);
    if (record?.response === undefined || record.response === null) return null;
    refuseMismatch(record, this.#hash(messageId));
    const { taskId } = JSON.parse(record.response) as { taskId?: unknown };
    return typeof taskId === 'string' ? taskId : null;
  }

  async keep(messageId: string, taskId: string): Promise<void> {
    const { store, scope, clock, spec } = this.#options;
    const nowMs = clock.now();
    await store.putCall({
      version: 1,
      ...scope,
      ...noUsage,
      key: this.#key,
      kind: 'tool',
      name: spec,
      requestHash: this.#hash(messageId),
      outcome: 'succeeded',
      response: JSON.stringify({ taskId }),
      error: null,
      costUsd: 0,
      startedMs: nowMs,
      endedMs: nowMs,
    });
  }

  #hash(messageId: string): string {
    return hashToolRequest(this.#options.spec, { messageId });
  }
}
