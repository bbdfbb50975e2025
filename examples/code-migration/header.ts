/** What this example says of a recording. */
import { z } from 'zod';

export const headerSchema = z.strictObject({
  version: z.literal(1),
  /** One sentence for whoever reads the output: it is printed above it. */
  about: z.string().min(1).max(500),
  model: z.string().min(1).max(500),
  /** YYYY-MM-DD */
  recorded: z.iso.date(),
});
export type RecordingHeader = z.infer<typeof headerSchema>;
