/** Reads protobuf's wire format, and of its messages those of OTLP's traces. Written from the format's specification. */

type Field = { number: number } & ({ kind: 'bytes'; value: Buffer } | { kind: 'number'; value: bigint });

function* readFields(message: Buffer): Generator<Field> {
  let at = 0;
  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at];
      if (byte === undefined) throw new Error('A message ends within a number.');
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value;
    }
  };
  while (at < message.length) {
    const tag = Number(readVarint());
    const number = tag >> 3;
    const type = tag & 7;
    if (type === 0) yield { number, kind: 'number', value: readVarint() };
    else if (type === 1) {
      yield { number, kind: 'number', value: message.readBigUInt64LE(at) };
      at += 8;
    } else if (type === 2) {
      const length = Number(readVarint());
      yield { number, kind: 'bytes', value: message.subarray(at, at + length) };
      at += length;
    } else if (type === 5) {
      yield { number, kind: 'number', value: BigInt(message.readUInt32LE(at)) };
      at += 4;
    } else throw new Error(`No wire type ${type} is known.`);
  }
}

const messages = (message: Buffer, number: number): Buffer[] =>
  [...readFields(message)].flatMap((field) => (field.number === number && field.kind === 'bytes' ? [field.value] : []));
const textOf = (message: Buffer, number: number): string => messages(message, number)[0]?.toString('utf8') ?? '';
const hexOf = (message: Buffer, number: number): string => messages(message, number)[0]?.toString('hex') ?? '';
const numberOf = (message: Buffer, number: number): bigint =>
  ([...readFields(message)].find((field) => field.number === number && field.kind === 'number')?.value as bigint | undefined) ??
  0n;

export type AttributeValue = string | number | boolean | AttributeValue[] | null;
export type Attributes = Record<string, AttributeValue>;

export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  /** Empty: none. */
  parentSpanId: string;
  name: string;
  kind: 'internal' | 'client' | 'other';
  startNs: bigint;
  endNs: bigint;
  attributes: Attributes;
  events: { name: string; timeNs: bigint; attributes: Attributes }[];
  status: { code: 'unset' | 'ok' | 'error'; message: string };
  resource: Attributes;
  scope: { name: string; version: string };
}

/** An ExportTraceServiceRequest. */
export function readTraceRequest(body: Buffer): ReceivedSpan[] {
  return messages(body, 1).flatMap((resourceSpans) => {
    const resource = readAttributes(messages(resourceSpans, 1)[0] ?? Buffer.alloc(0), 1);
    return messages(resourceSpans, 2).flatMap((scopeSpans) => {
      const scope = messages(scopeSpans, 1)[0] ?? Buffer.alloc(0);
      const named = { name: textOf(scope, 1), version: textOf(scope, 2) };
      return messages(scopeSpans, 2).map((span) => ({ ...readSpan(span), resource, scope: named }));
    });
  });
}

const kinds: Readonly<Record<number, ReceivedSpan['kind']>> = { 1: 'internal', 3: 'client' };

function readSpan(span: Buffer): Omit<ReceivedSpan, 'resource' | 'scope'> {
  const status = messages(span, 15)[0] ?? Buffer.alloc(0);
  return {
    traceId: hexOf(span, 1),
    spanId: hexOf(span, 2),
    parentSpanId: hexOf(span, 4),
    name: textOf(span, 5),
    kind: kinds[Number(numberOf(span, 6))] ?? 'other',
    startNs: numberOf(span, 7),
    endNs: numberOf(span, 8),
    attributes: readAttributes(span, 9),
    events: messages(span, 11).map((event) => ({
      name: textOf(event, 2),
      timeNs: numberOf(event, 1),
      attributes: readAttributes(event, 3),
    })),
    status: {
      code: (['unset', 'ok', 'error'] as const)[Number(numberOf(status, 3))] ?? 'unset',
      message: textOf(status, 2),
    },
  };
}

function readAttributes(message: Buffer, number: number): Attributes {
  return Object.fromEntries(
    messages(message, number).map((pair) => [textOf(pair, 1), readValue(messages(pair, 2)[0] ?? Buffer.alloc(0))]),
  );
}

function readValue(value: Buffer): AttributeValue {
  for (const field of readFields(value)) {
    if (field.kind === 'bytes') {
      if (field.number === 1) return field.value.toString('utf8');
      if (field.number === 5) return messages(field.value, 1).map(readValue);
    } else if (field.number === 2) return field.value !== 0n;
    else if (field.number === 3) return Number(BigInt.asIntN(64, field.value));
    else if (field.number === 4) {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(field.value);
      return bytes.readDoubleLE();
    }
  }
  return null;
}
