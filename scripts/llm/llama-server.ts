/** llama.cpp's server on a free loopback port, for as long as the measurement lasts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LlamaServerOptions {
  gguf: string;
  /** The executable: a path, or a name that is looked up in PATH. */
  server: string;
  signal: AbortSignal;
}

export interface LlamaServer {
  /** A model spec: http://127.0.0.1:PORT/v1#NAME */
  spec: string;
  stop(): Promise<void>;
}

/** A slow disk needs a while for a large file. */
const healthTimeoutMs = 300_000;
const healthIntervalMs = 200;
/** From SIGTERM to SIGKILL. */
const graceMs = 3000;
/** Tokens of one request, answer included. A model that never ends is cut there. */
const contextTokens = 4096;
const keptErrorCharacters = 2000;
/** One core is left to others: threads that wait for a busy core made a server of 57 tokens/s one of 3. */
const threads = Math.max(1, availableParallelism() - 1);

/** @throws when the file is no GGUF, or the server can't be started or ends before it is ready; then nothing is left running. */
export async function startLlamaServer({ gguf, server, signal }: LlamaServerOptions): Promise<LlamaServer> {
  await refuseOtherFiles(gguf);
  const port = await findFreePort();
  const sizes = ['-c', String(contextTokens), '-np', '1', '-t', String(threads), '--poll', '0'];
  const child = spawn(server, ['-m', gguf, '--host', '127.0.0.1', '--port', String(port), ...sizes, '--jinja'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stop = () => stopChild(child);
  const waiting = new AbortController();
  const patience = AbortSignal.any([signal, waiting.signal, AbortSignal.timeout(healthTimeoutMs)]);
  try {
    await Promise.race([watchForEnd(child, server), untilHealthy(`http://127.0.0.1:${port}/health`, patience)]);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    waiting.abort();
  }
  return { spec: `http://127.0.0.1:${port}/v1#${basename(gguf, '.gguf')}`, stop };
}

async function refuseOtherFiles(path: string): Promise<void> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (bytesRead < 4 || buffer.toString('latin1') !== 'GGUF') throw new Error(`${path} is not a GGUF file.`);
  } finally {
    await file.close();
  }
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  probe.once('error', reject).listen(0, '127.0.0.1', resolve);
  await promise;
  const address = probe.address();
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  probe.close(() => close());
  await closed;
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1.');
  return address.port;
}

/** Rejects when the process can't be started or ends; never resolves. */
function watchForEnd(child: ChildProcess, server: string): Promise<never> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-keptErrorCharacters);
  });
  const { promise, reject } = Promise.withResolvers<never>();
  child.once('error', (cause) => reject(new Error(`${server} can't be started: ${cause.message}. Name it with --server PATH.`)));
  child.once('exit', (code, by) => reject(new Error(`${server} ended (${by ?? code}). It said last:\n${said.trim()}`)));
  // Once it is healthy nobody listens: the calls fail by themselves.
  promise.catch(() => {});
  return promise;
}

async function untilHealthy(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const health = await fetch(url, { signal }).catch(() => null);
    await health?.body?.cancel();
    if (health?.ok === true) return;
    await sleep(healthIntervalMs, undefined, { signal });
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  child.once('exit', () => resolve());
  const forced = setTimeout(() => child.kill('SIGKILL'), graceMs);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(forced);
}
