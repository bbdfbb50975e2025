/** Processes that are told what to do over IPC, and can be killed, frozen and continued for real. */
import { type ChildProcess, fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ToldProcess<Order, Answer> extends AsyncDisposable {
  readonly pid: number;
  /** The next answer that was not read yet; undefined once the process has ended. */
  next(): Promise<Answer | undefined>;
  tell(order: Order): void;
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2'): void;
  /** The signal that ended it, or its exit code. */
  ended: Promise<NodeJS.Signals | number | null>;
  /** What it wrote to stderr, its end. */
  stderr(): string;
}

export interface ToldProcessOptions {
  /** Loaded before the script. */
  preload?: string;
  env?: NodeJS.ProcessEnv;
  /** Runs it inside this network namespace. */
  netns?: string;
}

/** @param script In this folder. */
export function startToldProcess<Order, Answer>(
  script: string,
  { preload, env, netns }: ToldProcessOptions = {},
): ToldProcess<Order, Answer> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const preloads = preload === undefined ? [] : ['--import', new URL(preload, import.meta.url).href];
  const execArgv = ['--conditions=planwright:source', ...preloads];
  const child: ChildProcess = fork(path, [], {
    ...(netns === undefined
      ? { execArgv }
      : { execPath: '/usr/sbin/ip', execArgv: ['netns', 'exec', netns, process.execPath, ...execArgv] }),
    // What was compiled once is not compiled again by the next.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'planwright-faults-cache'), ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const answers: Answer[] = [];
  let wake: (() => void) | undefined;
  let isOver = false;
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4_000);
  });
  child.on('message', (answer) => {
    answers.push(answer as Answer);
    wake?.();
  });
  // What was said before it died is read first.
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.on('close', (code, signal) => {
      isOver = true;
      wake?.();
      resolve(signal ?? code);
    });
  });
  const signal = (name: NodeJS.Signals): void => void (isOver || child.kill(name));
  return {
    pid: child.pid ?? 0,
    next: async () => {
      while (answers.length === 0 && !isOver) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return answers.shift();
    },
    // One that is dying takes no orders any more.
    tell: (order) => void child.send(order as object, () => {}),
    signal,
    ended,
    stderr: () => said,
    [Symbol.asyncDispose]: async () => {
      signal('SIGCONT');
      signal('SIGKILL');
      await ended;
    },
  };
}
