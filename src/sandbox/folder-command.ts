/** A program run on a folder of files, which it sees read-only: test suites of a workspace. */
import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { workFolder } from './bubblewrap-arguments.ts';
import type { Bind, ConfinedCommand } from './confined-command.ts';
import type { Interpreter } from './interpreters.ts';
import type { SandboxLimits } from './sandbox.ts';

export const folderPrograms = ['node', 'python'] as const;
export type FolderProgram = (typeof folderPrograms)[number];

export interface FolderCommand {
  program: FolderProgram;
  /** `['--test']` */
  args: readonly string[];
  /** Absolute path of a folder of its own that nobody else uses meanwhile: it is made readable for the sandbox's user. */
  folder: string;
  limits: SandboxLimits;
}

/** Suites start several processes: more time and memory than one piece of code. */
export const defaultFolderLimits: SandboxLimits = { timeoutMs: 60_000, memoryMb: 1024, outputBytes: 2_000_000 };

const megabyte = 1024 * 1024;
/** What Node reserves before any program runs; see bubblewrap-sandbox.ts. */
const reservedBytes = 640 * megabyte;

export async function writeFolderCommand(
  { program, args, folder, limits }: FolderCommand,
  interpreter: Interpreter,
  env: Readonly<Record<string, string>>,
): Promise<ConfinedCommand> {
  await makeReadable(folder);
  const names = await readdir(folder);
  const binds: Bind[] = names.map((name) => ({ source: join(folder, name), target: `${workFolder}/${name}` }));
  const perProcess = { [program === 'node' ? 'data' : 'addressSpace']: reservedBytes + limits.memoryMb * megabyte };
  return {
    argv: [interpreter.program, ...args],
    binds: [...interpreter.binds, ...binds],
    hidden: interpreter.hidden,
    files: [],
    env,
    limits,
    perProcess,
    stdin: new Uint8Array(),
  };
}

/** The sandbox's user is nobody. Links were left out when the folder was filled. */
async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeReadable(path);
    else if (entry.isFile()) await chmod(path, 0o755);
  }
}
