/** Contestants that need a process of their own: DBOS is one a process, and a worker that is killed must not be this one. */
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** @param script In this folder. */
function argumentsOf(script: string, args: readonly string[]): string[] {
  const path = fileURLToPath(new URL(script, import.meta.url));
  // What a client library says of its own next version is not a figure.
  return ['--conditions=planwright:source', '--no-deprecation', path, ...args];
}

/**
 * Runs a script that writes `{"ms":…}` as its last line. @returns that time.
 * @throws {Error} when it fails.
 */
export async function timeScript(script: string, args: readonly string[]): Promise<number> {
  const { stdout } = await run(process.execPath, argumentsOf(script, args));
  const { ms } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { ms: number };
  return ms;
}

export interface WorkerOptions {
  /** Of the store. */
  url: string;
  lifetimeMs?: number;
  concurrency?: number;
  /** Its model never answers; the worker says when it is called. Default false: it answers at once. */
  hangs?: boolean;
}

export interface BenchWorker {
  /** Resolves when it works on its first model call; only one that hangs says so. */
  called: Promise<void>;
  /** As when the machine fails. */
  kill(): Promise<void>;
  /** It finishes what it holds, and leaves. */
  leave(): Promise<void>;
}

/** Resolves when it has joined. */
export async function startBenchWorker({
  url,
  lifetimeMs = 15_000,
  concurrency = 16,
  hangs = false,
}: WorkerOptions): Promise<BenchWorker> {
  const args = argumentsOf('engine-worker.ts', [url, String(lifetimeMs), String(concurrency), hangs ? 'hangs' : 'answers']);
  const child: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const heard = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'ready') ready.resolve();
    if (line === 'call') heard.resolve();
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  const broken = ended.then(([code]) => Promise.reject(new Error(`A worker ended early, with ${code}.`)));
  broken.catch(() => {});
  await Promise.race([ready.promise, broken]);
  return { called: heard.promise, kill: () => end('SIGKILL'), leave: () => end('SIGTERM') };
}
