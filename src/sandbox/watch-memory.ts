/** How much memory a process and all its descendants hold, from /proc (Linux; descendants from kernel 3.5 on). */
import { readdir, readFile } from 'node:fs/promises';
import type { Clock } from '../clock.ts';

export const memoryPollMs = 40;

/** Processes of a tree that are looked at; a sandbox has no more. */
const maxProcesses = 512;

/**
 * Anonymous and shared memory of the tree, in bytes: what it has written and nothing else could hold. Processes that end meanwhile
 * count 0. Where /proc does not tell children, only the process itself counts.
 */
export async function measureMemory(pid: number): Promise<number> {
  let bytes = 0;
  const waiting = [pid];
  for (let seen = 0; seen < maxProcesses; seen += 1) {
    const next = waiting.pop();
    if (next === undefined) break;
    bytes += await heldBy(next);
    waiting.push(...(await childrenOf(next)));
  }
  return bytes;
}

/** Calls `exceeded` once when the tree holds more than `limitBytes`; ends with the signal. */
export async function watchMemory(
  pid: number,
  { limitBytes, clock, signal, exceeded }: { limitBytes: number; clock: Clock; signal: AbortSignal; exceeded: () => void },
): Promise<void> {
  try {
    for (;;) {
      await clock.sleep(memoryPollMs, signal);
      if ((await measureMemory(pid)) > limitBytes) {
        exceeded();
        return;
      }
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}

async function heldBy(pid: number): Promise<number> {
  const status = await readOrNothing(`/proc/${pid}/status`);
  const kilobytes = [...status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm)].map(([, amount]) => Number(amount));
  return kilobytes.reduce((sum, amount) => sum + amount, 0) * 1024;
}

async function childrenOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(tasks.map((task) => readOrNothing(`/proc/${pid}/task/${task}/children`)));
  return lists.flatMap((list) => list.split(' ').filter((child) => child !== '')).map(Number);
}

async function readOrNothing(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
