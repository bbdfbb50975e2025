/** What a recording is of: the JSON file beside its JSONL file. */
import { readFile, writeFile } from 'node:fs/promises';
import { PlanwrightError } from 'planwright';
import { z } from 'zod';

const maxHeaderCharacters = 10_000;

/** `calls.jsonl` → `calls.json`. */
export function headerPath(recording: string): string {
  return recording.replace(/\.jsonl$/, '.json');
}

/** @throws {PlanwrightError} `usage` when there is none, or it is not one. */
export async function readHeader<Form extends z.ZodType>(recording: string, form: Form): Promise<z.output<Form>> {
  const file = headerPath(recording);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new PlanwrightError('usage', `${file} can't be read. It says what ${recording} is a recording of.`, { cause });
  });
  try {
    return form.parse(JSON.parse(text.slice(0, maxHeaderCharacters)));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new PlanwrightError('usage', `${file} is not the header of a recording: ${why}`, { cause, location: { file } });
  }
}

export async function writeHeader(recording: string, header: object): Promise<void> {
  await writeFile(headerPath(recording), `${JSON.stringify(header, null, 2)}\n`);
}
