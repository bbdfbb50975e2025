/** The command line of the migration. */
import { fileURLToPath } from 'node:url';
import { PlanwrightError } from 'planwright';
import { z } from 'zod';
import { readFlags } from '../support/read-flags.ts';

export const usage = `node scripts/with-node.js examples/code-migration/run.ts [options]

A team ports the package in examples/code-migration/package from callbacks to promises; the package's tests decide.
Without --model the recorded calls of a scripted model are replayed. Needs bubblewrap: nothing runs unsandboxed.

  --model SPEC     a model to work with, \`recorded:FILE\` to replay, or \`scripted\`: what script.yaml says
  --record FILE    a .jsonl file for the calls; a .json file beside it says what they are of. Both are replaced.
  --patch FILE     the result as a unified diff, in place of printing it
`;

export interface MigrationOptions {
  source: { kind: 'scripted' } | { kind: 'recorded'; file: string } | { kind: 'spec'; spec: string };
  record?: string;
  patch?: string;
}

const ownRecording = fileURLToPath(new URL('recording.jsonl', import.meta.url));

const values = z.strictObject({
  model: z.string().min(1).default(`recorded:${ownRecording}`),
  record: z.string().endsWith('.jsonl', 'must end in .jsonl').exactOptional(),
  patch: z.string().min(1).exactOptional(),
});

const flags = {
  model: { type: 'string' },
  record: { type: 'string' },
  patch: { type: 'string' },
} as const;

/** @returns null when help was asked for. @throws {PlanwrightError} `usage` */
export function readOptions(args: string[]): MigrationOptions | null {
  const read = readFlags(args, flags, values);
  if (read === null) return null;
  const { model, ...files } = read;
  const source = sourceOf(model);
  if (source.kind === 'recorded' && files.record !== undefined) {
    throw new PlanwrightError('usage', `--record ${files.record}: those calls are recorded. Add --model scripted or a model.`);
  }
  return { source, ...files };
}

function sourceOf(model: string): MigrationOptions['source'] {
  if (model === 'scripted') return { kind: 'scripted' };
  if (model.startsWith('recorded:')) return { kind: 'recorded', file: model.slice('recorded:'.length) };
  return { kind: 'spec', spec: model };
}
