/** A receiver of OTLP over HTTP with protobuf bodies, on the loopback interface, as an OpenTelemetry collector is one. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type ReceivedSpan, readTraceRequest } from './protobuf.ts';

export interface OtlpReceiver extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** In the order of their arrival. */
  spans(): ReceivedSpan[];
  /** Everything that was sent, undecoded: to be searched for what must not be in it. */
  payload(): string;
  requests(): number;
}

export interface OtlpReceiverOptions {
  /** Answers with this status, and takes nothing. Default 200. */
  status?: number;
  /** Never answers. */
  hangs?: boolean;
}

export async function startOtlpReceiver({ status = 200, hangs = false }: OtlpReceiverOptions = {}): Promise<OtlpReceiver> {
  const received: ReceivedSpan[] = [];
  const bodies: Buffer[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests += 1;
      if (hangs) return;
      const sent = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      const isTrace = request.method === 'POST' && request.url === '/v1/traces';
      if (status === 200 && isTrace && request.headers['content-type'] === 'application/x-protobuf') {
        bodies.push(body);
        received.push(...readTraceRequest(body));
        response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      } else response.writeHead(isTrace ? status : 404).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () => [...received],
    payload: () => Buffer.concat(bodies).toString('utf8'),
    requests: () => requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
