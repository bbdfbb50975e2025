/**
 * The run that the faults are injected into: 60 subtasks on three levels of teams, three replans, rejected results with retry and
 * re-route, tools of every effect, an attempt and a tool call that a person approves. The model that plays it answers by the prompt
 * alone, so that a repeated call gets the same answer, and every prompt has a name by which calls are counted.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { defineTeam, defineTool, type RunLimits, type Team, type Tool } from 'planwright';
import type { ChatMessage, ChatRequestBody, ScriptedReply } from 'planwright/testing';
import { z } from 'zod';

export const task = 'Survey the coast.';
export const runId = 'survey';

/**
 * What an undisturbed run asks for, and the budget that is only just enough for a disturbed one: every call once, and the tokens of
 * a plan that is asked for again with what is known of it, of the reservation for the last plan, and of those beside it.
 */
export const surveyCalls = 90;
export const surveyBudget = { calls: surveyCalls, tokens: 10_850 };
export const surveySubtasks = 60;

const accept = [{ kind: 'predicate' as const, notContains: 'FAILED' }];
const finder = { description: 'Finds.', instructions: 'You are the finder.', tools: ['look'], limits: { maxSteps: 4 } };
const checker = { description: 'Checks.', instructions: 'You are the checker.', accept };
const writer = { description: 'Writes.', instructions: 'You are the writer.' };
const planner = { maxOutputTokens: 1_000 };

/**
 * @param limits Over the run's own: concurrency 4, one retry, one re-route, one replan.
 * @param timeouts Of every role.
 */
export function surveyTeam(
  limits: Partial<RunLimits> = {},
  timeouts: { callTimeoutMs?: number; idleTimeoutMs?: number } = {},
): Team {
  const defaults = { limits: { maxOutputTokens: 100, ...timeouts } };
  const pair = { name: 'pair', defaults, planner, roles: { finder, writer } };
  const crew = {
    name: 'crew',
    defaults,
    planner,
    roles: { finder, checker, writer, pair: { description: 'A team of two.', team: pair } },
    limits: { retries: 0, reroutes: 0, replans: 1 },
  };
  return defineTeam({
    name: 'survey',
    defaults,
    planner,
    roles: {
      finder,
      checker: { ...checker, fallback: ['writer'] },
      writer,
      stamper: { description: 'Stamps.', instructions: 'You are the stamper.', tools: ['stamp'] },
      publisher: { description: 'Publishes.', instructions: 'You are the publisher.', tools: ['publish'] },
      signer: { description: 'Signs.', instructions: 'You are the signer.', approval: 'required' },
      crew: { description: 'A crew.', team: crew },
    },
    approvals: { tools: ['publish'] },
    limits: { retries: 1, reroutes: 1, replans: 1, concurrency: 4, ...limits },
  });
}

interface Step {
  id: string;
  role: string;
  instruction: string;
  dependsOn: string[];
  assumes: string[];
}

const step = (id: string, role: string, dependsOn: string[] = []): Step => ({
  id,
  role,
  instruction: `do ${id}`,
  dependsOn,
  assumes: [],
});
const many = (count: number, make: (n: number) => Step): Step[] => Array.from({ length: count }, (_, index) => make(index + 1));

const parts = [
  ...many(11, (n) => step(`find-${n}`, 'finder')),
  step('crew-a', 'crew', ['find-1']),
  step('crew-b', 'crew', ['find-2']),
  ...many(4, (n) => step(`stamp-${n}`, 'stamper', [`find-${n}`])),
  ...many(6, (n) => step(`check-${n}`, 'checker', [`find-${n + 2}`])),
  ...many(11, (n) => step(`note-${n}`, 'writer', [`find-${n}`])),
  step('sign', 'signer', ['check-1']),
  step('publish', 'publisher', ['stamp-1', 'stamp-2']),
];
const ends = parts.map(({ id }) => id).filter((id) => !parts.some(({ dependsOn }) => dependsOn.includes(id)));
const surveyPlan = [
  ...parts,
  { ...step('hopeless', 'checker', ['find-9']), accept },
  step('report', 'writer', ['hopeless', ...ends]),
];
const surveyRevision = [step('instead', 'writer', ['find-9']), step('report-2', 'writer', ['instead', ...ends])];
const crewPlan = (name: string): Step[] => [
  ...many(2, (n) => step(`${name}-find-${n}`, 'finder')),
  step(`${name}-pair`, 'pair', [`${name}-find-1`]),
  step(`${name}-hopeless`, 'checker', [`${name}-find-2`]),
  step(`${name}-up`, 'writer', [`${name}-hopeless`, `${name}-pair`]),
];
const crewRevision = (name: string): Step[] => [
  step(`${name}-instead`, 'writer', [`${name}-find-2`]),
  step(`${name}-up-2`, 'writer', [`${name}-instead`, `${name}-pair`]),
];
const pairPlan = (name: string): Step[] => [
  step(`${name}-part-1`, 'finder'),
  step(`${name}-part-2`, 'finder'),
  step(`${name}-end`, 'writer', [`${name}-part-1`, `${name}-part-2`]),
];

/** What a call is about, read from the prompt. */
interface Prompt {
  schema: 'plan' | 'revision' | null;
  /** The team whose plan is asked for: `top`, `crew-a`, `crew-a-pair`; for an attempt, its subtask. */
  about: string;
  role: string;
  /** Model calls of this attempt before this one. */
  step: number;
  isAgain: boolean;
  text: string;
}

export function readPrompt({ messages, response_format: format }: ChatRequestBody): Prompt {
  const text = messages.map(textOf).join('\n');
  const name = format?.type === 'json_schema' ? format.json_schema.name : undefined;
  const schema = name === 'plan' || name === 'revision' ? name : null;
  const about = schema === null ? /do ([\w-]+)\n<\/instruction>/.exec(text)?.[1] : /<task>\ndo ([\w-]+)/.exec(text)?.[1];
  return {
    schema,
    about: about ?? (schema === null ? 'none' : 'top'),
    role: /You are the (\w+)/.exec(text)?.[1] ?? 'planner',
    step: messages.filter(({ role }) => role === 'assistant').length,
    isAgain: text.includes('<feedback>'),
    text,
  };
}

/** The same for the same question, whoever asks it and when. */
export function nameCall(body: ChatRequestBody): string {
  const { schema, about, role, step: number, isAgain } = readPrompt(body);
  return schema === null ? `${role} ${about} ${number}${isAgain ? ' again' : ''}` : `${schema} ${about}`;
}

export function playSurvey(body: ChatRequestBody): ScriptedReply {
  const prompt = readPrompt(body);
  const { schema, about, role, isAgain, text } = prompt;
  if (schema !== null) return { text: writePlan(prompt) };
  if (prompt.step === 0) {
    if (role === 'finder') return { toolCalls: [{ id: `look-${about}`, name: 'look', input: { at: about } }] };
    if (role === 'stamper') return { toolCalls: [{ id: `stamp-${about}`, name: 'stamp', input: { at: about } }] };
    if (role === 'publisher') return { toolCalls: [{ id: `publish-${about}`, name: 'publish', input: { at: about } }] };
  }
  if (about.endsWith('hopeless')) return 'FAILED';
  if (role === 'checker' && (about === 'check-2' || (about === 'check-1' && !isAgain))) return 'FAILED at first';
  const handed = [...text.matchAll(/<dependency id="([^"]+)"/g)].map(([, from]) => from);
  return `${role} did ${about} with [${handed.join()}]`;
}

/** Streams an element at a time; of a plan that was broken off, what is missing. */
function writePlan({ schema, about, text }: Prompt): string[] {
  const isRevision = schema === 'revision';
  const steps = about.endsWith('-pair')
    ? pairPlan(about)
    : about === 'top'
      ? isRevision
        ? surveyRevision
        : surveyPlan
      : isRevision
        ? crewRevision(about)
        : crewPlan(about);
  const known = /<so_far>\n(.*)\n<\/so_far>/.exec(text)?.[1] ?? '[]';
  const ids = new Set((JSON.parse(known) as Step[]).map(({ id }) => id));
  const missing = steps.filter(({ id }) => !ids.has(id)).map((item) => JSON.stringify(item));
  return ['{"subtasks":[', ...missing.map((item, at) => `${at === 0 ? '' : ','}${item}`), '],"deliverable":""}'];
}

function textOf({ content }: ChatMessage): string {
  return typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('');
}

/** What the tools did, kept outside of every store: a line for each act, whichever process it was that acted. */
export interface Act {
  tool: string;
  at: string;
}

/** @param actsFile Where they write down what they do. */
export function surveyTools(actsFile: string): Tool[] {
  const act = (tool: string, at: string): void => appendFileSync(actsFile, `${JSON.stringify({ tool, at } satisfies Act)}\n`);
  const input = z.object({ at: z.string() });
  const make = (name: string, effect: 'read' | 'idempotent' | 'once') =>
    defineTool({
      name,
      description: `Does ${name}.`,
      effect,
      input,
      execute: ({ at }) => {
        act(name, at);
        return `${name} of ${at}`;
      },
    });
  return [make('look', 'read'), make('stamp', 'idempotent'), make('publish', 'once')];
}

export function readActs(actsFile: string): Act[] {
  if (!existsSync(actsFile)) return [];
  return readFileSync(actsFile, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Act);
}
