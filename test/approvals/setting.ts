/** A team that needs a person, a model that plays it, and what its tools did. */
import {
  answerRun,
  defineTeam,
  defineTool,
  type Json,
  MemoryStore,
  type Plan,
  type RunHandle,
  type RunTaskOptions,
  resumeRun,
  runTask,
  type Store,
  type WaitingItem,
} from 'planwright';
import type { ScriptedModel } from 'planwright/testing';
import { z } from 'zod';
import { type Call, playModel } from '../support/small-team.ts';

export const releaseTeam = defineTeam({
  name: 'release',
  roles: {
    builder: { description: 'Builds.', instructions: 'You are the builder.' },
    deployer: { description: 'Deploys.', instructions: 'You are the deployer.', approval: 'required' },
    operator: { description: 'Operates.', instructions: 'You are the operator.', tools: ['deploy', 'look'] },
  },
  generalist: { instructions: 'You are the generalist.' },
  approvals: { tools: ['deploy'] },
  limits: { retries: 1, reroutes: 1, replans: 0, concurrency: 2 },
});

/** What the tools did, in order; emptied by each new setting. */
export const acts: string[] = [];

export const deploy = defineTool({
  name: 'deploy',
  description: 'Deploys.',
  input: z.object({ to: z.string() }),
  execute: ({ to }) => {
    acts.push(`deploy ${to}`);
    return `deployed to ${to}`;
  },
});
export const look = defineTool({
  name: 'look',
  description: 'Looks.',
  effect: 'read',
  input: z.object({ at: z.string() }),
  execute: ({ at }) => {
    acts.push(`look ${at}`);
    return `seen ${at}`;
  },
});
export const tools = [deploy, look];

export const planOf = (...subtasks: Plan['subtasks']): Plan => ({ version: 1, task: 'the task', subtasks });
export const idOf = ({ text }: Call): string => /do ([\w-]+)\n<\/instruction>/.exec(text)?.[1] ?? 'none';
export const isFirstStep = ({ request }: Call): boolean => !request.prompt.some(({ role }) => role === 'tool');

/** Operators make these calls first, `deploy` with their subtask's id by default; then they tell what came of it. */
export function operatorModel(calls = (id: string): { name: string; input: Json }[] => [{ name: 'deploy', input: { to: id } }]) {
  return playModel((call) => {
    const id = idOf(call);
    if (call.role === 'operator' && isFirstStep(call)) {
      return { toolCalls: calls(id).map((made, at) => ({ ...made, id: `${id}-${at}` })) };
    }
    const results = call.request.prompt
      .filter(({ role }) => role === 'tool')
      .map(
        ({ content }) =>
          JSON.stringify(content)
            .match(/"value":"([^"]*)"/g)
            ?.join(' ') ?? '',
      );
    return `${call.role} did ${id} ${results.join(' ')}`.trim();
  });
}

export interface Setting {
  store: Store;
  model: ScriptedModel;
}

export function newSetting(model = operatorModel()): Setting {
  acts.length = 0;
  return { store: new MemoryStore(), model };
}

/** Runs are called `r`. */
export function begin({ store, model }: Setting, plan: Plan, more: Partial<RunTaskOptions> = {}): RunHandle {
  return runTask({ task: 'the task', team: releaseTeam, tools, plan, store, model, runId: 'r', ...more });
}

export function goOn({ store, model }: Setting): RunHandle {
  return resumeRun({ runId: 'r', store, model, tools });
}

/** @param only Default: all that waits. */
export function approve({ store }: Setting, only?: string): Promise<WaitingItem[]> {
  return answerRun(store, 'r', { type: 'approve', by: 'ada', ...(only === undefined ? {} : { only }) });
}

export function deny({ store }: Setting, reason: string, only?: string): Promise<WaitingItem[]> {
  return answerRun(store, 'r', { type: 'deny', by: 'ada', reason, ...(only === undefined ? {} : { only }) });
}

/** `tool live#1/1/0` */
export const namesOf = (items: WaitingItem[]): string[] => items.map(({ kind, id }) => `${kind} ${id}`);
