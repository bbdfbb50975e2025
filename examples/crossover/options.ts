/** The command line of the measurement. */
import { fileURLToPath } from 'node:url';
import { PlanwrightError } from 'planwright';
import { z } from 'zod';
import { readFlags } from '../support/read-flags.ts';
import { type QuestionKind, questionKinds } from './questions.ts';

export const usage = `node scripts/with-node.js examples/crossover/run.ts [options]

N small questions in one prompt of one agent, or one question a subtask of a plan: right answers against N.
Without --model a recorded run is replayed.

  --model SPEC     a model to measure, \`recorded:FILE\` to replay, or \`simulated\`
  --sizes LIST     N, ascending, at most 64. Default 1,2,4,8,16
  --repeats K      blocks of as many questions as the largest N. Default 20
  --kinds LIST     of questions, of ${questionKinds.join(', ')}. Default extraction,two-step,sorting
  --seed S         of the questions and of the resampling. Default 7
  --lenient        an extraction may name other facts beside the right one
  --record FILE    a new .jsonl file for the calls; a .json file beside it says what they are of
  --html FILE      the curves as a page
`;

/** What can be recorded and is fixed by a recording. */
export interface Design {
  sizes: number[];
  repeats: number;
  kinds: QuestionKind[];
  seed: number;
}

export interface CrossoverOptions {
  source: { kind: 'spec'; spec: string } | { kind: 'recorded'; file: string } | { kind: 'simulated' };
  /** Only what was given. */
  design: Partial<Design>;
  lenient: boolean;
  record?: string;
  html?: string;
}

export const defaultDesign: Design = {
  sizes: [1, 2, 4, 8, 16],
  repeats: 20,
  kinds: ['extraction', 'two-step', 'sorting'],
  seed: 7,
};

/** The committed recording, from the current folder. */
const ownRecording = fileURLToPath(new URL('recording.jsonl', import.meta.url));
const maxSize = 64;
const maxRepeats = 1000;

const count = z.string().regex(/^\d+$/, 'not a whole number').transform(Number);
const values = z.strictObject({
  model: z.string().min(1).optional(),
  sizes: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(count.pipe(z.int().positive().max(maxSize))).min(1))
    .refine((sizes) => sizes.every((size, at) => size > (sizes[at - 1] ?? 0)), 'not ascending')
    .optional(),
  repeats: count.pipe(z.int().positive().max(maxRepeats)).optional(),
  kinds: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(questionKinds)))
    .optional(),
  seed: count.pipe(z.int().max(2 ** 32 - 1)).optional(),
  lenient: z.boolean().default(false),
  record: z.string().endsWith('.jsonl', 'must end in .jsonl').optional(),
  html: z.string().min(1).optional(),
});

const flags = {
  model: { type: 'string' },
  sizes: { type: 'string' },
  repeats: { type: 'string' },
  kinds: { type: 'string' },
  seed: { type: 'string' },
  lenient: { type: 'boolean' },
  record: { type: 'string' },
  html: { type: 'string' },
} as const;

/** @returns null when help was asked for. @throws {PlanwrightError} `usage` */
export function readOptions(args: string[]): CrossoverOptions | null {
  const read = readFlags(args, flags, values);
  if (read === null) return null;
  const { model = `recorded:${ownRecording}`, sizes, repeats, kinds, seed, lenient, record, html } = read;
  const design: Partial<Design> = {
    ...(sizes === undefined ? {} : { sizes }),
    ...(repeats === undefined ? {} : { repeats }),
    ...(kinds === undefined ? {} : { kinds }),
    ...(seed === undefined ? {} : { seed }),
  };
  const source = sourceOf(model);
  if (source.kind !== 'spec' && record !== undefined) {
    throw new PlanwrightError('usage', `--record ${record}: there is nothing to record of ${source.kind} calls. Name a model.`);
  }
  if (source.kind === 'recorded' && Object.keys(design).length > 0) {
    const named = Object.keys(design).map((name) => `--${name}`);
    throw new PlanwrightError('usage', `${named.join(', ')}: a recording has its own. Name a model to measure with --model.`);
  }
  return { source, design, lenient, ...(record === undefined ? {} : { record }), ...(html === undefined ? {} : { html }) };
}

function sourceOf(model: string): CrossoverOptions['source'] {
  if (model === 'simulated') return { kind: 'simulated' };
  if (model.startsWith('recorded:')) return { kind: 'recorded', file: model.slice('recorded:'.length) };
  return { kind: 'spec', spec: model };
}
