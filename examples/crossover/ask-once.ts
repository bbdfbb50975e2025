/** What is put around a model for a measurement. */
import type { LanguageModelV4, LanguageModelV4GenerateResult } from '@ai-sdk/provider';

/**
 * The same model; a request that was answered before gets the same answer again, and costs as many tokens. A question put
 * alone is one request at every size: it is asked once, and what differs between sizes is the size.
 */
export function askOnce(model: LanguageModelV4): LanguageModelV4 {
  const answers = new Map<string, Promise<LanguageModelV4GenerateResult>>();
  return {
    specificationVersion: 'v4',
    provider: model.provider,
    modelId: model.modelId,
    get supportedUrls() {
      return model.supportedUrls;
    },
    doGenerate(request) {
      const { abortSignal: _signal, headers: _headers, ...asked } = request;
      const key = JSON.stringify(asked);
      const known = answers.get(key);
      if (known !== undefined) return known;
      const answer = Promise.resolve(model.doGenerate(request));
      answers.set(key, answer);
      answer.catch(() => answers.delete(key));
      return answer;
    },
    doStream: (request) => model.doStream(request),
  };
}

/** The same model; of its answers only what replaying and counting need is kept, so that a recording stays small. */
export function keepPlain(model: LanguageModelV4): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: model.provider,
    modelId: model.modelId,
    get supportedUrls() {
      return model.supportedUrls;
    },
    async doGenerate(request) {
      const { content, finishReason, usage } = await model.doGenerate(request);
      const [input, output] = [usage.inputTokens.total, usage.outputTokens.total];
      return {
        content,
        finishReason: { unified: finishReason.unified, raw: undefined },
        usage: {
          inputTokens: { total: input, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
          outputTokens: { total: output, text: undefined, reasoning: undefined },
        },
        warnings: [],
      };
    },
    doStream: (request) => model.doStream(request),
  };
}
