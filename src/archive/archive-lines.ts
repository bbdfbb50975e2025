/** The lines of an archive from its bytes, one at a time, however they come. */
import { PlanwrightError } from '../errors.ts';
import { lineLimitBytes } from './archive-format.ts';

export interface NumberedLine {
  /** From 1. */
  number: number;
  text: string;
}

export interface SplitOptions {
  /** For messages. */
  file: string;
  /** Default `lineLimitBytes`. */
  limitBytes?: number;
}

const lineEnd = 0x0a;

/** @throws {PlanwrightError} `archive-invalid` for a line that is too long, or is no UTF-8. */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  { file, limitBytes = lineLimitBytes }: SplitOptions,
): AsyncGenerator<NumberedLine> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  let number = 1;
  const add = (part: Uint8Array): void => {
    bytes += part.length;
    if (bytes > limitBytes) throw archiveInvalid(file, number, `it is longer than ${limitBytes} bytes`);
    if (part.length > 0) parts.push(part);
  };
  const take = (): NumberedLine => {
    const line = { number, text: decode(parts, file, number) };
    parts = [];
    bytes = 0;
    number += 1;
    return line;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(lineEnd); at !== -1; at = chunk.indexOf(lineEnd, from)) {
      add(chunk.subarray(from, at));
      from = at + 1;
      yield take();
    }
    add(chunk.subarray(from));
  }
  if (bytes > 0) yield take();
}

function decode(parts: Uint8Array[], file: string, number: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch (thrown) {
    throw archiveInvalid(file, number, 'it is no UTF-8', thrown);
  }
}

/** @param problem What is wrong with this line. */
export function archiveInvalid(file: string, line: number, problem: string, cause?: unknown): PlanwrightError {
  return new PlanwrightError('archive-invalid', `${file}:${line}: ${problem}.`, {
    location: { file, line },
    ...(cause === undefined ? {} : { cause }),
  });
}
