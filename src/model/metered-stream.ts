/** A provider's stream, passed on part by part; its end is recorded before it is passed on. */
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { PlanwrightError } from '../errors.ts';
import { toModelError } from './model-error.ts';
import type { OpenCall, PartialAnswer } from './open-call.ts';
import { ContentCollector } from './stream-content.ts';

/** Ends with the finish part, or errors: then a reader's result rejects, and a part of an answer is never taken for the whole. */
export function meterStream(
  source: ReadableStream<LanguageModelV4StreamPart>,
  call: OpenCall,
): ReadableStream<LanguageModelV4StreamPart> {
  const reader = source.getReader();
  const collector = new ContentCollector();
  const partial = (): PartialAnswer => ({ started: collector.started, characters: collector.characters });
  let ended = false;

  /** The next part. @throws {PlanwrightError} when the provider's stream breaks off: the AI SDK does not retry that. */
  const readPart = async (): Promise<LanguageModelV4StreamPart> => {
    try {
      const { done, value: part } = await reader.read();
      if (done) throw new Error('its stream ended before its answer was finished');
      if (part.type === 'error') throw part.error;
      return part;
    } catch (thrown) {
      throw toModelError(thrown, call.spec);
    }
  };

  /** @returns what the stream ends with. */
  const breakOff = async (thrown: unknown): Promise<unknown> => {
    ended = true;
    const error = await call.fail(thrown, partial());
    // The provider's stream may answer to neither; nobody waits for it.
    reader.cancel(error).catch(() => undefined);
    return error;
  };

  const onAbort = (controller: ReadableStreamDefaultController<LanguageModelV4StreamPart>) => {
    if (ended) return;
    breakOff(call.signal.reason).then(
      (error) => controller.error(error),
      (error: unknown) => controller.error(error),
    );
  };

  return new ReadableStream<LanguageModelV4StreamPart>(
    {
      start(controller) {
        call.signal.addEventListener('abort', () => onAbort(controller), { once: true });
        if (call.signal.aborted) onAbort(controller);
      },
      async pull(controller) {
        try {
          const part = await readPart();
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
