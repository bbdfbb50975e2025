/** What a recording is of: the JSON file beside its JSONL file. */
import { readFile, writeFile } from 'node:fs/promises';
import { PlanwrightError } from 'planwright';
import { z } from 'zod';

const headerSchema = z.strictObject({
  version: z.literal(1),
  /** One sentence for whoever reads the output: it is printed above it. */
  about: z.string().min(1).max(500),
  model: z.string().min(1).max(500),
  /** YYYY-MM-DD */
  recorded: z.iso.date(),
});
export type RecordingHeader = z.infer<typeof headerSchema>;

const maxHeaderCharacters = 10_000;

/** `calls.jsonl` → `calls.json`. */
function headerPath(recording: string): string {
  return recording.replace(/\.jsonl$/, '.json');
}

/** @throws {PlanwrightError} `usage` when there is none, or it is not one. */
export async function readHeader(recording: string): Promise<RecordingHeader> {
  const file = headerPath(recording);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new PlanwrightError('usage', `${file} can't be read. It says what ${recording} is a recording of.`, { cause });
  });
  try {
    return headerSchema.parse(JSON.parse(text.slice(0, maxHeaderCharacters)));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new PlanwrightError('usage', `${file} is not the header of a recording: ${why}`, { cause, location: { file } });
  }
}

export async function writeHeader(recording: string, header: RecordingHeader): Promise<void> {
  await writeFile(headerPath(recording), `${JSON.stringify(header, null, 2)}\n`);
}
