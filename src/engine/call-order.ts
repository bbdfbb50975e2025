/** The order in which calls are listed: by their end, then by key (UTF-16 code units). */
import type { CallRecord } from '../model/call-record.ts';

export function orderCalls(calls: readonly CallRecord[]): CallRecord[] {
  return calls.toSorted((a, b) => a.endedMs - b.endedMs || (a.key < b.key ? -1 : 1));
}
