/**
 * `/healthz`: the process answers. `/readyz`: it takes work, and PostgreSQL answers it. `/metrics`: for Prometheus. It listens on
 * loopback unless it is told otherwise: there is nothing secret in it, and nothing that a stranger needs.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PlanwrightError } from '../../errors.ts';
import type { PostgresStore } from '../postgres/postgres-store.ts';
import type { Worker } from './worker.ts';
import { createWorkerMetrics } from './worker-metrics.ts';

export interface HealthServer {
  /** `http://127.0.0.1:9464` */
  readonly url: string;
  close(): Promise<void>;
}

/** A store that does not answer for so long is not ready. */
const readyMs = 2_000;
/** Less than the 10 seconds after which Prometheus gives a scrape up. */
const scrapeMs = 5_000;

/** @param address `PORT` or `HOST:PORT`; port 0 is any free one. @throws {PlanwrightError} `usage` when it can't be listened on. */
export async function serveHealth(store: PostgresStore, worker: Worker, address: string): Promise<HealthServer> {
  const { host, port } = readAddress(address);
  const metrics = createWorkerMetrics(store, worker);
  const answer = async (path: string): Promise<{ status: number; type: string; body: string }> => {
    const plain = 'text/plain; charset=utf-8';
    switch (path) {
      case '/healthz':
        return { status: 200, type: plain, body: 'ok\n' };
      case '/readyz': {
        const { phase } = worker.state();
        if (phase !== 'working') return { status: 503, type: plain, body: `${phase}\n` };
        const answers = await respondsWithin(store, readyMs);
        return answers
          ? { status: 200, type: plain, body: 'ready\n' }
          : { status: 503, type: plain, body: 'PostgreSQL does not answer\n' };
      }
      case '/metrics':
        return { status: 200, type: metrics.contentType, body: await within(metrics.collect(), scrapeMs) };
      default:
        return { status: 404, type: plain, body: 'There is /healthz, /readyz and /metrics.\n' };
    }
  };
  const server = createServer((request, response) => {
    request.resume();
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const send = async (): Promise<void> => {
      const { status, type, body } = await answer(path);
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    send().catch(() => response.writeHead(503).end('The figures could not be read from PostgreSQL.\n'));
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(new PlanwrightError('usage', `Nothing can listen on ${address}: ${error.message}. Choose another --health.`));
    });
    server.listen(port, host, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** @throws {PlanwrightError} `usage`. */
function readAddress(address: string): { host: string; port: number } {
  const match = /^(?:(?<host>\[[0-9a-fA-F:]+\]|[^:[\]]+):)?(?<port>\d{1,5})$/.exec(address);
  const port = Number(match?.groups?.['port']);
  if (match === null || port > 65_535) {
    throw new PlanwrightError('usage', `"${address}" is no address. Write PORT or HOST:PORT, such as 9464 or 0.0.0.0:9464.`);
  }
  return { host: (match.groups?.['host'] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port };
}

async function respondsWithin(store: PostgresStore, ms: number): Promise<boolean> {
  const answered = store.connection.run((session) => session.query('SELECT 1'), ms);
  return within(answered, ms).then(
    () => true,
    () => false,
  );
}

/** @throws when it has not settled after so long; it may go on. */
async function within<Value>(promise: Promise<Value>, ms: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer after ${ms} ms.`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
