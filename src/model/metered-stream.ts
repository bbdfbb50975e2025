/**
 * A provider's stream, passed on part by part; its end is recorded before it is passed on. Until the model begins to speak
 * nothing is passed on, so that a stream that breaks off before can be asked for again.
 */
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { PlanwrightError } from '../errors.ts';
import { toModelError } from './model-error.ts';
import type { OpenCall, PartialAnswer } from './open-call.ts';
import { ContentCollector } from './stream-content.ts';

type Part = LanguageModelV4StreamPart;
type PartReader = ReadableStreamDefaultReader<Part>;

/** A stream whose model has begun to speak. */
export interface BegunStream {
  /** What came up to and with the first word, tool call or end. */
  head: Part[];
  reader: PartReader;
}

/** Parts that come before a model has said anything. */
const preliminary: ReadonlySet<Part['type']> = new Set(['stream-start', 'response-metadata', 'raw']);

/**
 * Waits until the model begins to speak.
 * @throws {PlanwrightError} when the stream breaks off before; the signal's reason when it aborts.
 */
export async function beginStream(source: ReadableStream<Part>, call: OpenCall): Promise<BegunStream> {
  const reader = source.getReader();
  // The provider's stream may not answer to its signal; nobody waits for it.
  const leave = () => {
    reader.cancel(call.signal.reason).catch(() => undefined);
  };
  call.signal.addEventListener('abort', leave, { once: true });
  const head: Part[] = [];
  try {
    for (;;) {
      const part = await readPart(reader, call);
      head.push(part);
      if (!preliminary.has(part.type)) return { head, reader };
    }
  } finally {
    call.signal.removeEventListener('abort', leave);
  }
}

/** The next part. @throws {PlanwrightError} when the provider's stream breaks off: the AI SDK does not retry that. */
async function readPart(reader: PartReader, call: OpenCall): Promise<Part> {
  try {
    const { done, value: part } = await reader.read();
    if (done) throw new Error('its stream ended before its answer was finished');
    if (part.type === 'error') throw part.error;
    return part;
  } catch (thrown) {
    throw toModelError(thrown, call.spec);
  }
}

/** Ends with the finish part, or errors: then a reader's result rejects, and a part of an answer is never taken for the whole. */
export function meterStream({ head, reader }: BegunStream, call: OpenCall): ReadableStream<Part> {
  const collector = new ContentCollector();
  const begun = [...head];
  const partial = (): PartialAnswer => ({ started: collector.started, characters: collector.characters });
  let ended = false;

  /** @returns what the stream ends with. */
  const breakOff = async (thrown: unknown): Promise<unknown> => {
    ended = true;
    const error = await call.fail(thrown, partial());
    // The provider's stream may answer to neither; nobody waits for it.
    reader.cancel(error).catch(() => undefined);
    return error;
  };

  const onAbort = (controller: ReadableStreamDefaultController<Part>) => {
    if (ended) return;
    breakOff(call.signal.reason).then(
      (error) => controller.error(error),
      (error: unknown) => controller.error(error),
    );
  };

  call.watchIdle();
  return new ReadableStream<Part>(
    {
      start(controller) {
        call.signal.addEventListener('abort', () => onAbort(controller), { once: true });
        if (call.signal.aborted) onAbort(controller);
      },
      async pull(controller) {
        try {
          const part = begun.shift() ?? (await call.awaitPart(readPart(reader, call)));
          if (ended) return;
          collector.add(part);
          if (part.type !== 'finish') {
            controller.enqueue(part);
            return;
          }
          await call.succeed(collector.toAnswer(part));
          ended = true;
          controller.enqueue(part);
          controller.close();
          reader.cancel().catch(() => undefined);
        } catch (thrown) {
          if (!ended) controller.error(await breakOff(thrown));
        }
      },
      async cancel(reason) {
        if (ended) return;
        call.abort(reason ?? new PlanwrightError('cancelled', 'The stream of the answer was cancelled by its reader.'));
        await call.closed;
      },
    },
    // Nothing is read ahead: an error reaches the reader behind every part before it.
    { highWaterMark: 0 },
  );
}
