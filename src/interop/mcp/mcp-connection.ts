/** One connection to an MCP server: its handshake, its list of tools, calls. It is not opened again; mcp-server.ts does that. */
import type { CallToolResult, Client } from '@modelcontextprotocol/client';
import { z } from 'zod';
import type { Json } from '../../json.ts';
import type { JsonSchema } from '../../plan/plan.ts';
import type { ServerAddress } from './server-address.ts';

/** A request that failed. */
export class McpFailure extends Error {
  /**
   * `answered`: the server said so, or the request can't have reached it. `lost`: the connection is gone or its answer can't
   * be read, so whether the server acted is not known. `undelivered`: the connection is gone, and the request was not taken.
   */
  readonly kind: 'answered' | 'lost' | 'undelivered';
  constructor(kind: McpFailure['kind'], message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

export interface ToolPage {
  tools: unknown[];
  nextCursor?: string | undefined;
}

export interface McpConnection {
  isOpen(): boolean;
  /** @throws {McpFailure}; the signal's reason. */
  listTools(cursor: string | undefined, signal: AbortSignal): Promise<ToolPage>;
  /** @throws {McpFailure}; the signal's reason. */
  callTool(
    name: string,
    input: { [key: string]: Json },
    call: { inputSchema: JsonSchema; signal: AbortSignal },
  ): Promise<CallToolResult>;
  close(): Promise<void>;
}

/** Whoever calls has limits of its own, so the SDK's own never counts. */
const noTimeoutMs = 2_147_483_647;
const probeTimeoutMs = 5000;
/** For saying goodbye to a server that has a session. */
const goodbyeMs = 1000;

/** Tools are read one by one, so that one that is none spoils no others. */
const pageSchema = z.looseObject({ tools: z.array(z.unknown()), nextCursor: z.string().optional() });

export interface ConnectOptions {
  address: ServerAddress;
  timeoutMs: number;
  showStderr: boolean;
  /** Ends the attempt to connect, not the connection. */
  signal: AbortSignal;
}

/** @throws {McpFailure} when the server can't be started or reached, or does not speak MCP; the signal's reason. */
export async function connectServer({ address, timeoutMs, showStderr, signal: ending }: ConnectOptions): Promise<McpConnection> {
  const sdk = await import('@modelcontextprotocol/client');
  const { Client: SdkClient, ProtocolError, SdkHttpError } = sdk;
  const link = await openLink(address, showStderr);
  const client = new SdkClient(
    { name: 'planwright', version: '1' },
    {
      capabilities: {},
      // A process that speaks only the newest revision is rarer than one that an unknown first message upsets.
      versionNegotiation: { mode: address.kind === 'http' ? 'auto' : 'legacy', probe: { timeoutMs: probeTimeoutMs } },
      inputRequired: { autoFulfill: false },
    },
  );
  const explain = (thrown: unknown): McpFailure => {
    if (thrown instanceof McpFailure) return thrown;
    const message = [describe(thrown), link.explain()].filter((text) => text !== '').join('; ');
    if (thrown instanceof ProtocolError && !isUnreadable(thrown)) return new McpFailure('answered', describe(thrown), thrown);
    const status = thrown instanceof SdkHttpError ? thrown.status : undefined;
    if (status === 404 || isRefused(thrown)) return new McpFailure('undelivered', message, thrown);
    // A server that refuses has not acted: who asks (401, 403), how (4xx).
    if (status !== undefined && status >= 400 && status < 500) return new McpFailure('answered', message, thrown);
    return new McpFailure('lost', message, thrown);
  };
  const request = async <Result>(signal: AbortSignal, send: () => Promise<Result>): Promise<Result> => {
    signal.throwIfAborted();
    try {
      return await send();
    } catch (thrown) {
      signal.throwIfAborted();
      throw explain(thrown);
    }
  };
  const close = async (): Promise<void> => {
    await link.sayGoodbye();
    await client.close();
    await link.close();
  };

  const late = AbortSignal.timeout(timeoutMs);
  try {
    await withEnd(client.connect(link.transport, { timeout: timeoutMs }), AbortSignal.any([ending, late]));
  } catch (thrown) {
    const failure =
      late.aborted && !ending.aborted ? new McpFailure('lost', `it did not answer within ${timeoutMs} ms`) : explain(thrown);
    await close();
    ending.throwIfAborted();
    throw failure;
  }
  return {
    isOpen: () => client.transport !== undefined,
    listTools: (cursor, signal) => request(signal, async () => listPage(client, cursor, signal)),
    callTool: (name, input, { inputSchema, signal }) =>
      request(signal, () =>
        client.callTool(
          { name, arguments: input },
          // The tool's form as given here, without one for its output: a hostile pattern there would hold the process up.
          { signal, timeout: noTimeoutMs, toolDefinition: { name, inputSchema: { ...inputSchema, type: 'object' } } },
        ),
      ),
    close,
  };
}

async function listPage(client: Client, cursor: string | undefined, signal: AbortSignal): Promise<ToolPage> {
  const params = cursor === undefined ? {} : { cursor };
  return client.request({ method: 'tools/list', params }, pageSchema, { signal, timeout: noTimeoutMs });
}

interface Link {
  transport: Parameters<Client['connect']>[0];
  /** What is known of the server's side, for an error; may be empty. */
  explain(): string;
  sayGoodbye(): Promise<void>;
  close(): Promise<void>;
}

async function openLink(address: ServerAddress, showStderr: boolean): Promise<Link> {
  if (address.kind === 'http') {
    const { openHttpLink } = await import('./http-transport.ts');
    const http = openHttpLink(address.url, address.headers);
    const { transport } = http;
    return {
      transport,
      explain: () => http.endReason() ?? '',
      sayGoodbye: () => withEnd(transport.terminateSession(), AbortSignal.timeout(goodbyeMs)).catch(() => {}),
      close: () => transport.close(),
    };
  }
  const { StdioTransport } = await import('./stdio-transport.ts');
  const transport = new StdioTransport(address);
  return {
    transport,
    explain: () => explainProcess(transport, showStderr),
    sayGoodbye: async () => {},
    // The SDK lets go of a transport whose process has ended by itself; its group may have not.
    close: () => transport.close(),
  };
}

function explainProcess(
  { endReason, stderr, noise }: { endReason: string | null; stderr: { text: string; bytes: number }; noise: string },
  showStderr: boolean,
): string {
  const parts = [
    endReason ?? '',
    noise === '' ? '' : `on stdout stood what is no message: ${JSON.stringify(noise)}`,
    stderr.bytes === 0
      ? ''
      : showStderr
        ? `stderr ends: ${stderr.text.trim()}`
        : `stderr has ${stderr.bytes} bytes (showStderr: true shows them)`,
  ];
  return parts.filter((part) => part !== '').join('; ');
}

/** With the innermost cause: `fetch failed` says nothing. */
function describe(thrown: unknown): string {
  const errors = causesOf(thrown);
  const [first] = errors;
  if (first === undefined) return String(thrown);
  const last = errors.at(-1);
  const more = last === undefined || first.message.includes(last.message) ? '' : ` (${last.message})`;
  return `${first.message}${more}`.slice(0, 1000);
}

/** An error, its cause, and so on; the SDK keeps some in `data`. */
function causesOf(thrown: unknown): Error[] {
  const errors: Error[] = [];
  for (let current = thrown; current instanceof Error && errors.length < 8; current = causeOf(current)) errors.push(current);
  return errors;
}

function causeOf(error: Error): unknown {
  if (error instanceof AggregateError) return error.errors[0];
  if (error.cause !== undefined) return error.cause;
  const data: unknown = 'data' in error ? error.data : undefined;
  return typeof data === 'object' && data !== null && 'cause' in data ? data.cause : undefined;
}

function isUnreadable({ code }: { code: number }): boolean {
  return code === -32_700;
}

/** Nobody listened: the request was not taken. */
function isRefused(thrown: unknown): boolean {
  return causesOf(thrown).some((error) => 'code' in error && error.code === 'ECONNREFUSED');
}

/** The promise's result, or the signal's reason, whichever is first. */
export async function withEnd<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
