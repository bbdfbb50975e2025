/** The flags of an example: known ones only, each with the form its example wants. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { PlanwrightError } from 'planwright';
import type { z } from 'zod';

/** @returns null when help was asked for. @throws {PlanwrightError} `usage` */
export function readFlags<Values extends z.ZodType>(
  args: string[],
  flags: ParseArgsOptionsConfig,
  form: Values,
): z.output<Values> | null {
  const { help, ...given } = parseFlags(args, { ...flags, help: { type: 'boolean' } });
  if (help === true) return null;
  const read = form.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const flag = String(issue?.path[0] ?? '');
  throw new PlanwrightError('usage', `--${flag} ${JSON.stringify(given[flag])}: ${issue?.message}. See --help.`);
}

function parseFlags(args: string[], options: ParseArgsOptionsConfig): Record<string, unknown> {
  try {
    return parseArgs({ args, options }).values;
  } catch (cause) {
    throw new PlanwrightError('usage', `${cause instanceof Error ? cause.message : String(cause)} See --help.`, { cause });
  }
}
