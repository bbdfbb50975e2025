/**
 * MCP over the standard streams of a process.
 *
 * Invariants
 * 1. `onclose` is called once, and `endReason` says why by then.
 * 2. What the server may make us hold is bounded: one line, what we wait to send, what it sends without being asked,
 *    the end of its stderr. A server that exceeds a bound is stopped.
 */
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { type GuardedProcess, type ProcessOptions, startGuardedProcess } from './guarded-process.ts';
import { MessageLines, readMessage } from './message-lines.ts';

/** Sent since our last request. */
const maxUnaskedBytes = 32 * 1024 * 1024;
/** Written and not yet read by the server. */
const maxBacklogBytes = 16 * 1024 * 1024;
const stderrCharacters = 2000;
const noiseCharacters = 200;

export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: NonNullable<Transport['onmessage']>;
  readonly #options: ProcessOptions;
  readonly #lines = new MessageLines();
  #process: GuardedProcess | null = null;
  #endReason: string | null = null;
  #unaskedBytes = 0;
  #noise = '';
  #stderr = '';
  #stderrBytes = 0;

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  /** null while the process runs. */
  get endReason(): string | null {
    return this.#endReason;
  }

  /** The end of what it wrote to stderr, and how much that was in all. */
  get stderr(): { text: string; bytes: number } {
    return { text: this.#stderr, bytes: this.#stderrBytes };
  }

  /** The first of what stood on stdout and was no message; empty when there was none. */
  get noise(): string {
    return this.#noise;
  }

  async start(): Promise<void> {
    const child = startGuardedProcess(this.#options);
    this.#process = child;
    child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderrBytes += chunk.length;
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-stderrCharacters);
    });
    child.ended.then((how) => this.#end(`it ended (${how})`)).catch(() => {});
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const child = this.#process;
    if (child === null || this.#endReason !== null) throw new Error(`The server is gone: ${this.#endReason ?? 'not started'}.`);
    if ('method' in message && 'id' in message) this.#unaskedBytes = 0;
    child.stdin.write(`${JSON.stringify(message)}\n`);
    if (child.stdin.writableLength > maxBacklogBytes) this.#giveUp('it does not read what it is sent');
  }

  async close(): Promise<void> {
    await this.#process?.stop();
    this.#end('it was closed');
  }

  #receive(chunk: Buffer): void {
    if (this.#endReason !== null) return;
    this.#unaskedBytes += chunk.length;
    if (this.#unaskedBytes > maxUnaskedBytes)
      return this.#giveUp(`it sent more than ${maxUnaskedBytes} bytes without being asked`);
    try {
      for (const line of this.#lines.push(chunk)) this.#deliver(line);
    } catch (thrown) {
      this.#giveUp(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  #deliver(line: string): void {
    if (line.trim() === '') return;
    const message = readMessage(line);
    if (message === null) {
      if (this.#noise === '') this.#noise = line.slice(0, noiseCharacters);
      return;
    }
    try {
      this.onmessage?.(message);
    } catch (thrown) {
      this.onerror?.(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }

  #giveUp(reason: string): void {
    this.#end(reason);
    this.#process?.kill();
  }

  #end(reason: string): void {
    if (this.#endReason !== null) return;
    this.#endReason = reason;
    this.onclose?.();
  }
}
