/** The layouts that traces of other systems come in, told apart by their shape. */
import { z } from 'zod';
import type { SourceLocation } from '../../errors.ts';
import type { Trace, TraceLayout } from '../trace.ts';
import { finishTrace } from './finish-trace.ts';
import { agentsSchema, collectAgents, isMessage, messageSchema, toolsSchema, toSteps } from './message-steps.ts';
import { canonicalJson } from './plain-text.ts';
import { readEnding, readOutcome } from './read-ending.ts';

export type ForeignLayout = Exclude<TraceLayout, 'planwright'>;

/** Where the steps of a layout stand. */
const stepKeys = [
  ['traj', 'agentrx'],
  ['history', 'who-and-when'],
  ['messages', 'messages'],
] as const satisfies readonly (readonly [string, ForeignLayout])[];

export const layoutsInWords =
  'a list of messages { role, content }, { messages: [...] }, AgentRx { traj: [...] }, or Who&When { history: [...] }';

/** null: none that is known. */
export function layoutOf(value: unknown): ForeignLayout | null {
  if (Array.isArray(value)) return value.length > 0 && isMessage(value[0]) ? 'messages' : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, layout] of stepKeys) {
    if (Object.hasOwn(value, key) && Array.isArray(Reflect.get(value, key))) return layout;
  }
  return null;
}

const name = z.union([z.string(), z.number().transform(String)]).nullish();
const messages = z.array(messageSchema);

const messageList = z.looseObject({
  messages,
  id: name,
  trace_id: name,
  task: z.unknown().optional(),
  question: z.unknown().optional(),
  tools: toolsSchema.nullish(),
  agents: agentsSchema.optional(),
});

const agentRx = z.looseObject({
  traj: messages,
  id: name,
  task_id: name,
  trial: name,
  reward: z.number().nullish(),
  info: z.looseObject({ task: z.looseObject({ instruction: z.string().nullish() }).nullish() }).nullish(),
});

const historyMessage = z
  .looseObject({ role: z.string().max(300).nullish(), name: z.string().max(300).nullish() })
  .refine(({ role, name: given }) => typeof role === 'string' || typeof given === 'string', {
    error: 'a step of a history has a role or a name',
  })
  .transform((step) => ({ ...step, role: step.role ?? step.name ?? '' }))
  .pipe(messageSchema);

const whoAndWhen = z.looseObject({
  history: z.array(historyMessage),
  id: name,
  question_ID: name,
  question: z.string().nullish(),
  system_prompt: agentsSchema.optional(),
  agents: agentsSchema.optional(),
  mistake_agent: z.string().nullish(),
  mistake_step: z.union([z.number(), z.string()]).nullish(),
  tools: toolsSchema.nullish(),
});

export type ForeignTrace = { kind: 'trace'; trace: Trace } | { kind: 'problems'; problems: { path: string; message: string }[] };

/** @param id Where the source has none of its own. @throws {PlanwrightError} `usage` for a trace without steps or with too many. */
export function importForeign(value: unknown, layout: ForeignLayout, id: string, location: SourceLocation): ForeignTrace {
  switch (layout) {
    case 'messages': {
      const parsed = messageList.safeParse(Array.isArray(value) ? { messages: value } : value);
      if (!parsed.success) return problemsOf(parsed.error);
      const { data } = parsed;
      const steps = toSteps(data.messages);
      const task = data.task ?? data.question;
      return traceOf(
        {
          id: data.id ?? data.trace_id ?? id,
          layout,
          steps,
          tools: data.tools ?? null,
          agents: collectAgents(steps, data.agents ?? new Map()),
          outcome: readOutcome(data),
          ending: readEnding(data),
          ...(task === undefined || task === null ? {} : { task: typeof task === 'string' ? task : canonicalJson(task) }),
        },
        location,
      );
    }
    case 'agentrx': {
      const parsed = agentRx.safeParse(value);
      if (!parsed.success) return problemsOf(parsed.error);
      const { data } = parsed;
      const steps = toSteps(data.traj);
      const task = data.info?.task?.instruction;
      const own =
        data.task_id === null || data.task_id === undefined ? undefined : `${data.task_id}${data.trial ? `-${data.trial}` : ''}`;
      return traceOf(
        {
          id: data.id ?? own ?? id,
          layout,
          steps,
          agents: collectAgents(steps, new Map()),
          outcome: data.reward === 1 ? 'succeeded' : data.reward === 0 ? 'failed' : 'unknown',
          ending: readEnding(data),
          ...(typeof task === 'string' ? { task } : {}),
        },
        location,
      );
    }
    case 'who-and-when': {
      const parsed = whoAndWhen.safeParse(value);
      if (!parsed.success) return problemsOf(parsed.error);
      const { data } = parsed;
      const steps = toSteps(data.history);
      const step = Number.parseInt(String(data.mistake_step), 10);
      return traceOf(
        {
          id: data.id ?? data.question_ID ?? id,
          layout,
          steps,
          tools: data.tools ?? null,
          agents: collectAgents(steps, new Map([...(data.system_prompt ?? []), ...(data.agents ?? [])])),
          outcome: readOutcome(data),
          ending: readEnding(data),
          known: data.mistake_agent ? { agent: data.mistake_agent, step: Number.isSafeInteger(step) ? step : null } : null,
          ...(data.question ? { task: data.question } : {}),
        },
        location,
      );
    }
  }
}

function traceOf(draft: Parameters<typeof finishTrace>[0], location: SourceLocation): ForeignTrace {
  return { kind: 'trace', trace: finishTrace(draft, location) };
}

function problemsOf(error: z.ZodError): ForeignTrace {
  return {
    kind: 'problems',
    problems: error.issues.slice(0, 20).map(({ path, message }) => ({ path: path.join('.'), message })),
  };
}
