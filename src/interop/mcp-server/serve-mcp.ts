/** Planwright as an MCP server over stdio: one connection, from its first message until the client is gone. */
import type { Readable, Writable } from 'node:stream';
import { createMcpServer } from './create-server.ts';
import { RunDesk, type RunDeskOptions } from './run-desk.ts';

export interface ServeMcpOptions extends RunDeskOptions {
  /** What the server calls its version. */
  version: string;
  /** Ends the connection. */
  signal?: AbortSignal;
  /** Default: the process's. */
  stdin?: Readable;
  /** Carries the protocol and nothing else. Default: the process's. */
  stdout?: Writable;
  /** Hears of lines that are no messages and of a client that can't be written to. Default: nobody does. */
  onError?: (error: Error) => void;
}

/**
 * Serves until the client closes its end or the signal aborts; then interrupts what is under way, waits for it, and closes the
 * store. A message may have 10 MB; a longer one ends the connection.
 */
export async function serveMcp(options: ServeMcpOptions): Promise<void> {
  const { version, signal, stdin = process.stdin, stdout = process.stdout, onError, ...deskOptions } = options;
  const { serveStdio, StdioServerTransport } = await import('@modelcontextprotocol/server/stdio');
  const desk = new RunDesk(deskOptions);
  const transport = new StdioServerTransport(stdin, stdout);
  const closeTransport = transport.close.bind(transport);
  const gone = Promise.withResolvers<void>();
  let isLeaving = false;
  // Always before the SDK aborts the requests: to be gone is not to cancel.
  const leave = (): void => {
    if (isLeaving) return;
    isLeaving = true;
    desk.close().then(gone.resolve, gone.reject);
  };
  transport.close = async () => {
    leave();
    await closeTransport();
  };
  const onerror = onError === undefined ? {} : { onerror: onError };
  const handle = serveStdio(() => createMcpServer(desk, version), { transport, ...onerror });
  const stop = (): void => {
    leave();
    handle.close().catch(() => undefined);
  };
  if (signal?.aborted) stop();
  else signal?.addEventListener('abort', stop, { once: true });
  await gone.promise;
}
