/** Keeps a provider's keys out of every error it throws: servers like to quote the key they refuse. */
import { APICallError, type LanguageModelV4, type LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { redactSecrets } from './model-error.ts';

export function redactModel(model: LanguageModelV4, secrets: readonly string[]): LanguageModelV4 {
  if (secrets.length === 0) return model;
  return {
    specificationVersion: 'v4',
    provider: model.provider,
    modelId: model.modelId,
    get supportedUrls() {
      return model.supportedUrls;
    },
    async doGenerate(options) {
      try {
        return await model.doGenerate(options);
      } catch (thrown) {
        throw redactError(thrown, secrets);
      }
    },
    async doStream(options) {
      try {
        const result = await model.doStream(options);
        return { ...result, stream: result.stream.pipeThrough(redactErrorParts(secrets)) };
      } catch (thrown) {
        throw redactError(thrown, secrets);
      }
    },
  };
}

function redactErrorParts(secrets: readonly string[]): TransformStream<LanguageModelV4StreamPart, LanguageModelV4StreamPart> {
  return new TransformStream({
    transform(part, controller) {
      controller.enqueue(part.type === 'error' ? { type: 'error', error: redactError(part.error, secrets) } : part);
    },
  });
}

/** The same error when it holds no secret; else a copy without cause and parsed data, which could hold it again. */
function redactError(thrown: unknown, secrets: readonly string[]): unknown {
  if (!holdsSecret(thrown, secrets)) return thrown;
  if (APICallError.isInstance(thrown)) {
    return new APICallError({
      message: redactSecrets(thrown.message, secrets),
      url: redactSecrets(thrown.url, secrets),
      requestBodyValues: thrown.requestBodyValues,
      isRetryable: thrown.isRetryable,
      ...(thrown.statusCode === undefined ? {} : { statusCode: thrown.statusCode }),
      ...(thrown.responseHeaders === undefined ? {} : { responseHeaders: redactHeaders(thrown.responseHeaders, secrets) }),
      ...(thrown.responseBody === undefined ? {} : { responseBody: redactSecrets(thrown.responseBody, secrets) }),
    });
  }
  return new Error(redactSecrets(thrown instanceof Error ? thrown.message : JSON.stringify(thrown), secrets));
}

function redactHeaders(headers: Record<string, string>, secrets: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, redactSecrets(value, secrets)]));
}

function holdsSecret(thrown: unknown, secrets: readonly string[], depth = 0): boolean {
  if (depth > 4 || thrown === undefined || thrown === null) return false;
  const texts: string[] = [];
  if (thrown instanceof Error) {
    texts.push(thrown.message);
    if (APICallError.isInstance(thrown)) {
      texts.push(
        thrown.url,
        thrown.responseBody ?? '',
        JSON.stringify(thrown.responseHeaders ?? {}),
        JSON.stringify(thrown.data ?? null),
      );
    }
    if (holdsSecret(thrown.cause, secrets, depth + 1)) return true;
  } else {
    texts.push(JSON.stringify(thrown) ?? '');
  }
  return secrets.some((secret) => texts.some((text) => text.includes(secret)));
}
