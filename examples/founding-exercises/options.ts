/** The command line. */
import { parseArgs } from 'node:util';
import { PlanwrightError } from 'planwright';
import { z } from 'zod';
import { defaultSeed, type PartName, partNames } from './parts.ts';

export const usage = `node scripts/with-node.js examples/founding-exercises/run.ts [part …] [options]

The founding document's exercises with figures of our own, on the real engine with scripted models.
Parts: ${partNames.join(', ')}. Default: all, in this order.

  --seed S    of everything that is drawn. Default ${defaultSeed}
  --json      one JSON document with the numbers
`;

export interface ExerciseOptions {
  names: PartName[];
  seed: number;
  json: boolean;
}

const seedSchema = z
  .string()
  .regex(/^\d+$/, 'a whole number')
  .transform(Number)
  .pipe(z.int().max(2 ** 32 - 1));
const namesSchema = z.array(z.enum(partNames));

/** @returns null when help was asked for. @throws {PlanwrightError} `usage` */
export function readOptions(args: string[]): ExerciseOptions | null {
  const { values, positionals } = parse(args);
  if (values.help === true) return null;
  const names = namesSchema.safeParse(positionals);
  if (!names.success) {
    const unknown = positionals.find((name) => !(partNames as string[]).includes(name));
    throw new PlanwrightError('usage', `There is no part ${JSON.stringify(unknown)}. Parts: ${partNames.join(', ')}.`);
  }
  const seed = seedSchema.safeParse(values.seed ?? String(defaultSeed));
  if (!seed.success) {
    throw new PlanwrightError('usage', `--seed ${JSON.stringify(values.seed)}: ${seed.error.issues[0]?.message}. See --help.`);
  }
  const chosen = new Set(names.data);
  return {
    names: chosen.size === 0 ? partNames : partNames.filter((name) => chosen.has(name)),
    seed: seed.data,
    json: values.json === true,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { seed: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
    });
  } catch (cause) {
    throw new PlanwrightError('usage', `${cause instanceof Error ? cause.message : String(cause)} See --help.`, { cause });
  }
}
