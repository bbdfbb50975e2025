/** A team with tools, checks, a re-route, a replan and a sub-team, and a model that plays it: for runs that outlive a version. */
import { defineTeam, defineTool } from 'planwright';
import { type ScriptedModel, scriptedModel } from 'planwright/testing';
import { z } from 'zod';

export const storingTeam = defineTeam({
  name: 'storing',
  roles: {
    finder: { description: 'Finds.', instructions: 'You are the finder.', tools: ['look'], limits: { maxSteps: 4 } },
    checker: {
      description: 'Checks.',
      instructions: 'You are the checker.',
      accept: [{ kind: 'predicate', notContains: 'FAILED' }],
      fallback: ['writer'],
    },
    pair: {
      description: 'A team of two.',
      team: {
        name: 'pair',
        roles: {
          finder: { description: 'Finds.', instructions: 'You are the finder.' },
          writer: { description: 'Writes.', instructions: 'You are the writer.' },
        },
      },
    },
    writer: { description: 'Writes.', instructions: 'You are the writer.' },
  },
  limits: { retries: 0, reroutes: 1, replans: 1, concurrency: 2, timeoutMs: 60_000 },
});

const subtask = (id: string, role: string, dependsOn: string[] = []) => ({ id, role, instruction: `do ${id}`, dependsOn });
const plan = [
  subtask('find-a', 'finder'),
  subtask('find-b', 'finder'),
  subtask('check-a', 'checker', ['find-a']),
  { ...subtask('hopeless', 'checker', ['find-b']), accept: [{ kind: 'predicate', notContains: 'FAILED' }] },
  subtask('together', 'pair', ['find-a']),
  subtask('report', 'writer', ['check-a', 'hopeless', 'together']),
];
const revised = [subtask('instead', 'writer', ['find-b']), subtask('report-2', 'writer', ['check-a', 'together', 'instead'])];
const pairPlan = [subtask('part-1', 'finder'), subtask('part-2', 'writer', ['part-1'])];

/** Answers by the prompt alone, so that a repeated call gets the same answer. */
export function storingModel(): ScriptedModel {
  return scriptedModel((request) => {
    const text = JSON.stringify(request.prompt);
    if (request.responseFormat?.type === 'json') {
      // A planner that goes on from a part of the outer plan is shown both.
      const isPair = text.includes('do together') && !text.includes('do find-a');
      const subtasks = request.responseFormat.name === 'revision' ? revised : isPair ? pairPlan : plan;
      const soFar = /<so_far>/.test(text) ? subtasks.filter(({ id }) => !text.includes(`\\"id\\":\\"${id}\\"`)) : subtasks;
      return JSON.stringify({ subtasks: soFar, deliverable: '' });
    }
    const role = /You are the (\w+)/.exec(text)?.[1] ?? 'none';
    const id = /do ([a-z0-9-]+)\\n<\/instruction>/.exec(text)?.[1] ?? 'none';
    const isFirstStep = !request.prompt.some((message) => message.role === 'tool');
    if (role === 'finder' && id.startsWith('find') && isFirstStep) {
      return { toolCalls: [{ id: `look-${id}`, name: 'look', input: { at: id } }] };
    }
    if (role === 'checker') return 'FAILED';
    if (id === 'hopeless') return 'FAILED';
    const handed = [...text.matchAll(/<dependency id=\\"([^\\]+)\\"/g)].map(([, from]) => from);
    return `${role} did ${id} with [${handed.join()}]${id === 'find-b' ? ` and much besides: ${'x'.repeat(5000)}` : ''}`;
  });
}

export const lookTool = defineTool({
  name: 'look',
  description: 'Looks.',
  effect: 'read',
  input: z.object({ at: z.string() }),
  execute: ({ at }) => `seen ${at}`,
});
