/**
 * The in-process sandbox for JavaScript and TypeScript without imports: each run is a worker thread with an engine of its own, so
 * that it can be ended from outside at any moment, whatever it is doing. docs/decisions/0013 has the engines that were tried.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { type Clock, systemClock } from '../clock.ts';
import { describeFailures, describeStop } from './describe-failures.ts';
import { readGuestFile } from './guest-files.ts';
import type { IsolateMessage, IsolateTask } from './isolate-task.ts';
import {
  type Failure,
  type FailureCause,
  keepEnd,
  printedCharacters,
  type Sandbox,
  type SandboxFacts,
  type SandboxJob,
  type SandboxOutcome,
} from './sandbox.ts';

/** Node has it; the types of this project have no web parts. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> };

const workerUrl = new URL(import.meta.url.endsWith('.ts') ? './isolate-worker.ts' : './isolate-worker.js', import.meta.url);
/** What the worker is given to say what it has seen before it is ended. */
const graceMs = 100;
/** Of the worker's own heap, beside the isolate's: the texts, the TypeScript compiler. */
const workerHeapMb = 256;

let prepared: Promise<Pick<IsolateTask, 'engine' | 'lockBuiltIns' | 'makeConsole'>> | undefined;

/** Compiles the engine, once a process. @throws when the package's files can't be read. */
export async function prepareIsolate(): Promise<Pick<IsolateTask, 'engine' | 'lockBuiltIns' | 'makeConsole'>> {
  prepared ??= (async () => {
    const bytes = await readFile(createRequire(import.meta.url).resolve('quickjs-wasi/quickjs.wasm'));
    const [engine, lockBuiltIns, makeConsole] = await Promise.all([
      WebAssembly.compile(new Uint8Array(bytes)),
      readGuestFile('lock-built-ins.js'),
      readGuestFile('isolate-console.js'),
    ]);
    return { engine, lockBuiltIns, makeConsole };
  })();
  return prepared;
}

export class IsolateSandbox implements Sandbox {
  readonly kind = 'isolate';
  readonly #clock: Clock;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  async run(job: SandboxJob, signal?: AbortSignal): Promise<SandboxOutcome> {
    if (job.language === 'python')
      return { kind: 'undecided', reason: 'The isolate runs JavaScript and TypeScript, not python.' };
    if (job.solutionFile !== undefined || job.packages.length > 0) {
      return { kind: 'undecided', reason: 'The isolate has no files and no packages.' };
    }
    const { limits } = job;
    const task: IsolateTask = {
      ...(await prepareIsolate()),
      solution: job.solution,
      tests: job.tests,
      isTypeScript: job.language === 'typescript',
      timeoutMs: limits.timeoutMs,
      memoryBytes: limits.memoryMb * 1024 * 1024,
      outputBytes: limits.outputBytes,
    };
    signal?.throwIfAborted();
    return this.#runWorker(job, task, signal);
  }

  async #runWorker(job: SandboxJob, task: IsolateTask, signal: AbortSignal | undefined): Promise<SandboxOutcome> {
    const startedMs = this.#clock.now();
    const worker = new Worker(workerUrl, {
      workerData: task,
      env: {},
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: workerHeapMb, stackSizeMb: 4 },
    });
    const stop = new AbortController();
    const stopped = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    let printed = '';
    const facts = (): SandboxFacts => {
      const seconds = (this.#clock.now() - startedMs) / 1000;
      return { sandbox: this.kind, seconds, exitStatus: null, printed: keepEnd(printed, printedCharacters) };
    };
    const fail = (cause: FailureCause, failures: readonly Failure[]): SandboxOutcome => {
      const said = describeFailures(failures, job);
      const reason = [isStop(cause) ? describeStop(cause, job.limits) : '', said].filter((text) => text !== '').join('\n');
      return { kind: 'failed', cause, reason, ...facts() };
    };
    try {
      return await Promise.race([
        new Promise<SandboxOutcome>((resolve) => {
          worker.on('message', (message: IsolateMessage) => {
            if (message.kind === 'printed') printed = keepEnd(printed + message.text, 2 * printedCharacters);
            else if (message.kind === 'passed') resolve({ kind: 'passed', ...facts() });
            else resolve(fail(message.cause, message.failures));
          });
          worker.on('error', (error) => resolve({ kind: 'undecided', reason: `The isolate broke: ${describeError(error)}` }));
          worker.on('exit', () => resolve({ kind: 'undecided', reason: 'The isolate ended without a word.' }));
        }),
        this.#clock.sleep(task.timeoutMs + graceMs, stopped).then(() => fail('timeout', [])),
      ]);
    } finally {
      stop.abort();
      await worker.terminate();
    }
  }
}

function isStop(cause: FailureCause): boolean {
  return cause === 'timeout' || cause === 'memory' || cause === 'output';
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
