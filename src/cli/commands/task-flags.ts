/** What `run` and `plan` have in common: the task, its surroundings and its limits. */
import { resolve } from 'node:path';
import { PlanwrightError, type RunLimits, type RunTaskOptions } from '../../index.ts';
import { readInput } from '../read-input.ts';

export interface TaskFlags {
  files?: string;
  team?: string;
  model?: string;
  concurrency?: number;
  budgetUsd?: number;
  budgetTokens?: number;
  timeoutS?: number;
}

export function taskOptions(flags: TaskFlags): Pick<RunTaskOptions, 'files' | 'team' | 'model' | 'limits'> {
  const limits: Partial<RunLimits> = {};
  if (flags.concurrency !== undefined) limits.concurrency = flags.concurrency;
  if (flags.budgetUsd !== undefined) limits.usd = flags.budgetUsd;
  if (flags.budgetTokens !== undefined) limits.tokens = flags.budgetTokens;
  if (flags.timeoutS !== undefined) limits.timeoutMs = Math.ceil(flags.timeoutS * 1000);
  return {
    limits,
    // A run may be resumed from another folder.
    ...(flags.files === undefined ? {} : { files: resolve(flags.files) }),
    ...(flags.team === undefined ? {} : { team: flags.team }),
    ...(flags.model === undefined ? {} : { model: flags.model }),
  };
}

/** `-` reads the task from stdin. */
export async function readTask(task: string | undefined): Promise<string> {
  const text = task === '-' ? await readInput('-', 'task') : (task ?? '');
  if (text.trim() === '') {
    throw new PlanwrightError(
      'usage',
      'There is no task. Give it in quotes: planwright run "What is 6 times 7?"; `-` reads it from stdin.',
    );
  }
  return text.trim();
}
