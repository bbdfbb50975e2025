/** One streamed planner call: its text as it comes, held to a schema where the provider can. */
import { Output, RetryError, jsonSchema, streamText } from 'ai';
import type { Clock } from '../clock.ts';
import type { Store } from '../engine/store.ts';
import { modelError } from '../execute/execute-subtask.ts';
import type { LiveDelta } from '../live.ts';
import type { CallScope } from '../model/call-record.ts';
import type { Limiter } from '../model/limiter.ts';
import { meterModel } from '../model/journal.ts';
import type { Model } from '../model/model.ts';
import type { Team } from '../team/team.ts';
import { planOutputSchema } from './prompt.ts';

/** What every call of a planner needs. */
export interface PlannerOptions {
  team: Team;
  task: string;
  /** One line a file, when files were given. */
  files?: string;
  model: Model;
  scope: CallScope;
  store: Store;
  limiter: Limiter;
  clock: Clock;
  signal: AbortSignal;
  onDelta?: (delta: LiveDelta) => void;
}

export interface StreamRequest {
  /** `plan` or `revision`. */
  schemaName: string;
  instructions: string;
  prompt: string;
  /** Gets each piece of text; answers false to stop the call. */
  onText: (text: string) => boolean;
}

/** `cut`: the stream broke or hit the output limit before it was finished. */
export type StreamEnd = 'finished' | 'cut' | 'stopped';

/**
 * A planner that meters its calls. Each further call is a further step of the same attempt, so one metered model serves
 * them all.
 */
export function createPlannerStream(options: PlannerOptions): (request: StreamRequest) => Promise<StreamEnd> {
  const { team, model, signal } = options;
  const metered = meterModel({ ...options, callTimeoutMs: team.generalist.limits.callTimeoutMs });
  const schema = jsonSchema(planOutputSchema(plannableRoles(team)));
  return async ({ schemaName, instructions, prompt, onText }) => {
    const stopper = new AbortController();
    const result = streamText({
      model: metered,
      instructions,
      prompt,
      output: Output.object({ schema, name: schemaName }),
      abortSignal: AbortSignal.any([signal, stopper.signal]),
      onError: () => {},
    });
    try {
      return await readStream(result.stream, onText, stopper);
    } finally {
      await metered.drain();
    }
  };

  async function readStream(parts: AsyncIterable<StreamPart>, onText: StreamRequest['onText'], stopper: AbortController): Promise<StreamEnd> {
    let hasText = false;
    for await (const part of parts) {
      if (part.type === 'text-delta') {
        hasText ||= part.text.trim() !== '';
        if (!onText(part.text)) {
          stopper.abort();
          return 'stopped';
        }
      } else if (part.type === 'error') {
        const error = modelError(RetryError.isInstance(part.error) ? part.error.lastError : part.error, model.spec);
        // What came before a break is kept and asked to be continued; a call that gave nothing has failed.
        if (hasText && isBrokenStream(error)) return 'cut';
        throw error;
      } else if (part.type === 'abort') {
        throw signal.reason;
      } else if (part.type === 'finish') {
        return part.finishReason === 'stop' ? 'finished' : 'cut';
      }
    }
    return 'cut';
  }
}

type StreamPart = Awaited<ReturnType<typeof streamText>>['stream'] extends AsyncIterable<infer Part> ? Part : never;

/** Roles a plan may name: the team's, and the generalist when it is one of them. */
export function plannableRoles(team: Team): string[] {
  return Object.keys(team.roles);
}

function isBrokenStream(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'model-failed' || error.code === 'model-timeout');
}
