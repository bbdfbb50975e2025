/** One streamed planner call: its text as it comes, held to a schema where the provider can. */
import type { JSONSchema7 } from '@ai-sdk/provider';
import { jsonSchema, Output, streamText } from 'ai';
import type { Clock } from '../clock.ts';
import type { Store } from '../engine/store.ts';
import type { LiveDelta } from '../live.ts';
import type { CallScope } from '../model/call-record.ts';
import { meterModel } from '../model/journal.ts';
import type { Limiter } from '../model/limiter.ts';
import type { Model } from '../model/model.ts';
import { toModelError } from '../model/model-error.ts';
import type { Team } from '../team/team.ts';
import { planOutputSchema } from './prompt.ts';

/** What every call of a planner needs. */
export interface PlannerOptions {
  team: Team;
  task: string;
  /** One line a file, when files were given. */
  files?: string;
  model: Model;
  /** Stand in for `model` when its provider fails. */
  fallbackModels?: readonly Model[];
  scope: CallScope;
  store: Store;
  limiter: Limiter;
  clock: Clock;
  signal: AbortSignal;
  seed?: number;
  onDelta?: (delta: LiveDelta) => void;
}

export interface StreamRequest {
  /** Of a plan as JSON. Absent: the text has a form of its own. `ids`: `any` where ids that are there already have to be named. */
  schema?: { name: 'plan' | 'revision'; ids: 'new' | 'any' };
  instructions: string;
  prompt: string;
  /** Gets each piece of text; answers false to stop the call. */
  onText: (text: string) => boolean;
}

/** `cut`: the stream broke or hit the output limit before it was finished. */
export type StreamEnd = 'finished' | 'cut' | 'stopped';

/** Makes the calls of one scope: each further successful call is a further step of it. */
export function createPlannerStream(options: PlannerOptions): (request: StreamRequest) => Promise<StreamEnd> {
  const { team, model, signal } = options;
  const { callTimeoutMs, idleTimeoutMs } = team.generalist.limits;
  const metered = meterModel({ ...options, callTimeoutMs, ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }) });
  return async ({ schema, instructions, prompt, onText }) => {
    const stopper = new AbortController();
    let hasText = false;
    try {
      const result = streamText({
        model: metered,
        instructions,
        prompt,
        ...(schema === undefined
          ? {}
          : { output: unparsedOutput(planOutputSchema(Object.keys(team.roles), schema.ids), schema.name) }),
        abortSignal: AbortSignal.any([signal, stopper.signal]),
        maxRetries: 0,
        onError: () => {},
        ...(options.seed === undefined ? {} : { seed: options.seed }),
        ...(team.planner.maxOutputTokens === undefined ? {} : { maxOutputTokens: team.planner.maxOutputTokens }),
      });
      for await (const part of result.stream) {
        if (part.type === 'error') throw part.error;
        if (part.type === 'finish') return part.finishReason === 'stop' ? 'finished' : 'cut';
        if (part.type !== 'text-delta') continue;
        hasText ||= part.text.trim() !== '';
        if (!onText(part.text)) {
          stopper.abort();
          return 'stopped';
        }
      }
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toModelError(metered.failure() ?? thrown, model.spec);
      // What came before a break is kept and asked to be continued; a call that gave nothing has failed.
      if (hasText && (error.code === 'model-failed' || error.code === 'model-timeout')) return 'cut';
      throw error;
    } finally {
      await metered.drain();
    }
    signal.throwIfAborted();
    throw toModelError(metered.failure() ?? new Error('The stream ended without an answer.'), model.spec);
  };
}

/**
 * Holds the provider to a schema and leaves the reading to us: the AI SDK's own would parse the whole text again at each
 * piece of it, which an endless answer turns into a stall.
 */
function unparsedOutput(schema: JSONSchema7, name: string): ReturnType<typeof Output.json> {
  return {
    ...Output.object({ schema: jsonSchema(schema), name }),
    // The SDK passes text on whenever this changes.
    parsePartialOutput: ({ text }) => Promise.resolve({ partial: text.length }),
    parseCompleteOutput: () => Promise.resolve(null),
    createElementStreamTransform: () => undefined,
  };
}
