/** What a recording is of: the JSON file beside its JSONL file. */
import { readFile, writeFile } from 'node:fs/promises';
import { PlanwrightError } from 'planwright';
import { z } from 'zod';
import { questionKinds } from './questions.ts';

const line = z.string().min(1).max(500);

const headerSchema = z.strictObject({
  version: z.literal(1),
  /** The model's name as its server has it. */
  model: line,
  /** Weights and quantization, the server and the machine it ran on: written by hand. */
  weights: line.optional(),
  server: line.optional(),
  /** YYYY-MM-DD */
  recorded: z.iso.date(),
  seed: z.int().nonnegative(),
  sizes: z.array(z.int().positive()).min(1),
  repeats: z.int().positive(),
  kinds: z.array(z.enum(questionKinds)).min(1),
  temperature: z.number(),
});
export type RecordingHeader = z.infer<typeof headerSchema>;

/** `calls.jsonl` → `calls.json`. */
export function headerPath(recording: string): string {
  return recording.replace(/\.jsonl$/, '.json');
}

/** @throws {PlanwrightError} `usage` when there is none, or it is not one. */
export async function readHeader(recording: string): Promise<RecordingHeader> {
  const file = headerPath(recording);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new PlanwrightError('usage', `${file} can't be read. It says what ${recording} is a recording of.`, { cause });
  });
  try {
    return headerSchema.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new PlanwrightError('usage', `${file} is not the header of a recording: ${why}`, { cause, location: { file } });
  }
}

export async function writeHeader(recording: string, header: RecordingHeader): Promise<void> {
  await writeFile(headerPath(recording), `${JSON.stringify(header, null, 2)}\n`);
}
