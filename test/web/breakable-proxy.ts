/** A proxy on the loopback that can be cut and mended, and that has seen which events went through it. */
import { createServer, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { RunUpdate } from 'planwright';

export interface BreakableProxy extends AsyncDisposable {
  url: string;
  /** Ends every connection, and takes no new one. */
  cut(): void;
  mend(): void;
  /** Ids of the events that were handed on, in order. */
  eventIds(): string[];
  /** Their numbers, of one run. */
  seqsOf(runId: string): number[];
}

export async function breakableProxy(target: string): Promise<BreakableProxy> {
  const sockets = new Set<Socket>();
  const seen: { id: string; update: RunUpdate }[] = [];
  let isCut = false;
  const server = createServer((incoming, outgoing) => {
    const to = new URL(incoming.url ?? '/', target);
    // The server answers for its own name only.
    const headers: NodeJS.Dict<string | string[]> = { ...incoming.headers, host: to.host, 'accept-encoding': 'identity' };
    if (headers['origin'] !== undefined) headers['origin'] = new URL(target).origin;
    const onward = request(to, { method: incoming.method ?? 'GET', headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      outgoing.flushHeaders();
      if (answer.headers['content-type']?.startsWith('text/event-stream') === true) noteEvents(answer, seen);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  server.on('connection', (socket) => {
    if (isCut) socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      isCut = false;
    },
    eventIds: () => seen.map(({ id }) => id),
    seqsOf: (runId) => seen.filter(({ update }) => update.runId === runId).map(({ update }) => update.seq),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Whole messages only: one that was cut in the middle did not arrive. */
function noteEvents(answer: NodeJS.ReadableStream, seen: { id: string; update: RunUpdate }[]): void {
  let rest = '';
  answer.on('data', (bytes: Buffer) => {
    const messages = (rest + bytes.toString()).split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const id = /^id: (.*)$/m.exec(message)?.[1];
      const data = /^data: (.*)$/m.exec(message)?.[1];
      if (id !== undefined && data !== undefined) seen.push({ id, update: JSON.parse(data) as RunUpdate });
    }
  });
}
