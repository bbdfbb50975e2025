/** Other processes on a store, for tests that kill them. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const storeModule = new URL('../../src/engine/sqlite-store.ts', import.meta.url).href;

export interface StoreProcess {
  pid: number;
  /** Every line said so far. */
  lines: string[];
  /** The next line that was not asked for yet; undefined when the process has ended. */
  nextLine(): Promise<string | undefined>;
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Exit code, null after a signal; what it wrote to stderr. */
  ended: Promise<{ code: number | null; stderr: string }>;
}

/**
 * @param folder The store's path.
 * @param body A module's statements. `store` is open; `say(line)` writes a line at once; `makeRun(id)` and
 *   `makeEntry(seq)` make what a store keeps; `argument` is `options.argument`.
 */
export function startStoreProcess(folder: string, body: string, { argument = '' }: { argument?: string } = {}): StoreProcess {
  const script = `
    import { writeSync } from 'node:fs';
    import { openSqliteStore } from ${JSON.stringify(storeModule)};
    const [folder, argument] = process.argv.slice(1);
    const say = (line) => writeSync(1, line + '\\n');
    const makeRun = (runId) => ({ version: 1, runId, rootRunId: runId, parentRunId: null, task: 't', status: 'running',
      strategy: 'auto', endReason: null, createdMs: 1, endedMs: null, setup: {} });
    const makeEntry = (seq) => ({ version: 1, seq, atMs: seq, event: { type: 'timer-fired', timerId: 'timer-' + seq } });
    say('started');
    const store = await openSqliteStore(folder);
    ${body}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script, folder, argument], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const waiting: (() => void)[] = [];
  let asked = 0;
  let isOver = false;
  const wakeAll = () => {
    for (const wake of waiting.splice(0)) wake();
  };
  createInterface({ input: child.stdout })
    .on('line', (line) => {
      lines.push(line);
      wakeAll();
    })
    .on('close', () => {
      isOver = true;
      wakeAll();
    });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  return {
    pid: child.pid ?? 0,
    lines,
    async nextLine() {
      while (asked >= lines.length && !isOver) await new Promise<void>((resolve) => waiting.push(resolve));
      asked += 1;
      return lines[asked - 1];
    },
    kill: (signal) => void child.kill(signal),
    ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr }))),
  };
}
