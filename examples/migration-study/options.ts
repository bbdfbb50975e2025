/** The command line of the study. */
import { z } from 'zod';
import { readFlags } from '../support/read-flags.ts';
import { defaultSeed, defaultTasks } from './parameters.ts';

export const usage = `node scripts/with-node.js examples/migration-study/run.ts [options]

The founding document's migration story with simulated agents of declared reliability, on the real engine: always a
five-step pipeline, always one agent, and the gate's learned split.

  --tasks N     migrations, a multiple of 10 up to 10,000. Default ${defaultTasks}
  --seed S      of everything that is drawn. Default ${defaultSeed}
  --html FILE   the figures as a page
  --json        one JSON document instead of tables
`;

export interface StudyOptions {
  tasks: number;
  seed: number;
  html?: string;
  json: boolean;
}

const wholeNumber = z.string().regex(/^\d+$/, 'not a whole number').transform(Number);
const values = z.strictObject({
  tasks: wholeNumber.pipe(z.int().positive().max(10_000).multipleOf(10)).optional(),
  seed: wholeNumber.pipe(z.int().max(2 ** 32 - 1)).optional(),
  html: z.string().min(1).optional(),
  json: z.boolean().optional(),
});

const flags = {
  tasks: { type: 'string' },
  seed: { type: 'string' },
  html: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** @returns null when help was asked for. @throws {PlanwrightError} `usage` */
export function readOptions(args: string[]): StudyOptions | null {
  const read = readFlags(args, flags, values);
  if (read === null) return null;
  const { tasks = defaultTasks, seed = defaultSeed, html, json = false } = read;
  return { tasks, seed, json, ...(html === undefined ? {} : { html }) };
}
