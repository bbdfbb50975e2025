/** A team of roles without tools and plans for it, as files, and a provider that tells which worker asked. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineTeam, type Plan, type Team } from 'planwright';
import type { ScriptedReply, ScriptedRequest } from 'planwright/testing';
import { step } from '../support/small-team.ts';

export type Limits = NonNullable<Parameters<typeof defineTeam>[0]['limits']>;

/** Of every model call the name of the process that makes it is the model's: {env:WORKER}. */
export function clusterTeam(serverUrl: string, limits: Limits = {}): Team {
  const model = `${serverUrl}#{env:WORKER}`;
  return defineTeam({
    name: 'cluster',
    model,
    roles: {
      finder: { description: 'Finds.', instructions: 'You are the finder.' },
      writer: { description: 'Writes.', instructions: 'You are the writer.' },
    },
    limits: { retries: 0, reroutes: 0, replans: 0, ...limits },
  });
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
