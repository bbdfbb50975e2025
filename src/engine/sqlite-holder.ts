/**
 * Whether a process that holds something in a store file still lives. One on this host does as long as its process does, frozen or
 * not: no time is involved. One on another host (another container, say) does while its heartbeat is younger than 15 s.
 */
import type { Clock } from '../clock.ts';
import { isProcessAlive, thisProcess } from './process-identity.ts';
import { type Row, readNumber, readText } from './sqlite-row.ts';

export const heartbeatMs = 5_000;
export const heartbeatLimitMs = 15_000;

/** @param row With `host_id`, `pid`, `start_ticks` and `heartbeat_ms`. */
export function isHolderAlive(row: Row, { clock, location }: { clock: Clock; location: string }): boolean {
  if (row['host_id'] !== thisProcess().hostId) {
    return clock.now() - readNumber(row, 'heartbeat_ms', location) < heartbeatLimitMs;
  }
  const startTicks = row['start_ticks'] === null ? null : readText(row, 'start_ticks', location);
  return isProcessAlive(readNumber(row, 'pid', location), startTicks);
}
