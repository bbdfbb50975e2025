/**
 * Runs one command under bubblewrap and sees to it that it ends.
 *
 * 1. The sandbox is a process group of its own; bubblewrap dies with this process, and everything inside with bubblewrap.
 * 2. Whatever ends the wait (exit, time, memory, output, abort), the group has been killed before the outcome is given.
 * 3. Nothing of what is printed or reported beyond its limit is kept.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../clock.ts';
import {
  type BubblewrapTools,
  buildArguments,
  defaultProcessLimits,
  filterDescriptor,
  firstFileDescriptor,
  type ProcessLimits,
} from './bubblewrap-arguments.ts';
import { type ConfinedCommand, type ConfinedOutcome, maxReportBytes } from './confined-command.ts';
import { keepEnd, printedCharacters } from './sandbox.ts';
import { buildSeccompFilter } from './seccomp-filter.ts';
import { watchMemory } from './watch-memory.ts';

export interface RunConfinedOptions {
  tools: BubblewrapTools;
  clock: Clock;
  signal?: AbortSignal;
  /** Default: `defaultProcessLimits`. */
  processLimits?: ProcessLimits;
}

/** Descriptors are closed by then, unless something survives that nothing should. */
const closeTimeoutMs = 2000;
const megabyte = 1024 * 1024;

/** Users from 65,100 on are assigned to nobody on Debian; the range is small because some containers map no more. */
const firstUserId = 65_100;
const userIds = 400;
let started = 0;

/**
 * @throws the signal's reason when it aborts; the sandbox has ended by then.
 * @throws {Error} when bubblewrap can't be started.
 */
export async function runConfined(command: ConfinedCommand, options: RunConfinedOptions): Promise<ConfinedOutcome> {
  const { tools, clock, signal, processLimits = defaultProcessLimits } = options;
  signal?.throwIfAborted();
  started += 1;
  const userId = firstUserId + ((process.pid * 31 + started) % userIds);
  const startedMs = clock.now();
  const filter = buildSeccompFilter();
  const means = { userId, limits: processLimits, hasFilter: filter !== null };
  const child = spawn(tools.bwrap, buildArguments(command, tools, means), {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', ...command.files.map(() => 'pipe' as const)],
    env: {},
    cwd: '/',
    detached: true,
  });
  const run = new ConfinedRun(child, command, filter ?? new Uint8Array());
  const ended = new AbortController();
  const abort = () => run.kill();
  signal?.addEventListener('abort', abort, { once: true });
  const watches = [
    clock.sleep(command.limits.timeoutMs, ended.signal).then(() => run.stop('timeout')),
    watchMemory(child.pid ?? 0, {
      limitBytes: command.limits.memoryMb * megabyte,
      clock,
      signal: ended.signal,
      exceeded: () => run.stop('memory'),
    }),
  ].map((watch) => watch.catch(() => {}));
  try {
    const outcome = await run.ended;
    run.kill();
    await Promise.race([run.closed, clock.sleep(closeTimeoutMs, ended.signal)]);
    signal?.throwIfAborted();
    return { ...outcome, ...run.seen(), seconds: (clock.now() - startedMs) / 1000 };
  } finally {
    run.kill();
    signal?.removeEventListener('abort', abort);
    ended.abort();
    await Promise.all(watches);
  }
}

/** The process under way, and what it has written. */
class ConfinedRun {
  readonly ended: Promise<Pick<ConfinedOutcome, 'exitStatus' | 'signal'>>;
  /** Every descriptor has been read to its end. */
  readonly closed: Promise<void>;
  readonly #child: ChildProcess;
  readonly #command: ConfinedCommand;
  readonly #report: Buffer[] = [];
  #reportBytes = 0;
  #printed = Buffer.alloc(0);
  #printedBytes = 0;
  #stopped: ConfinedOutcome['stopped'] = null;

  constructor(child: ChildProcess, command: ConfinedCommand, filter: Uint8Array) {
    this.#child = child;
    this.#command = command;
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) => resolve(readStatus(code, signal)));
    });
    this.closed = new Promise((resolve) => child.on('close', () => resolve()));
    this.#feed(filter);
    this.#listen();
  }

  stop(why: 'timeout' | 'memory' | 'output'): void {
    this.#stopped ??= why;
    this.kill();
  }

  kill(): void {
    const { pid, exitCode, signalCode } = this.#child;
    // Once bubblewrap has ended, the kernel ends what it had started, and its number may be another's.
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }

  seen(): Pick<ConfinedOutcome, 'stopped' | 'printed' | 'report'> {
    const printed = keepEnd(this.#printed.toString('utf8'), printedCharacters);
    return { stopped: this.#stopped, printed, report: Buffer.concat(this.#report) };
  }

  #feed(filter: Uint8Array): void {
    feed(this.#child.stdin, this.#command.stdin);
    feed(this.#child.stdio[filterDescriptor], filter);
    this.#command.files.forEach(({ text }, index) => feed(this.#child.stdio[firstFileDescriptor + index], text));
  }

  #listen(): void {
    const print = (chunk: Buffer) => {
      if (this.#stopped === 'output') return;
      this.#printedBytes += chunk.length;
      this.#printed = Buffer.concat([this.#printed, chunk]).subarray(-4 * printedCharacters);
      if (this.#printedBytes > this.#command.limits.outputBytes) this.stop('output');
    };
    const report = (chunk: Buffer) => {
      this.#reportBytes += chunk.length;
      if (this.#reportBytes > maxReportBytes) this.stop('output');
      else this.#report.push(chunk);
    };
    const [, stdout, stderr, channel] = this.#child.stdio;
    for (const [stream, read] of [[stdout, print] as const, [stderr, print] as const, [channel, report] as const]) {
      const readable = stream as Readable;
      readable.on('error', () => {});
      readable.on('data', read);
    }
  }
}

/** A command that ends early closes what it was given; that is no error of ours. */
function feed(stream: unknown, content: string | Uint8Array): void {
  const writable = stream as Writable;
  writable.on('error', () => {});
  writable.end(content);
}

/** Bubblewrap passes a signal on as a shell does: 128 and its number. */
function readStatus(code: number | null, signal: string | null): Pick<ConfinedOutcome, 'exitStatus' | 'signal'> {
  const byNumber: Record<number, string> = { 132: 'SIGILL', 133: 'SIGTRAP', 134: 'SIGABRT', 136: 'SIGFPE', 137: 'SIGKILL' };
  const more: Record<number, string> = { 135: 'SIGBUS', 139: 'SIGSEGV', 143: 'SIGTERM', 152: 'SIGXCPU', 153: 'SIGXFSZ' };
  const passedOn = code === null ? undefined : { ...byNumber, ...more }[code];
  if (signal !== null) return { exitStatus: null, signal };
  return passedOn === undefined ? { exitStatus: code, signal: null } : { exitStatus: null, signal: passedOn };
}
