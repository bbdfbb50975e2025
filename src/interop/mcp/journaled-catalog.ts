/**
 * The catalog of a run: read from its server the first time, from the journal ever after. So an attempt that is replayed
 * shows its model the same tools, and a resumed run starts no server for calls that are recorded.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Store } from '../../engine/store.ts';
import { PlanwrightError } from '../../errors.ts';
import { toolCallKey } from '../../ids.ts';
import type { CallRecord } from '../../model/call-record.ts';
import { hashToolRequest } from '../../model/request-hash.ts';
import { noUsage } from '../../model/usage.ts';
import { type Catalog, catalogSchema, readCatalog, type Wanted } from './catalog.ts';
import type { RunningServer } from './mcp-server.ts';

export interface CatalogJournal {
  /** Of the outermost run. */
  runId: string;
  store: Pick<Store, 'findCall' | 'putCall'>;
  clock: Clock;
}

/** @param address What tells this server from the run's others; hashed. @throws as `readCatalog`. */
export async function loadCatalog(
  server: RunningServer,
  { address, wanted, journal, signal }: { address: string; wanted: Wanted; journal: CatalogJournal; signal: AbortSignal },
): Promise<Catalog> {
  const { runId, store, clock } = journal;
  const subtaskId = `@mcp.${createHash('sha256').update(address).digest('hex').slice(0, 16)}`;
  const scope = { runId, rootRunId: runId, subtaskId, attempt: 1, role: server.name, purpose: 'execute' as const };
  const key = toolCallKey(scope, 1, 0);
  const requestHash = hashToolRequest('tools/list', { names: [...wanted.names].toSorted(), all: wanted.all });
  const journaled = await store.findCall(key);
  if (journaled?.requestHash === requestHash && journaled.response !== null) {
    return catalogSchema.parse(JSON.parse(journaled.response));
  }
  const startedMs = clock.now();
  const catalog = await readInTime(server, wanted, signal);
  const record: CallRecord = {
    version: 1,
    ...scope,
    ...noUsage,
    key,
    kind: 'tool',
    name: `mcp:${server.name} tools/list`,
    requestHash,
    outcome: 'succeeded',
    response: JSON.stringify(catalog),
    error: null,
    costUsd: 0,
    startedMs,
    endedMs: clock.now(),
  };
  await store.putCall(record);
  return catalog;
}

/** A list may have many pages, and a server that hangs gives none. */
async function readInTime(server: RunningServer, wanted: Wanted, signal: AbortSignal): Promise<Catalog> {
  await server.connect(signal);
  const limit = AbortSignal.timeout(server.startTimeoutMs);
  try {
    return await readCatalog(server, wanted, AbortSignal.any([signal, limit]));
  } catch (thrown) {
    if (signal.aborted || !limit.aborted) throw thrown;
    throw new PlanwrightError(
      'tool-unavailable',
      `The MCP server "${server.name}" has not listed its tools within ${server.startTimeoutMs} ms. Raise mcp.${server.name}.startTimeoutMs, or look what keeps it.`,
    );
  }
}
