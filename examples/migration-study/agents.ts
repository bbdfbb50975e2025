/** The simulated agents, behind the interface of every model: each is right or wrong by its declared reliability. */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { Clock } from 'planwright';
import { type ScriptedAnswer, type ScriptedModel, scriptedModel } from 'planwright/testing';
import { drawSingle, drawStep, markOf, rightAnswer, writeResult } from './marks.ts';
import { type Migration, servicesOf } from './migrations.ts';
import { outputTokensPerSecond, serviceTokens } from './parameters.ts';
import { engineerInstructions, pipelineOf, planStep, writePlan } from './pipeline.ts';

export interface AgentOptions {
  migrations: readonly Migration[];
  seed: number;
  /** What an answer's time passes on. */
  clock: Clock;
}

interface Work {
  text: string;
  /** Read beside the prompt. */
  services: number;
}

/** Plays planner, researcher, coders, critic and the engineer who works alone. */
export function simulatedAgents({ migrations, seed, clock }: AgentOptions): ScriptedModel {
  const known = new Map(migrations.map((migration) => [migration.id, migration]));
  return scriptedModel(
    (request) => {
      const prompt = textOf(request);
      const migration = known.get(/migration (m\d+)/.exec(prompt)?.[1] ?? '');
      if (migration === undefined) throw new RangeError('A call names no migration of the study.');
      return answer(prompt, chooseWork(request, prompt, migration, seed));
    },
    { modelId: 'simulated-agents', clock },
  );
}

function chooseWork(request: LanguageModelV4CallOptions, prompt: string, migration: Migration, seed: number): Work {
  if (request.responseFormat?.type === 'json') return plan(migration, seed);
  return prompt.startsWith(engineerInstructions) ? workAlone(migration, seed) : workOnStep(prompt, migration, seed);
}

function plan(migration: Migration, seed: number): Work {
  const brief = markOf({ migration, step: planStep, inputs: [], isRight: drawStep(seed, migration, planStep) });
  const { subtasks, deliverable } = writePlan(migration.kind, migration.task, brief);
  const written = subtasks.map((subtask) => ({ ...subtask, assumes: [] }));
  return { text: JSON.stringify({ subtasks: written, deliverable }), services: servicesOf(migration.kind) };
}

function workAlone(migration: Migration, seed: number): Work {
  const services = servicesOf(migration.kind);
  if (drawSingle(seed, migration)) return { text: rightAnswer(migration), services };
  const wrong = markOf({ migration, step: 'single', inputs: [], isRight: false });
  return { text: writeResult(wrong, services), services };
}

/** Knows what the prompt says: its step, its brief, the marks of what it was handed. */
function workOnStep(prompt: string, migration: Migration, seed: number): Work {
  const [, step = '', brief = ''] = /<instruction>\nDo (\S+) by brief ([0-9a-f]+)\./.exec(prompt) ?? [];
  const services = pipelineOf(migration.kind).find(({ id }) => id === step)?.services;
  if (services === undefined) throw new RangeError(`A call is for no step of the pipeline: "${step}".`);
  const handed = Array.from(prompt.matchAll(/<dependency [^>]*>\nmark ([0-9a-f]+)\n/g), ([, mark = '']) => mark);
  const isRight = drawStep(seed, migration, step);
  return { text: writeResult(markOf({ migration, step, inputs: [brief, ...handed], isRight }), services), services };
}

/** Tokens of texts are characters ÷ 4; what is read with tools beside the prompt is declared. */
function answer(prompt: string, { text, services }: Work): ScriptedAnswer {
  const outputTokens = Math.ceil(text.length / 4);
  return {
    text,
    usage: { inputTokens: Math.ceil(prompt.length / 4) + services * serviceTokens.read, outputTokens },
    latencyMs: (1000 * outputTokens) / outputTokensPerSecond,
  };
}

function textOf({ prompt }: LanguageModelV4CallOptions): string {
  return prompt
    .map(({ content }) =>
      typeof content === 'string' ? content : content.map((part) => (part.type === 'text' ? part.text : '')).join('\n'),
    )
    .join('\n');
}
