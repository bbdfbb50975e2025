/**
 * One server of a run: started when something is first asked of it, and once more when its connection was lost.
 *
 * Invariants
 * 1. At most one connection at a time; who asks while it opens waits for the same one.
 * 2. A process is started at most twice in a run. A server over HTTP is connected to again at most once for one request.
 * 3. A call that may have acted is repeated only when its effect allows it.
 */
import type { CallToolResult } from '@modelcontextprotocol/client';
import { PlanwrightError } from '../../errors.ts';
import type { ToolEffect } from '../../execute/tool.ts';
import type { Json } from '../../json.ts';
import type { JsonSchema } from '../../plan/plan.ts';
import type { McpServer } from '../../team/reach.ts';
import type { Environment } from '../../team/secrets.ts';
import { connectServer, type McpConnection, McpFailure, type ToolPage, withEnd } from './mcp-connection.ts';
import { createRedactor, resolveAddress } from './server-address.ts';

const defaultStartTimeoutMs = 30_000;
const mostProcesses = 2;

export interface ToolCallRequest {
  tool: string;
  input: { [key: string]: Json };
  inputSchema: JsonSchema;
  effect: ToolEffect;
  signal: AbortSignal;
}

export class RunningServer {
  readonly name: string;
  readonly #spec: McpServer;
  readonly #env: Environment;
  readonly #redact: (text: string) => string;
  readonly #closing = new Set<Promise<void>>();
  readonly #released = new WeakSet<Held>();
  #held: Held | null = null;
  #opened = 0;
  readonly #ended = new AbortController();

  constructor(name: string, spec: McpServer, env: Environment) {
    this.name = name;
    this.#spec = spec;
    this.#env = env;
    this.#redact = createRedactor(spec, env);
  }

  /** Text of the server without its secrets. */
  redact(text: string): string {
    return this.#redact(text);
  }

  /** For the process and the handshake, and again for the list of tools. */
  get startTimeoutMs(): number {
    return this.#spec.startTimeoutMs ?? defaultStartTimeoutMs;
  }

  /** Resolves when it can be asked. @throws {PlanwrightError} `tool-unavailable`; the signal's reason. */
  async connect(signal: AbortSignal): Promise<void> {
    try {
      await withEnd(this.#hold().connection, signal);
    } catch (thrown) {
      throw thrown instanceof McpFailure ? this.#unavailable('could not be started', thrown) : thrown;
    }
  }

  /** @throws {PlanwrightError} `tool-unavailable`; the signal's reason. */
  async listTools(cursor: string | undefined, signal: AbortSignal): Promise<ToolPage> {
    try {
      return await this.#ask('read', signal, (connection) => connection.listTools(cursor, signal));
    } catch (thrown) {
      if (!(thrown instanceof McpFailure)) throw thrown;
      throw this.#unavailable('has not listed its tools', thrown);
    }
  }

  /**
   * @throws {Error} for the model: the server said so, or is gone; {PlanwrightError} `tool-outcome-unknown` when a `once` tool
   * may have acted; the signal's reason.
   */
  async callTool({ tool, input, inputSchema, effect, signal }: ToolCallRequest): Promise<CallToolResult> {
    try {
      return await this.#ask(effect, signal, (connection) => connection.callTool(tool, input, { inputSchema, signal }));
    } catch (thrown) {
      if (!(thrown instanceof McpFailure)) throw thrown;
      const message = `The MCP server "${this.name}" has not carried out "${tool}": ${this.#say(thrown)}`;
      if (thrown.kind !== 'lost' || effect !== 'once') throw new Error(message, { cause: thrown });
      throw new PlanwrightError(
        'tool-outcome-unknown',
        `${message} Whether it acted is not known; look before you run it again.`,
      );
    }
  }

  async close(): Promise<void> {
    this.#ended.abort(new McpFailure('undelivered', 'the run has ended'));
    if (this.#held !== null) this.#letGo(this.#held);
    await Promise.all(this.#closing);
  }

  async #ask<Result>(
    effect: ToolEffect,
    signal: AbortSignal,
    send: (connection: McpConnection) => Promise<Result>,
  ): Promise<Result> {
    const held = this.#hold();
    // A server that can't be had is not asked for again in the same breath.
    const connection = await withEnd(held.connection, signal);
    try {
      return await send(connection);
    } catch (thrown) {
      if (!(thrown instanceof McpFailure) || thrown.kind === 'answered') throw thrown;
      this.#letGo(held);
      if (thrown.kind === 'lost' && effect === 'once') throw thrown;
      const again = await withEnd(this.#hold().connection, signal).catch((later: unknown) => bothFailed(thrown, later));
      return send(again);
    }
  }

  #hold(): Held {
    if (this.#held?.open?.isOpen() === false) this.#letGo(this.#held);
    if (this.#held !== null) return this.#held;
    const held: Held = { connection: this.#start(), open: null };
    this.#watch(held).catch(() => {});
    this.#held = held;
    return held;
  }

  /** Never rejects: a start that failed may be tried again. */
  async #watch(held: Held): Promise<void> {
    try {
      held.open = await held.connection;
    } catch {
      this.#letGo(held);
    }
  }

  /** @throws {McpFailure} `answered` or `undelivered`: nothing was asked of the server yet; {PlanwrightError} for a bad address. */
  async #start(): Promise<McpConnection> {
    await Promise.all(this.#closing);
    this.#ended.signal.throwIfAborted();
    const address = resolveAddress(this.name, this.#spec, this.#env);
    if (address.kind === 'stdio' && this.#opened >= mostProcesses) {
      throw new McpFailure('undelivered', `it was started ${mostProcesses} times in this run and is not started again`);
    }
    this.#opened += 1;
    const { showStderr = false } = this.#spec;
    return connectServer({ address, timeoutMs: this.startTimeoutMs, showStderr, signal: this.#ended.signal }).catch(
      (thrown: unknown) => {
        throw thrown instanceof McpFailure && thrown.kind === 'lost'
          ? new McpFailure('undelivered', thrown.message, thrown)
          : thrown;
      },
    );
  }

  #letGo(held: Held): void {
    if (this.#held === held) this.#held = null;
    if (this.#released.has(held)) return;
    this.#released.add(held);
    const closing = held.connection
      .then((open) => open.close())
      .catch(() => {})
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  #unavailable(what: string, failure: McpFailure): PlanwrightError {
    return new PlanwrightError('tool-unavailable', `The MCP server "${this.name}" ${what}: ${this.#say(failure)}`);
  }

  #say({ message }: McpFailure): string {
    const text = this.#redact(message).replace(/\s+/g, ' ').trim();
    return /[.!?…]$/.test(text) ? text : `${text}.`;
  }
}

interface Held {
  connection: Promise<McpConnection>;
  /** null while it opens. */
  open: McpConnection | null;
}

function bothFailed(first: McpFailure, later: unknown): never {
  throw later instanceof McpFailure ? new McpFailure(first.kind, `${first.message}; then ${later.message}`, later) : later;
}
