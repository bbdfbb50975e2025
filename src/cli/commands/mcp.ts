import { Console } from 'node:console';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadTeam, PlanwrightError, serveMcp } from '../../index.ts';
import { exitCodes } from '../exit-code.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { CliIo } from '../io.ts';
import { readPackageVersion } from '../package-root.ts';
import { stripControls } from '../terminal-text.ts';
import { type TaskFlags, taskOptions } from './task-flags.ts';

export interface McpFlags extends Omit<TaskFlags, 'files'> {
  filesRoot?: string;
  maxRuns?: number;
  store?: string;
}

/** Serves until the client is gone, or until SIGTERM or Ctrl-C. What runs then is interrupted. */
export async function runMcp(io: CliIo, { filesRoot, maxRuns, store, ...flags }: McpFlags): Promise<number> {
  const signal = catchInterrupts();
  // stdout is the protocol's: what a package or a team's module prints must not get between its messages.
  globalThis.console = new Console(process.stderr);
  const { model, limits } = taskOptions(flags);
  await serveMcp({
    version: readPackageVersion(),
    signal,
    onError: ({ message }) => io.note(`${stripControls(message)}\n`),
    ...(filesRoot === undefined ? {} : { filesRoot: requireFolder(filesRoot) }),
    ...(flags.team === undefined ? {} : { team: await loadTeam(flags.team) }),
    ...(model === undefined ? {} : { model }),
    ...(limits === undefined ? {} : { limits }),
    ...(maxRuns === undefined ? {} : { maxRuns }),
    ...(store === undefined ? {} : { store }),
  });
  return signal.aborted ? exitCodes.interrupted : exitCodes.succeeded;
}

/** @throws {PlanwrightError} `usage` */
function requireFolder(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return resolve(path);
  throw new PlanwrightError('usage', `--files-root ${path} is no folder. Name the one that clients' files lie in.`);
}
