import { createServer, type RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { generateText, streamText } from 'ai';
import { afterEach, describe, expect, it } from 'vitest';
import { limitBytes, nameLimit } from './bounded-fetch.ts';
import { findPlanwrightError, toModelError } from './model-error.ts';
import { createModelRegistry } from './registry.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function modelAt(handler: RequestListener) {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const spec = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/v1#m`;
  return createModelRegistry({ env: { OPENAI_COMPATIBLE_API_KEY: 'secret-key' } }).resolve(spec);
}

describe('a hostile server', () => {
  it('that never ends its answer is cut off before it fills the memory', async () => {
    let sent = 0;
    const model = await modelAt((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const piece = Buffer.alloc(1024 * 1024, ' ');
      const send = () => {
        while (!response.destroyed && response.write(piece)) sent += 1;
        sent += 1;
      };
      response.on('drain', send);
      send();
    });
    const thrown: unknown = await generateText({ model: model.languageModel, prompt: 'x', maxRetries: 0 }).catch(
      (error: unknown) => error,
    );
    expect(findPlanwrightError(thrown)).toMatchObject({ code: 'model-output-invalid' });
    expect(sent).toBeLessThan(40);
  });

  it('that redirects gets neither the key sent on nor an answer', async () => {
    const asked: (string | undefined)[] = [];
    const model = await modelAt((request, response) => {
      asked.push(request.url);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    const thrown: unknown = await generateText({ model: model.languageModel, prompt: 'x', maxRetries: 0 }).catch(
      (error: unknown) => error,
    );
    expect(toModelError(thrown, 'm')).toMatchObject({ code: 'model-failed', details: { status: 307 } });
    expect(asked).toEqual(['/v1/chat/completions']);
  });

  it.each([
    ['an empty body', 200, ''],
    ['a page', 200, '<html>not json</html>'],
    ['no choices', 200, '{"choices":[]}'],
    ['another shape', 200, '{"choices":[{"message":{"content":7}}]}'],
    ['deep nesting', 500, '['.repeat(200_000)],
  ])('that answers with %s fails with an error that names the model', async (_name, status, body) => {
    const model = await modelAt((_request, response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(body),
    );
    const thrown: unknown = await generateText({ model: model.languageModel, prompt: 'x', maxRetries: 0 }).catch(
      (error: unknown) => error,
    );
    const error = toModelError(thrown, 'the-model');
    expect([error.code, error.message.startsWith('the-model failed')]).toEqual(['model-failed', true]);
  });

  it('that streams what is not a chunk fails too', async () => {
    const model = await modelAt((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {"nonsense":\n\ndata: 7\n\n');
    });
    const errors: unknown[] = [];
    await streamText({
      model: model.languageModel,
      prompt: 'x',
      maxRetries: 0,
      onError: ({ error }) => errors.push(error),
    }).consumeStream();
    expect(errors.length).toBeGreaterThan(0);
  });
});

async function countThroughLimit(sizes: number[]): Promise<number> {
  const stream = ReadableStream.from(sizes.map((size) => new Uint8Array(size))).pipeThrough(limitBytes(10));
  let bytes = 0;
  for await (const chunk of stream) bytes += chunk.byteLength;
  return bytes;
}

it('the limit counts bytes over all chunks', async () => {
  expect(await countThroughLimit([4, 6])).toBe(10);
  await expect(countThroughLimit([4, 6, 1])).rejects.toMatchObject({ code: 'model-output-invalid' });
});

/** Listens, and is then busy for ever: the kernel takes two connections for it and no more. */
const deafServer = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;

describe('limits of their own that fetch has', () => {
  it('a server that takes no connection is left after 10 s, and the message says so', { timeout: 30_000 }, async () => {
    const worker = new Worker(deafServer, { eval: true });
    const port = await new Promise<number>((resolve) => {
      worker.once('message', resolve);
    });
    const sockets: Socket[] = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    try {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const model = await createModelRegistry({ env: {} }).resolve(`http://127.0.0.1:${port}/v1#m`);
      await expect(model.languageModel.doGenerate({ prompt: [] })).rejects.toMatchObject({
        code: 'model-failed',
        message: `No connection to 127.0.0.1:${port} was made within 10 s. Check the address, and that the server is up and takes connections.`,
      });
    } finally {
      for (const socket of sockets) socket.destroy();
      await worker.terminate();
    }
  });

  it('a server that begins no answer is called so', () => {
    const cause = Object.assign(new Error('Headers Timeout Error'), { code: 'UND_ERR_HEADERS_TIMEOUT' });
    expect(nameLimit(new TypeError('fetch failed', { cause }), 'h:1')).toMatchObject({
      code: 'model-timeout',
      message: expect.stringContaining('h:1 took the request and sent nothing for 300 s'),
    });
    expect(nameLimit(new TypeError('fetch failed', { cause: new Error('other') }), 'h')).toBeUndefined();
  });
});
