/** What this example says of a recording. */
import { z } from 'zod';
import { questionKinds } from './questions.ts';

const line = z.string().min(1).max(500);

export const headerSchema = z.strictObject({
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
