/** From the options to the model, and what has to be said of it. */
import { rename, rm } from 'node:fs/promises';
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { createModelRegistry, recordCalls, systemClock } from 'planwright';
import { readHeader, writeHeader } from '../support/recording-header.ts';
import { headerSchema, type RecordingHeader } from './header.ts';
import type { MigrationOptions } from './options.ts';
import { playScript, readScript } from './play-script.ts';

export interface Source {
  model: LanguageModelV4;
  /** One sentence: recorded, scripted or real. */
  label: string;
  /** Puts a recording in its place; to be called when all went well. */
  keep: () => Promise<void>;
}

/** @throws {PlanwrightError} `usage`, `model-unknown`, `secret-missing` */
export async function openSource({ source, record }: MigrationOptions): Promise<Source> {
  switch (source.kind) {
    case 'recorded': {
      const { about, recorded } = await readHeader(source.file, headerSchema);
      const model = await resolve(`recorded:${source.file}`);
      return { model, label: `${about} (${recorded})`, keep: async () => {} };
    }
    case 'scripted':
      return recordInto(record, {
        model: playScript(readScript()),
        label: 'Scripted, no language model was asked: script.yaml holds every answer.',
        about: 'Recorded from a scripted model, not a language model: script.yaml holds every answer.',
      });
    case 'spec': {
      const model = await resolve(source.spec);
      const label = `Real: ${model.modelId} was asked just now.`;
      return recordInto(record, { model, label, about: `Recorded from ${model.modelId}.` });
    }
  }
}

interface Recordable {
  model: LanguageModelV4;
  label: string;
  about: string;
}

/** A run that fails leaves an earlier recording as it was. */
async function recordInto(file: string | undefined, { model, label, about }: Recordable): Promise<Source> {
  if (file === undefined) return { model, label, keep: async () => {} };
  const unfinished = `${file}.part`;
  await rm(unfinished, { force: true });
  return {
    model: recordCalls(model, unfinished),
    label,
    keep: async () => {
      await rename(unfinished, file);
      const recorded = new Date(systemClock.now()).toISOString().slice(0, 10);
      const header: RecordingHeader = { version: 1, about, model: model.modelId, recorded };
      await writeHeader(file, header);
    },
  };
}

async function resolve(spec: string): Promise<LanguageModelV4> {
  return (await createModelRegistry().resolve(spec)).languageModel;
}
