/** Calls kept in a JSONL file and replayed by the hash of their request: for tests, and for sharing a run without its model. */
import { appendFile, readFile } from 'node:fs/promises';
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';
import { hashModelRequest, requestDigest } from './request-hash.ts';
import { readAnswer, writeAnswer } from './response-json.ts';
import { ContentCollector, streamAnswer } from './stream-content.ts';

/** One line of the file. */
const recording = z.object({
  version: z.literal(1),
  /** SHA-256 over the request less abort signal and headers; the model is not part of it. */
  request: z.string(),
  /** What was asked, shortened; for people. */
  about: z.string(),
  /** JSON text of the answer. */
  answer: z.string(),
});

const aboutCharacters = 80;

/**
 * A request that was recorded several times is answered in the order of the file; the last answer repeats.
 * @throws {PlanwrightError} `model-unknown` when the file is missing or a line is not a recording; calls throw
 * `recording-missing`.
 */
export async function recordedModel(file: string): Promise<LanguageModelV4> {
  const answers = readRecordings(await readRecordingFile(file), file);
  const served = new Map<string, number>();
  const answerTo = (options: LanguageModelV4CallOptions): LanguageModelV4GenerateResult => {
    options.abortSignal?.throwIfAborted();
    const digest = requestDigest(hashModelRequest(options));
    const recorded = answers.get(digest);
    const turn = served.get(digest) ?? 0;
    const answer = recorded?.[Math.min(turn, recorded.length - 1)];
    if (answer === undefined) {
      throw new PlanwrightError(
        'recording-missing',
        `${file} holds no recording of this call: ${describeRequest(options)} (request ${digest.slice(0, 12)}). Record it with the same task, team and files.`,
        { details: { file, request: digest } },
      );
    }
    served.set(digest, turn + 1);
    return readAnswer(answer);
  };
  return {
    specificationVersion: 'v4',
    provider: 'recorded',
    modelId: file,
    supportedUrls: {},
    doGenerate: async (options) => answerTo(options),
    doStream: async (options) => ({ stream: streamAnswer(answerTo(options)) }),
  };
}

/** The same model; every answer is appended to the file before it is handed on. Failures are not recorded. */
export function recordCalls(model: LanguageModelV4, file: string): LanguageModelV4 {
  let written: Promise<void> = Promise.resolve();
  const record = (options: LanguageModelV4CallOptions, answer: LanguageModelV4GenerateResult): Promise<void> => {
    const line: z.infer<typeof recording> = {
      version: 1,
      request: requestDigest(hashModelRequest(options)),
      about: describeRequest(options),
      answer: writeAnswer(answer),
    };
    // One after another, also behind one that failed: that one's caller has been told.
    written = written.catch(() => undefined).then(() => appendFile(file, `${JSON.stringify(line)}\n`));
    return written;
  };
  return {
    specificationVersion: 'v4',
    provider: model.provider,
    modelId: model.modelId,
    get supportedUrls() {
      return model.supportedUrls;
    },
    async doGenerate(options) {
      const answer = await model.doGenerate(options);
      await record(options, answer);
      return answer;
    },
    async doStream(options) {
      const result = await model.doStream(options);
      const collector = new ContentCollector();
      const recorder = new TransformStream({
        async transform(part, controller) {
          collector.add(part);
          if (part.type === 'finish') await record(options, collector.toAnswer(part));
          controller.enqueue(part);
        },
      });
      return { ...result, stream: result.stream.pipeThrough(recorder) };
    },
  };
}

async function readRecordingFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new PlanwrightError('model-unknown', `Model "recorded:${file}": the file cannot be read. Check the path.`, {
      cause,
      location: { file },
    });
  }
}

/** Answers by request, in order of the file. */
function readRecordings(text: string, file: string): Map<string, string[]> {
  const answers = new Map<string, string[]>();
  const lines = text.split('\n');
  // A process that died while it recorded leaves a last line without an end.
  lines.pop();
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const { request, answer } = readRecording(line, { file, line: index + 1 });
    const earlier = answers.get(request);
    if (earlier === undefined) answers.set(request, [answer]);
    else earlier.push(answer);
  }
  return answers;
}

function readRecording(line: string, location: { file: string; line: number }): z.infer<typeof recording> {
  try {
    const parsed = recording.parse(JSON.parse(line));
    readAnswer(parsed.answer);
    return parsed;
  } catch (cause) {
    throw new PlanwrightError(
      'model-unknown',
      `${location.file}:${location.line} is not a recorded call. Remove the line, or record the file again.`,
      { cause, location },
    );
  }
}

/** `3 messages, 2 tools, the last: "Write the report …"`. */
function describeRequest(options: LanguageModelV4CallOptions): string {
  const last = options.prompt.at(-1);
  const content = last?.content ?? '';
  const text =
    typeof content === 'string'
      ? content
      : content.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join(' ');
  const short = text
    .slice(0, aboutCharacters * 4)
    .replace(/\s+/g, ' ')
    .trim();
  const shown = short.length > aboutCharacters ? `${short.slice(0, aboutCharacters)}…` : short;
  return `${options.prompt.length} messages, ${options.tools?.length ?? 0} tools, the last: ${last?.role ?? 'none'} "${shown}"`;
}
