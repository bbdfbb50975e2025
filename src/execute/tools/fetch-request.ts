/**
 * One HTTP exchange with an end: bounded in time, in what comes over the wire, and in what that unpacks to. It follows no
 * redirect and keeps no connection.
 */
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';

export interface Exchange {
  url: URL;
  method: string;
  /** With its media type. */
  body?: { text: string; contentType: string };
  lookup: LookupFunction;
  /** Of the body, unpacked. */
  maxBytes: number;
  signal: AbortSignal;
  /** Called once the host is reached: from then on the request may have acted. */
  onConnect?: () => void;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** At most `maxBytes` of it. */
  body: Buffer;
  /** There was more. */
  isCut: boolean;
}

const accepted = 'text/html, application/xhtml+xml, text/*, application/json, application/xml;q=0.9, */*;q=0.1';
const unpackers: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};
/** What may come over the wire beyond `maxBytes`: packed data that unpacks to nothing. */
const packedSlackBytes = 64 * 1024;

/** @throws the signal's reason; an Error that says what went wrong with the connection or the packing. */
export async function exchange(asked: Exchange): Promise<Answer> {
  const response = await send(asked);
  const { statusCode: status = 0, headers } = response;
  try {
    if (asked.method === 'HEAD' || isRedirect(status)) return { status, headers, body: Buffer.alloc(0), isCut: false };
    const { body, isCut } = await readBody(response, asked);
    return { status, headers, body, isCut };
  } catch (thrown) {
    if (asked.signal.aborted || !(thrown instanceof Error)) throw thrown;
    throw new Error(`HTTP ${status}, but ${thrown.message}`, { cause: thrown });
  } finally {
    response.destroy();
  }
}

export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

function send({ url, method, body, lookup, signal, onConnect }: Exchange): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const bytes = body === undefined ? null : Buffer.from(body.text);
  const headers = {
    accept: accepted,
    'accept-encoding': 'gzip, deflate, br, zstd',
    'user-agent': 'planwright',
    ...(body === undefined || bytes === null ? {} : { 'content-type': body.contentType, 'content-length': bytes.length }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, lookup, signal, agent: false }, resolve);
    sent.on('socket', (socket) => socket.once('connect', () => onConnect?.()));
    // Also hears of what goes wrong after the answer has begun.
    sent.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    sent.end(bytes ?? undefined);
  });
}

async function readBody(response: IncomingMessage, { maxBytes, signal }: Exchange): Promise<{ body: Buffer; isCut: boolean }> {
  const unpack = chooseUnpacker(response.headers['content-encoding']);
  const chunks: Buffer[] = [];
  let length = 0;
  let packed = 0;
  let isCut = false;
  const end = (): void => {
    isCut = true;
    response.destroy();
    unpack?.destroy();
  };
  const take = (chunk: Buffer): void => {
    const room = maxBytes - length;
    if (chunk.length > room) end();
    chunks.push(chunk.subarray(0, room));
    length += Math.min(chunk.length, room);
  };
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => {
      if (isCut) resolve();
      else if (signal.aborted) reject(signal.reason);
      else reject(error);
    };
    const source = unpack ?? response;
    source
      .on('data', take)
      .on('end', resolve)
      .on('close', () => fail(new Error('the answer broke off.')))
      .on('error', fail);
    if (unpack === null) return;
    response.on('data', (chunk: Buffer) => {
      packed += chunk.length;
      if (packed > maxBytes + packedSlackBytes) end();
    });
    response.on('error', fail).on('aborted', () => fail(new Error('the answer broke off.')));
    response.pipe(unpack);
  });
  return { body: Buffer.concat(chunks), isCut };
}

function chooseUnpacker(encoding: string | undefined): Transform | null {
  const name = (encoding ?? 'identity').trim().toLowerCase();
  if (name === 'identity' || name === '') return null;
  const make = Object.hasOwn(unpackers, name) ? unpackers[name] : undefined;
  if (make === undefined) throw new Error(`the answer is packed as ${JSON.stringify(name.slice(0, 60))}, which is not read.`);
  return make();
}
