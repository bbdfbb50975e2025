/** A team of three roles without tools, and scripts for models that play it. */
import { type LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { defineTeam } from 'planwright';
import { type ScriptedAnswer, type ScriptedModel, type ScriptedModelOptions, scriptedModel } from 'planwright/testing';

export const smallTeam = defineTeam({
  name: 'small',
  roles: {
    finder: { description: 'Finds.', instructions: 'You are the finder.' },
    checker: { description: 'Checks.', instructions: 'You are the checker.' },
    writer: { description: 'Writes.', instructions: 'You are the writer.' },
  },
});

export const step = (id: string, role = 'finder', dependsOn: string[] = []) => ({ id, role, instruction: `do ${id}`, dependsOn });

export const planText = (...subtasks: object[]): string => JSON.stringify({ subtasks, deliverable: '' });

export interface Call {
  /** `plan` or `revision` for a planner's call. */
  schema: string | null;
  /** From the role's instructions. */
  role: string;
  /** Everything the model is shown, as one text. */
  text: string;
  request: LanguageModelV4CallOptions;
}

/** Answers by call; the n-th call of all is `index`, from 0. */
export function playModel(
  answer: (call: Call, index: number) => string | ScriptedAnswer | Promise<string | ScriptedAnswer>,
  options: ScriptedModelOptions = {},
): ScriptedModel {
  return scriptedModel((request, index) => answer(readCall(request), index), options);
}

export function readCall(request: LanguageModelV4CallOptions): Call {
  const text = request.prompt
    .map(({ content }) =>
      typeof content === 'string'
        ? content
        : content.map((part) => ('text' in part ? part.text : JSON.stringify(part))).join('\n'),
    )
    .join('\n');
  const schema = request.responseFormat?.type === 'json' ? (request.responseFormat.name ?? null) : null;
  return { schema, role: /You are the (\w+)/.exec(text)?.[1] ?? '', text, request };
}
