/** A team of roles without tools and plans for it, as files, and a provider that tells which worker asked. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineTeam, type Plan, type Team } from 'planwright';
import type { ScriptedReply, ScriptedRequest } from 'planwright/testing';
import { step } from '../support/small-team.ts';

export type Limits = NonNullable<Parameters<typeof defineTeam>[0]['limits']>;

/** Nothing is tried twice. What a call of the finder may answer at most is known, and reserved. */
export function clusterTeam(limits: Limits = {}): Team {
  return defineTeam({
    name: 'cluster',
    roles: {
      finder: { description: 'Finds.', instructions: 'You are the finder.', limits: { maxOutputTokens: 4_000 } },
      writer: { description: 'Writes.', instructions: 'You are the writer.' },
    },
    limits: { retries: 0, reroutes: 0, replans: 0, ...limits },
  });
}

/** The same as a file; of every call the model's name is that of the process that makes it, {env:WORKER}. */
export function namingTeam(serverUrl: string, limits: Limits = {}): object {
  const { name, roles, limits: own } = clusterTeam(limits);
  const described = Object.values(roles).map(({ name: role, description, instructions }) => [
    role,
    { description, instructions },
  ]);
  return { version: 1, name, model: `${serverUrl}#{env:WORKER}`, roles: Object.fromEntries(described), limits: own };
}

export function planOf(...subtasks: Plan['subtasks']): Plan {
  return { version: 1, task: 'the task', subtasks };
}

/** So many finders at once. */
export function manyFinders(count: number): Plan {
  return planOf(...Array.from({ length: count }, (_none, at) => step(`find-${at}`)));
}

/** Writes `team.json` and `plan.json` below the folder. */
export function writeInputs(folder: string, team: object, plan: Plan): void {
  writeFileSync(join(folder, 'team.json'), JSON.stringify(team));
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
}

/** The subtask that a request is about. */
export function subtaskOf({ text }: ScriptedRequest): string {
  return /do ([\w-]+)\n<\/instruction>/.exec(text)?.[1] ?? 'none';
}

/** Answers with the subtask's name. */
export function answerByName(request: ScriptedRequest): ScriptedReply {
  return `did ${subtaskOf(request)}`;
}
