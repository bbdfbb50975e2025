/**
 * Which process this is, and whether another one still lives. A pid alone says neither: it is used again after a
 * while, and means something else in another container. So a process is its host (machine, boot and pid namespace),
 * its pid and the moment it started.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  /** Equal for two processes only when each can see the other's pid. */
  hostId: string;
  /** For messages. */
  hostName: string;
  pid: number;
  /** Clock ticks from boot to the process's start; null where the system does not tell (no /proc). */
  startTicks: string | null;
}

let own: ProcessIdentity | undefined;

export function thisProcess(): ProcessIdentity {
  own ??= {
    hostId: readHostId(),
    hostName: hostname(),
    pid: process.pid,
    startTicks: readProcessStat(process.pid)?.startTicks ?? null,
  };
  return own;
}

/** Whether the process of this host lives. A frozen one does, a zombie does not. */
export function isProcessAlive(pid: number, startTicks: string | null): boolean {
  const stat = readProcessStat(pid);
  if (stat !== undefined) {
    const isDead = stat.state === 'Z' || stat.state === 'X';
    return !isDead && (startTicks === null || stat.startTicks === startTicks);
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // EPERM: it is there and belongs to another user.
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

function readHostId(): string {
  const parts = [
    readIfThere(() => readFileSync('/etc/machine-id', 'utf8')),
    readIfThere(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    readIfThere(() => readlinkSync('/proc/self/ns/pid')),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? hostname() : parts.map((part) => part.trim()).join(' ');
}

/** Fields 3 and 22 of /proc/<pid>/stat (proc_pid_stat(5)); the name in field 2 may hold spaces and parentheses. */
function readProcessStat(pid: number): { state: string; startTicks: string } | undefined {
  const stat = readIfThere(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields?.[0];
  const startTicks = fields?.[19];
  return state === undefined || startTicks === undefined ? undefined : { state, startTicks };
}

function readIfThere(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
