/** A model that says what script.yaml holds, word for word. It is not a language model. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { type ScriptedAnswer, scriptedModel } from 'planwright/testing';
import { parse } from 'yaml';
import { z } from 'zod';

/** Texts that the tool results so far have to hold. */
const seen = z.array(z.string()).default([]);
const stepSchema = z.union([
  z.strictObject({ seen, text: z.string().min(1) }),
  z.strictObject({ seen, tools: z.array(z.strictObject({ name: z.string(), input: z.json() })).min(1) }),
]);

const scriptSchema = z.strictObject({
  parts: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z-]+$/),
        /** Texts that all stand in the request. */
        when: z.array(z.string()).min(1),
        /** Texts of which none does. */
        unless: z.array(z.string()).default([]),
        /** One a call, in this order. */
        steps: z.array(stepSchema).min(1),
      }),
    )
    .min(1),
});
export type Script = z.infer<typeof scriptSchema>;
type Part = Script['parts'][number];
type Step = Part['steps'][number];

export function readScript(): Script {
  return scriptSchema.parse(parse(readFileSync(fileURLToPath(new URL('script.yaml', import.meta.url)), 'utf8')));
}

/** Tokens are characters ÷ 4, tool calls and results included. A request that fits no part, or several, is an error that says so. */
export function playScript(script: Script): LanguageModelV4 {
  return scriptedModel(
    (request) => {
      const part = findPart(script, textOf(request));
      const results = request.prompt.filter(({ role }) => role === 'tool');
      const step = part.steps[results.length];
      if (step === undefined) throw new Error(`script.yaml: part "${part.name}" has no step ${results.length + 1}.`);
      refuseUnseen(part, step, JSON.stringify(results));
      return answer(part, results.length, step, request);
    },
    { modelId: 'script.yaml' },
  );
}

function findPart({ parts }: Script, text: string): Part {
  const fitting = parts.filter(
    ({ when, unless }) => when.every((piece) => text.includes(piece)) && !unless.some((piece) => text.includes(piece)),
  );
  const [part] = fitting;
  if (part !== undefined && fitting.length === 1) return part;
  const names = fitting.map(({ name }) => name).join(', ');
  throw new Error(`script.yaml: ${part === undefined ? 'no part is' : `the parts ${names} are all`} for: ${text.slice(0, 200)}`);
}

/** A script that says it saw what is not there is wrong. */
function refuseUnseen({ name }: Part, { seen: texts }: Step, results: string): void {
  const missing = texts.find((text) => !results.includes(text));
  if (missing !== undefined) throw new Error(`script.yaml: part "${name}" has not seen "${missing}" in: ${results.slice(-1000)}`);
}

function answer(part: Part, at: number, step: Step, request: LanguageModelV4CallOptions): ScriptedAnswer {
  const usage = {
    inputTokens: Math.ceil(JSON.stringify(request.prompt).length / 4),
    outputTokens: Math.ceil(JSON.stringify(step).length / 4),
  };
  if ('text' in step) return { text: step.text.trimEnd(), usage };
  return { toolCalls: step.tools.map((call, index) => ({ ...call, id: `${part.name}-${at + 1}-${index + 1}` })), usage };
}

/** The request's instructions and prompts as one text; what tools returned is not looked at. */
function textOf({ prompt }: LanguageModelV4CallOptions): string {
  return prompt
    .flatMap(({ content }) =>
      typeof content === 'string' ? [content] : content.flatMap((part) => (part.type === 'text' ? [part.text] : [])),
    )
    .join('\n');
}
