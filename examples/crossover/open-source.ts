/** From the options to what answers the questions, and what may be said of it. */
import { existsSync } from 'node:fs';
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { createModelRegistry, PlanwrightError, recordCalls } from 'planwright';
import { readHeader } from '../support/recording-header.ts';
import { askOnce, keepPlain } from './ask-once.ts';
import { headerSchema } from './header.ts';
import { joinByProgram } from './join-by-program.ts';
import { type CrossoverOptions, type Design, defaultDesign } from './options.ts';
import { drawBlocks, type Question } from './questions.ts';
import { keptPerQuestion, reliabilityAlone, simulatedModel } from './simulated-model.ts';

export interface Source {
  model: LanguageModelV4;
  design: Design;
  blocks: Question[][];
  /** One line: recorded, simulated or real, and of what. */
  label: string;
}

/** @throws {PlanwrightError} `usage`, `model-unknown`, `secret-missing` */
export async function openSource({ source, design: given, record }: CrossoverOptions): Promise<Source> {
  switch (source.kind) {
    case 'simulated': {
      const questions = askFor({ ...defaultDesign, ...given });
      const label = `Simulated, no model was asked: declared to answer ${reliabilityAlone} of the questions rightly, × ${keptPerQuestion} for each further question in the prompt.`;
      return { ...questions, model: wrap(simulatedModel(questions.blocks.flat(), questions.design.seed)), label };
    }
    case 'recorded': {
      const header = await readHeader(source.file, headerSchema);
      const { model, weights = 'weights not stated', server = 'server not stated', recorded, seed, temperature } = header;
      const label = `Recorded on ${recorded}: ${model} (${weights}) on ${server}, temperature ${temperature}, seed ${seed}.`;
      return { ...askFor(header), model: wrap(await resolve(`recorded:${source.file}`)), label };
    }
    case 'spec': {
      const model = keepPlain(await resolve(source.spec));
      const questions = askFor({ ...defaultDesign, ...given });
      const { seed } = questions.design;
      const label = `Real: ${model.modelId} was asked just now, temperature 0, seed ${seed}.`;
      if (record !== undefined && existsSync(record)) {
        throw new PlanwrightError('usage', `--record ${record}: the file is there already. Name a new one.`);
      }
      return { ...questions, model: wrap(record === undefined ? model : recordCalls(model, record)), label };
    }
  }
}

function askFor({ sizes, repeats, kinds, seed }: Design): { design: Design; blocks: Question[][] } {
  const blocks = drawBlocks({ seed, blocks: repeats, size: Math.max(...sizes), kinds });
  return { design: { sizes, repeats, kinds, seed }, blocks };
}

function wrap(model: LanguageModelV4): LanguageModelV4 {
  return joinByProgram(askOnce(model));
}

async function resolve(spec: string): Promise<LanguageModelV4> {
  return (await createModelRegistry().resolve(spec)).languageModel;
}
