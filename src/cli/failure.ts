/** What is said when a command can't do its work: one line for a person, one JSON document with `--json`. */

import { exitCodeOfError, exitCodes } from './exit-code.ts';
import type { CliIo } from './io.ts';
import { stripControls } from './terminal-text.ts';

export interface Failure {
  code: string;
  message: string;
  file?: string;
  line?: number;
  column?: number;
  /** All problems of a plan that was given. */
  problems?: unknown;
}

export async function reportUsage(io: CliIo, message: string, json: boolean, command: string): Promise<number> {
  const shown = json ? message : `${message}\nHelp: ${command} --help`;
  return reportFailure(io, { code: 'usage', message: shown }, json, exitCodes.usage);
}

/** Reports whatever a command has thrown. */
export async function reportThrown(io: CliIo, thrown: unknown, json: boolean): Promise<number> {
  const { PlanwrightError, toErrorRecord } = await import('../index.ts');
  const { code, message } = toErrorRecord(thrown);
  const failure: Failure = { code, message };
  if (thrown instanceof PlanwrightError) {
    const { file, line, column } = thrown.location;
    if (file !== undefined) failure.file = file;
    if (line !== undefined) failure.line = line;
    if (column !== undefined) failure.column = column;
    if (thrown.details['problems'] !== undefined) failure.problems = thrown.details['problems'];
  }
  return reportFailure(io, failure, json, exitCodeOfError(code));
}

async function reportFailure(io: CliIo, failure: Failure, json: boolean, exitCode: number): Promise<number> {
  if (json) await io.print(`${JSON.stringify({ error: failure })}\n`);
  else io.note(`${stripControls(failure.message)}\n`);
  return exitCode;
}
