/**
 * A model whose answers are redacted before anyone sees them: the journal, the next step's request and a resumed run then have
 * the same text. A stream is held back block by block, so that no match is cut in two.
 */
import {
  APICallError,
  type LanguageModelV4,
  type LanguageModelV4Content,
  type LanguageModelV4GenerateResult,
  type LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import { PlanwrightError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Model, ModelRegistry } from '../model/model.ts';
import { redactAnswer, redactJson } from './redact-json.ts';
import type { TextRedactor } from './redactor.ts';

/** Resolves what the given registry resolves; twice the same object. */
export function redactingRegistry(registry: ModelRegistry, redactor: TextRedactor): ModelRegistry {
  const known = new WeakMap<Model, Model>();
  return {
    ...registry,
    resolve: async (spec) => {
      const model = await registry.resolve(spec);
      const redacting = known.get(model) ?? { ...model, languageModel: redactAnswers(model.languageModel, redactor) };
      known.set(model, redacting);
      return redacting;
    },
  };
}

export function redactAnswers(model: LanguageModelV4, redactor: TextRedactor): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: model.provider,
    modelId: model.modelId,
    get supportedUrls() {
      return model.supportedUrls;
    },
    async doGenerate(options) {
      try {
        return redactResult(await model.doGenerate(options), redactor);
      } catch (thrown) {
        throw redactThrown(thrown, redactor);
      }
    },
    async doStream(options) {
      try {
        const result = await model.doStream(options);
        return { ...result, stream: result.stream.pipeThrough(holdBlocks(redactor)) };
      } catch (thrown) {
        throw redactThrown(thrown, redactor);
      }
    },
  };
}

function redactResult(result: LanguageModelV4GenerateResult, redactor: TextRedactor): LanguageModelV4GenerateResult {
  const { structuredOutputText, ...rest } = result;
  return {
    ...rest,
    content: redactContent(result.content, redactor),
    ...(structuredOutputText === undefined ? {} : { structuredOutputText: redactAnswer(structuredOutputText, redactor) }),
  };
}

/** The same list when nothing in it matched. */
export function redactContent(content: LanguageModelV4Content[], redactor: TextRedactor): LanguageModelV4Content[] {
  const parts = content.map((part) => redactPart(part, redactor));
  return parts.some((part, index) => part !== content[index]) ? parts : content;
}

function redactPart(part: LanguageModelV4Content, redactor: TextRedactor): LanguageModelV4Content {
  switch (part.type) {
    case 'text': {
      const text = redactAnswer(part.text, redactor);
      // Citations repeat what the text rests on.
      const { citations: _, ...rest } = part;
      return text === part.text && part.citations === undefined ? part : { ...rest, text };
    }
    case 'reasoning': {
      const text = redactor.text(part.text);
      // Its provider signed the text as it was: with another one the signature would be refused.
      return text === part.text ? part : { type: 'reasoning', text };
    }
    case 'tool-call': {
      const input = redactAnswer(part.input, redactor);
      return input === part.input ? part : { ...part, input };
    }
    case 'tool-result': {
      const result = redactJson(part.result as Json, redactor);
      return result === part.result || result === null ? part : { ...part, result };
    }
    case 'source': {
      const title = part.title === undefined ? undefined : redactor.text(part.title);
      return title === undefined || title === part.title ? part : { ...part, title };
    }
    default:
      return part;
  }
}

type StreamPart = LanguageModelV4StreamPart;
type Block = { type: 'text' | 'reasoning'; id: string; text: string };

/** Text and reasoning wait for the end of their block; a tool's input for the call that has it whole. */
function holdBlocks(redactor: TextRedactor): TransformStream<StreamPart, StreamPart> {
  const open = new Map<string, Block>();
  type Controller = TransformStreamDefaultController<StreamPart>;
  const hold = ({ type, id, delta }: { type: Block['type']; id: string; delta: string }, controller: Controller): void => {
    const known = open.get(`${type} ${id}`);
    // That the model has begun to answer is no secret: a call that breaks off later has cost something.
    if (known === undefined) controller.enqueue({ type: `${type}-delta`, id, delta: '' });
    const block = known ?? { type, id, text: '' };
    block.text += delta;
    open.set(`${type} ${id}`, block);
  };
  /** @returns whether the block is handed on as it came. */
  const release = (block: Block | undefined, controller: Controller): boolean => {
    if (block === undefined) return true;
    open.delete(`${block.type} ${block.id}`);
    const delta = block.type === 'text' ? redactAnswer(block.text, redactor) : redactor.text(block.text);
    if (delta !== '') controller.enqueue({ type: `${block.type}-delta`, id: block.id, delta });
    return delta === block.text;
  };
  return new TransformStream({
    transform(part, controller) {
      switch (part.type) {
        case 'text-delta':
          hold({ type: 'text', id: part.id, delta: part.delta }, controller);
          return;
        case 'reasoning-delta':
          hold({ type: 'reasoning', id: part.id, delta: part.delta }, controller);
          return;
        case 'text-end': {
          release(open.get(`text ${part.id}`), controller);
          const { citations: _, ...rest } = part;
          controller.enqueue(rest);
          return;
        }
        case 'reasoning-end': {
          const isSame = release(open.get(`reasoning ${part.id}`), controller);
          controller.enqueue(isSame ? part : { type: 'reasoning-end', id: part.id });
          return;
        }
        case 'tool-input-start':
        case 'tool-input-delta':
        case 'tool-input-end':
        case 'raw':
          return;
        case 'error':
          controller.enqueue({ type: 'error', error: redactThrown(part.error, redactor) });
          return;
        case 'finish':
          for (const block of open.values()) release(block, controller);
          controller.enqueue(part);
          return;
        case 'tool-call':
        case 'tool-result':
        case 'source':
          controller.enqueue(redactPart(part, redactor) as typeof part);
          return;
        default:
          controller.enqueue(part);
      }
    },
  });
}

/** The same error when nothing in its message matches, else a copy without cause and parsed data. */
export function redactThrown(thrown: unknown, redactor: TextRedactor): unknown {
  if (!(thrown instanceof Error)) return typeof thrown === 'string' ? redactor.text(thrown) : thrown;
  const message = redactor.text(thrown.message);
  if (APICallError.isInstance(thrown)) {
    const { responseBody = '' } = thrown;
    const body = redactor.text(responseBody);
    if (message === thrown.message && body === responseBody) return thrown;
    return new APICallError({
      message,
      url: thrown.url,
      requestBodyValues: thrown.requestBodyValues,
      isRetryable: thrown.isRetryable,
      ...(thrown.statusCode === undefined ? {} : { statusCode: thrown.statusCode }),
      ...(thrown.responseHeaders === undefined ? {} : { responseHeaders: thrown.responseHeaders }),
      responseBody: body,
    });
  }
  if (message === thrown.message || thrown.name === 'AbortError') return thrown;
  if (thrown instanceof PlanwrightError) {
    return new PlanwrightError(thrown.code, message, { location: thrown.location, details: thrown.details });
  }
  return new Error(message);
}
