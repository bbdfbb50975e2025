/** The migration from the command line's words to what is said and the exit code. */
import { writeFile } from 'node:fs/promises';
import { createSandboxes, PlanwrightError, type Sandboxes } from 'planwright';
import { type Migration, migrate } from './migrate.ts';
import { openSource } from './open-source.ts';
import { type MigrationOptions, readOptions, usage } from './options.ts';
import { tellMigration, tellTimes } from './tell.ts';

export interface Surroundings {
  signal: AbortSignal;
  /** The result, to stdout. */
  say: (text: string) => void;
  /** Errors, to stderr. */
  tell: (text: string) => void;
  /** Default: this machine's. */
  sandboxes?: Sandboxes;
}

/**
 * @returns the exit code: 0 ported, and all tests pass; 1 not ported, or a call failed; 2 a wrong option, model or file, or no
 *   sandbox; 130 interrupted.
 */
export async function runCommand(args: string[], around: Surroundings): Promise<number> {
  try {
    const options = readOptions(args);
    if (options !== null) return (await port(options, around)).code;
    around.say(usage);
    return 0;
  } catch (error) {
    if (around.signal.aborted) return 130;
    around.tell(error instanceof Error ? error.message : String(error));
    return error instanceof PlanwrightError && wrongUse.includes(error.code) ? 2 : 1;
  }
}

const wrongUse = ['usage', 'model-unknown', 'secret-missing', 'check-unavailable'];

/** @throws {PlanwrightError} `usage`, `model-unknown`, `secret-missing`, `check-unavailable`; the signal's reason. */
export async function port(
  options: MigrationOptions,
  { signal, say, sandboxes = createSandboxes() }: Surroundings,
): Promise<{ code: 0 | 1; migration: Migration }> {
  const { model, label, keep } = await openSource(options);
  const migration = await migrate({ model, signal, sandboxes });
  say([label, ...tellMigration(migration), tellTimes(migration.result.ledger)].join('\n'));
  if (options.patch !== undefined) await writePatch(options.patch, migration.diff);
  else if (migration.diff !== '') say(`\n${migration.diff.trimEnd()}`);
  if (!isPorted(migration)) return { code: 1, migration };
  await keep();
  return { code: 0, migration };
}

function isPorted({ result, after }: Migration): boolean {
  return result.status === 'succeeded' && after !== null && after.exitStatus === 0;
}

async function writePatch(file: string, diff: string): Promise<void> {
  await writeFile(file, diff).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PlanwrightError('usage', `--patch ${file} can't be written: ${why}`, { cause, location: { file } });
  });
}
