/**
 * A process that does not outlive the one that started it, nor leave children behind.
 *
 * Invariants
 * 1. It is the leader of a process group of its own; whatever it starts is in that group unless it takes itself out.
 * 2. A guard (a shell in the group) holds a pipe of ours. When the pipe closes, because we let go or because we are dead,
 *    the whole group is killed.
 * 3. Its environment is what was given and nothing else.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { systemClock } from '../../clock.ts';

export interface GuardedProcess {
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  /** How it ended: `exit code 1`, `signal SIGKILL`, or why it did not start. Never rejects. */
  ended: Promise<string>;
  /** Closes its stdin, then asks its group to end, then kills it. Resolves when it has ended. */
  stop(): Promise<void>;
  /** Ends its group at once. */
  kill(): void;
}

/** How long a server may take to end once its stdin is closed, and again once it was asked to. */
const graceMs = 500;
const drainMs = 200;

/**
 * Standard input has to be moved aside, for a shell gives its background jobs none. The server is a background job so that
 * the guard can wait for it and watch the pipe (descriptor 3) at the same time.
 */
const guardScript = `
trap : TERM
exec 4<&0 </dev/null
unset PWD OLDPWD SHLVL
"$@" <&4 3<&- 4<&- &
server=$!
exec 4<&-
( read -r gone <&3; kill -9 0 ) &
watcher=$!
exec 3<&-
while :; do
  wait "$server"
  status=$?
  kill -0 "$server" 2>/dev/null || break
done
kill -9 "$watcher" 2>/dev/null
exit "$status"
`;

export interface ProcessOptions {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd?: string;
}

export function startGuardedProcess({ command, args, env, cwd }: ProcessOptions): GuardedProcess {
  const hasGroups = process.platform !== 'win32';
  const options = { env: { ...env }, ...(cwd === undefined ? {} : { cwd }), windowsHide: true };
  const child = hasGroups
    ? spawn('/bin/sh', ['-c', guardScript, 'mcp', command, ...args], { ...options, detached: true, stdio: pipes })
    : spawn(command, [...args], { ...options, stdio: pipes });
  const [stdin, stdout, stderr, lifeline] = child.stdio;
  if (!isWritable(stdin) || !isReadable(stdout) || !isReadable(stderr) || !isWritable(lifeline)) {
    throw new TypeError('A process was started without its pipes.');
  }
  // A pipe whose reader is gone: that the process has ended says it.
  stdin.on('error', () => {});
  lifeline.on('error', () => {});
  stdout.on('error', () => {});
  stderr.on('error', () => {});
  const kill = (signal: 'SIGTERM' | 'SIGKILL'): void => killGroup(child, signal, hasGroups);
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(describeNoStart(error, cwd)));
    child.on('exit', (code, signal) => {
      // What it started may still be there.
      kill('SIGKILL');
      const how = signal === null ? describeExit(code, command) : `signal ${signal}`;
      // What it has written may still be in the pipes; who took itself out of the group may hold them open.
      child.on('close', () => resolve(how));
      systemClock.sleep(drainMs).then(() => resolve(how), resolve);
    });
  });
  return {
    stdin,
    stdout,
    stderr,
    ended,
    kill: () => kill('SIGKILL'),
    stop: async () => {
      stdin.end();
      if (await endsWithin(ended)) return;
      kill('SIGTERM');
      if (await endsWithin(ended)) return;
      kill('SIGKILL');
      await ended;
    },
  };
}

const pipes: ['pipe', 'pipe', 'pipe', 'pipe'] = ['pipe', 'pipe', 'pipe', 'pipe'];

function killGroup({ pid }: ChildProcess, signal: 'SIGTERM' | 'SIGKILL', hasGroups: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(hasGroups ? -pid : pid, signal);
  } catch {
    // Nobody is left.
  }
}

/** A process lives in real time, whatever clock a run goes by. */
async function endsWithin(ended: Promise<string>): Promise<boolean> {
  const waiting = new AbortController();
  try {
    return await Promise.race([ended.then(() => true), systemClock.sleep(graceMs, waiting.signal).then(() => false)]);
  } finally {
    waiting.abort();
  }
}

/** The shell is there; what may be missing is the folder. */
function describeNoStart(error: Error, cwd: string | undefined): string {
  if ('code' in error && error.code === 'ENOENT' && cwd !== undefined) return `there is no folder ${JSON.stringify(cwd)}`;
  return `it could not be started: ${error.message}`;
}

/** As a shell says it: 126 and 127 are its own. */
function describeExit(code: number | null, command: string): string {
  if (code === 127) return `there is no command ${JSON.stringify(command)}`;
  if (code === 126) return `the command ${JSON.stringify(command)} cannot be run`;
  return code !== null && code > 128 ? `signal ${code - 128}` : `exit code ${code}`;
}

function isWritable(stream: Readable | Writable | null | undefined): stream is Writable {
  return stream !== null && stream !== undefined && 'write' in stream;
}

function isReadable(stream: Readable | Writable | null | undefined): stream is Readable {
  return stream !== null && stream !== undefined && 'read' in stream;
}
