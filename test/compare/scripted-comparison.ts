/** A comparison on a scripted model that is right or wrong as a table says. */
import { type ComparisonTask, defineTeam, parseComparisonTasks, type TeamDefinition } from 'planwright';
import { type ScriptedModel, scriptedModel } from 'planwright/testing';
import { readCall } from '../support/small-team.ts';

export const pairDefinition = {
  name: 'pair',
  roles: {
    finder: { description: 'Finds.', instructions: 'You are the finder.' },
    writer: { description: 'Writes.', instructions: 'You are the writer.' },
  },
  limits: { retries: 0, reroutes: 0, replans: 0 },
} satisfies TeamDefinition;
export const pairTeam = defineTeam(pairDefinition);

/** The same team as a file, with the ladder's defaults. */
export const pairTeamYaml = `name: pair
roles:
  finder:
    description: Finds.
    instructions: You are the finder.
  writer:
    description: Writes.
    instructions: You are the writer.
`;

export const plan = JSON.stringify({
  subtasks: [
    { id: 'find', role: 'finder', instruction: 'Find it.', dependsOn: [], assumes: [] },
    { id: 'write', role: 'writer', instruction: 'Write it.', dependsOn: ['find'], assumes: [] },
  ],
  deliverable: 'write',
});

/** `Question q3`: the right answer is `right q3`. */
export function makeTasks(count: number, more: Record<string, unknown> = {}): ComparisonTask[] {
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({ id: `q${index}`, task: `Question q${index}`, check: { exact: `right q${index}` }, ...more }),
  );
  return parseComparisonTasks(lines.join('\n'), { file: 'tasks.jsonl' });
}

export interface Asked {
  /** `single`: the generalist. */
  by: 'single' | 'planner' | 'finder' | 'writer' | 'grader';
  /** `q3` */
  question: string;
  text: string;
  seed: number | undefined;
}

export function readAsked(request: Parameters<typeof readCall>[0]): Asked {
  const { schema, role, text } = readCall(request);
  const question = /Question (q\d+)/.exec(text)?.[1] ?? '';
  const by =
    schema === 'plan'
      ? 'planner'
      : role === 'finder' || role === 'writer'
        ? role
        : text.includes('You grade')
          ? 'grader'
          : 'single';
  return { by, question, text, seed: request.seed };
}

/** @param isRight Whether an arm answers a question rightly. */
export function answeringModel(
  isRight: (by: 'single' | 'team', question: string, asked: Asked) => boolean,
  seen: Asked[] = [],
): ScriptedModel {
  return scriptedModel((request) => {
    const asked = readAsked(request);
    seen.push(asked);
    if (asked.by === 'planner') return plan;
    if (asked.by === 'finder') return 'found';
    const arm = asked.by === 'writer' ? 'team' : 'single';
    return isRight(arm, asked.question, asked) ? `right ${asked.question}` : 'wrong';
  });
}
