/** Messages in OpenAI's form as steps: what message lists, AgentRx and Who&When have in common. */
import { z } from 'zod';
import type { TraceAgent, TraceCall } from '../trace.ts';
import type { DraftStep } from './finish-trace.ts';
import { canonicalInput, isFailure, textOfContent } from './plain-text.ts';

const toolCall = z.looseObject({
  id: z.string().nullish(),
  name: z.string().nullish(),
  function: z.looseObject({ name: z.string(), arguments: z.unknown().optional() }).nullish(),
  arguments: z.unknown().optional(),
  args: z.unknown().optional(),
});

export const messageSchema = z.looseObject({
  role: z.string({ error: 'a message has a role' }).max(300),
  name: z.string().max(300).nullish(),
  content: z.unknown().optional(),
  tool_calls: z.array(toolCall).nullish(),
  function_call: z.looseObject({ name: z.string(), arguments: z.unknown().optional() }).nullish(),
  tool_call_id: z.string().nullish(),
  index: z.number().int().nullish(),
});
export type Message = z.infer<typeof messageSchema>;

/** Whether a value could be a message of a list. */
export function isMessage(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return (
    'role' in value && typeof value.role === 'string' && ('content' in value || 'tool_calls' in value || 'function_call' in value)
  );
}

const humanNames = /^(?:user|human|customer|client|person|requester|end[_ -]?user|user[_ -]?proxy(?:[_ -]?agent)?)$/i;
const roleNames = /^(?:system|developer|user|human|assistant|tool|function|ai|model)$/i;
const environmentNames =
  /^(?:computer[_ ]?terminal|terminal|environment|env|code[_ ]?executor|executor|sandbox|console|interpreter)$/i;
const executionOutput = /^\s*exit ?code:? -?\d+/i;

/** Steps are numbered by their place from 0, or by `index` where each message has a rising one. */
export function toSteps(messages: readonly Message[]): DraftStep[] {
  const toolOf = new Map<string, string>();
  const rising = messages.every(
    ({ index }, at) => typeof index === 'number' && (at === 0 || index > (messages[at - 1]?.index ?? index)),
  );
  // Whoever calls tools is no terminal, whatever its name.
  const callers = new Set(messages.filter((message) => listCalls(message).length > 0).map((message) => speakerOf(message).name));
  return messages.map((message, at) => {
    const number = rising && typeof message.index === 'number' ? message.index : at;
    const calls = listCalls(message);
    for (const { id, tool } of calls) if (id !== null) toolOf.set(id, tool);
    const text = textOfContent(message.content);
    const speaker = speakerOf(message);
    const isResult = message.role === 'tool' || message.role === 'function';
    if (isResult || (!callers.has(speaker.name) && isEnvironment(speaker.name, text))) {
      const callId = message.tool_call_id ?? null;
      const tool = message.name ?? (callId === null ? undefined : toolOf.get(callId)) ?? speaker.name;
      return { number, kind: 'result', agent: tool, text, result: { tool, callId, failed: isFailure(text) } };
    }
    const kind = kindOf(message.role, speaker.name);
    return { number, kind, agent: speaker.name, to: speaker.to, text, calls };
  });
}

function isEnvironment(name: string, text: string): boolean {
  return environmentNames.test(name) || executionOutput.test(text);
}

function kindOf(role: string, name: string): 'instruction' | 'request' | 'message' {
  if (role === 'system' || role === 'developer') return 'instruction';
  if (humanNames.test(name)) return 'request';
  return 'message';
}

/** `Orchestrator (-> WebSurfer)` speaks to WebSurfer; `Orchestrator (thought)` is the Orchestrator. */
function speakerOf({ role, name }: Message): { name: string; to: string | null } {
  const full = name !== null && name !== undefined && name !== '' ? name : role;
  const [, base = full, aside = ''] = /^(.{1,200}?)\s*\(([^()]*)\)\s*$/.exec(full) ?? [];
  const to = /^-+>\s*(.+)$/.exec(aside.trim())?.[1] ?? null;
  const speaker = roleNames.test(base) ? base.toLowerCase() : base;
  return { name: speaker, to };
}

function listCalls({ tool_calls, function_call }: Message): TraceCall[] {
  const calls = (tool_calls ?? []).map(
    (call): TraceCall => ({
      id: call.id ?? null,
      tool: call.function?.name ?? call.name ?? 'unknown',
      input: canonicalInput(call.function?.arguments ?? call.arguments ?? call.args),
    }),
  );
  if (function_call !== null && function_call !== undefined) {
    calls.push({ id: null, tool: function_call.name, input: canonicalInput(function_call.arguments) });
  }
  return calls;
}

const toolDefinition = z.union([
  z.string(),
  z.looseObject({ function: z.looseObject({ name: z.string() }) }).transform(({ function: { name } }) => name),
  z.looseObject({ name: z.string() }).transform(({ name }) => name),
]);

export const toolsSchema = z.array(toolDefinition).max(10_000);

const agentFacts = z.looseObject({
  name: z.string().nullish(),
  instructions: z.string().nullish(),
  system_prompt: z.string().nullish(),
  role: z.string().nullish(),
  tools: toolsSchema.nullish(),
});

/** Agents as a list of `{ name, instructions?, tools? }`, a map by name, or a map from names to instructions. */
export const agentsSchema = z
  .unknown()
  .optional()
  .transform((value): Map<string, TraceAgent> => {
    const agents = new Map<string, TraceAgent>();
    const add = (name: string | undefined, facts: unknown): void => {
      if (typeof facts === 'string' && name !== undefined) agents.set(name, { instructions: facts, tools: null });
      const parsed = agentFacts.safeParse(facts);
      const own = parsed.data?.name ?? name;
      if (!parsed.success || own === undefined || typeof facts === 'string') return;
      const { instructions, system_prompt, role, tools } = parsed.data;
      agents.set(own, { instructions: instructions ?? system_prompt ?? role ?? '', tools: tools ?? null });
    };
    if (Array.isArray(value)) for (const facts of value.slice(0, 1000)) add(undefined, facts);
    else if (typeof value === 'object' && value !== null)
      for (const [name, facts] of Object.entries(value).slice(0, 1000)) add(name, facts);
    return agents;
  });

/** Instructions that the steps themselves hold: a system message with a name is that agent's, one without is of the only agent. */
export function collectAgents(steps: readonly DraftStep[], told: ReadonlyMap<string, TraceAgent>): Map<string, TraceAgent> {
  const agents = new Map(told);
  const actors = new Set(steps.filter(({ kind }) => kind === 'message').map(({ agent }) => agent));
  for (const { kind, agent, text = '' } of steps) {
    if (kind !== 'instruction') continue;
    const named = actors.has(agent) ? agent : actors.size === 1 ? [...actors][0] : undefined;
    if (named !== undefined && !agents.has(named)) agents.set(named, { instructions: text.slice(0, 20_000), tools: null });
  }
  return agents;
}
