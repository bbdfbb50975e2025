/** Stream parts folded into an answer, and an answer told as a stream. */
import type { LanguageModelV4Content, LanguageModelV4GenerateResult, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { PlanwrightError } from '../errors.ts';

/** Characters of one answer; more is cut off. No model writes this much, a broken server may. */
export const maxAnswerCharacters = 4 * 1024 * 1024;

type FinishPart = Extract<LanguageModelV4StreamPart, { type: 'finish' }>;
type Block = Extract<LanguageModelV4Content, { type: 'text' | 'reasoning' }>;

/** Folds the parts of one stream. Parts that only prepare a tool call are counted, not kept: the call itself follows. */
export class ContentCollector {
  /** Characters of text, reasoning and tool input that have come. */
  characters = 0;
  /** Whether the model has said anything: from then on a call costs something, however it ends. */
  started = false;
  #size = 0;
  readonly #content: LanguageModelV4Content[] = [];
  readonly #blocks = new Map<string, Block>();
  readonly #preparedTools = new Set<string>();
  #warnings: LanguageModelV4GenerateResult['warnings'] = [];
  #response: LanguageModelV4GenerateResult['response'];

  /** @throws {PlanwrightError} `model-output-invalid` when the answer grows beyond 4 MiB. */
  add(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case 'stream-start':
        this.#warnings = part.warnings;
        break;
      case 'response-metadata': {
        const { type: _type, ...response } = part;
        this.#response = response;
        break;
      }
      case 'text-start':
        this.#block('text', part.id, part.providerMetadata);
        break;
      case 'reasoning-start':
        this.#block('reasoning', part.id, part.providerMetadata);
        break;
      case 'text-delta':
        this.#append(this.#block('text', part.id, part.providerMetadata), part.delta);
        break;
      case 'reasoning-delta':
        this.#append(this.#block('reasoning', part.id, part.providerMetadata), part.delta);
        break;
      case 'text-end': {
        const block = this.#block('text', part.id, part.providerMetadata);
        if (block.type === 'text' && part.citations !== undefined) block.citations = part.citations;
        break;
      }
      case 'reasoning-end':
        this.#block('reasoning', part.id, part.providerMetadata);
        break;
      case 'tool-input-start':
        this.#preparedTools.add(part.id);
        break;
      case 'tool-input-delta':
        this.#count(part.delta.length);
        break;
      case 'tool-call':
        if (!this.#preparedTools.has(part.toolCallId)) this.#count(part.input.length);
        this.#content.push(part);
        break;
      case 'tool-result':
      case 'tool-approval-request':
      case 'custom':
      case 'file':
      case 'reasoning-file':
      case 'source':
        this.#count(0);
        this.#content.push(part);
        break;
      case 'tool-input-end':
      case 'finish':
      case 'ping':
      case 'raw':
      case 'error':
        break;
    }
    this.#grow(1);
  }

  toAnswer(finish: FinishPart): LanguageModelV4GenerateResult {
    return {
      content: this.#content,
      finishReason: finish.finishReason,
      usage: finish.usage,
      warnings: this.#warnings,
      ...(finish.providerMetadata === undefined ? {} : { providerMetadata: finish.providerMetadata }),
      ...(this.#response === undefined ? {} : { response: this.#response }),
    };
  }

  #block(type: Block['type'], id: string, metadata: Block['providerMetadata']): Block {
    const key = `${type} ${id}`;
    const block = this.#blocks.get(key) ?? this.#openBlock(key, type);
    // The last metadata wins: providers send signatures with the end part.
    if (metadata !== undefined) block.providerMetadata = metadata;
    return block;
  }

  #openBlock(key: string, type: Block['type']): Block {
    const block: Block = { type, text: '' };
    this.#blocks.set(key, block);
    this.#content.push(block);
    return block;
  }

  #append(block: Block, delta: string): void {
    block.text += delta;
    this.#count(delta.length);
  }

  #count(characters: number): void {
    this.started = true;
    this.characters += characters;
    this.#grow(characters);
  }

  #grow(size: number): void {
    this.#size += size;
    if (this.#size > maxAnswerCharacters) throw answerTooLarge();
  }
}

export function answerTooLarge(): PlanwrightError {
  return new PlanwrightError(
    'model-output-invalid',
    `The model's answer was cut off at ${maxAnswerCharacters} characters. Set limits.maxOutputTokens for its role, or use another model.`,
  );
}

/** Characters of text, reasoning and tool input in an answer. */
export function answerCharacters(content: readonly LanguageModelV4Content[]): number {
  return content.reduce((sum, part) => {
    if (part.type === 'text' || part.type === 'reasoning') return sum + part.text.length;
    return part.type === 'tool-call' ? sum + part.input.length : sum;
  }, 0);
}

/** The stream that would have led to this answer, each block in one delta. */
export function streamAnswer(answer: LanguageModelV4GenerateResult): ReadableStream<LanguageModelV4StreamPart> {
  const parts = listParts(answer);
  return new ReadableStream({
    pull(controller) {
      const { value, done } = parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

function* listParts(answer: LanguageModelV4GenerateResult): Generator<LanguageModelV4StreamPart, undefined> {
  yield { type: 'stream-start', warnings: answer.warnings };
  const { id, timestamp, modelId } = answer.response ?? {};
  yield {
    type: 'response-metadata',
    ...(id === undefined ? {} : { id }),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(modelId === undefined ? {} : { modelId }),
  };
  for (const [index, part] of answer.content.entries()) {
    if (part.type === 'text' || part.type === 'reasoning') yield* listBlockParts(part, `${index}`);
    else if (part.type === 'tool-call') yield* listToolCallParts(part);
    else yield part;
  }
  yield {
    type: 'finish',
    finishReason: answer.finishReason,
    usage: answer.usage,
    ...(answer.providerMetadata === undefined ? {} : { providerMetadata: answer.providerMetadata }),
  };
}

function* listBlockParts(block: Block, id: string): Generator<LanguageModelV4StreamPart, undefined> {
  const metadata = block.providerMetadata === undefined ? {} : { providerMetadata: block.providerMetadata };
  yield { type: `${block.type}-start`, id, ...metadata };
  yield { type: `${block.type}-delta`, id, delta: block.text };
  const citations = block.type === 'text' && block.citations !== undefined ? { citations: block.citations } : {};
  yield { type: `${block.type}-end`, id, ...citations, ...metadata };
}

function* listToolCallParts(
  call: Extract<LanguageModelV4Content, { type: 'tool-call' }>,
): Generator<LanguageModelV4StreamPart, undefined> {
  yield { type: 'tool-input-start', id: call.toolCallId, toolName: call.toolName };
  yield { type: 'tool-input-delta', id: call.toolCallId, delta: call.input };
  yield { type: 'tool-input-end', id: call.toolCallId };
  yield call;
}
