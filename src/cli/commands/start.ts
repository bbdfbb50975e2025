import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkQuotes, defaultStorePath, documentLineReader, openDocumentFolder, type RunReport, runTask } from '../../index.ts';
import { compareSides, describeComparison, measureSide } from '../comparison.ts';
import { exitCodeOfRun } from '../exit-code.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { CliIo } from '../io.ts';
import { packageRoot } from '../package-root.ts';
import { followRun } from '../progress/follow-run.ts';
import { hidePasswords } from '../store-place.ts';
import { printDeliverable, printJson, tellRun, tellSummary } from '../tell-run.ts';
import { readTask } from './task-flags.ts';

export interface StartFlags {
  files?: string;
  model?: string;
  json?: boolean;
  store?: string;
}

const defaultTask = 'What are the main points of these documents?';

/** The same task twice: first the team, whose report is printed, then one agent. */
export async function runStart(io: CliIo, task: string | undefined, flags: StartFlags): Promise<number> {
  const interrupted = catchInterrupts();
  const files = resolve(flags.files ?? findOwnDocuments());
  const json = flags.json === true;
  const telling = { json, location: hidePasswords(flags.store ?? defaultStorePath), store: flags.store };
  const options = {
    task: task === undefined ? defaultTask : await readTask(task),
    files,
    ...(flags.model === undefined ? {} : { model: flags.model }),
    ...(flags.store === undefined ? {} : { store: flags.store }),
  };
  io.note(`Task: ${options.task}\nFiles: ${files}\n`);

  const runOne = async (strategy: 'team' | 'single'): Promise<RunReport | { exitCode: number }> => {
    const followed = await followRun(io, (hooks) => runTask({ ...options, ...hooks, strategy }), { interrupted });
    if (followed.kind === 'cut-off' || followed.result.status === 'interrupted') {
      return { exitCode: await tellRun(io, followed, telling) };
    }
    if (!json && strategy === 'team') await printDeliverable(io, followed.result.deliverable);
    await tellSummary(io, followed.result, telling);
    return followed.result;
  };
  io.note('\nA team:\n');
  const team = await runOne('team');
  if ('exitCode' in team) return team.exitCode;
  io.note('\nOne agent, on the same task:\n');
  const single = await runOne('single');
  if ('exitCode' in single) return single.exitCode;

  const comparison = compareSides(
    measureSide(team, await countChecked(team, files)),
    measureSide(single, await countChecked(single, files)),
  );
  if (json) await printJson(io, { team, single, comparison });
  else await io.print(`\n${describeComparison(comparison)}\n`);
  return exitCodeOfRun(team);
}

/** Planwright's own documents; the working directory when they are not there. */
function findOwnDocuments(): string {
  const docs = join(packageRoot, 'docs');
  return existsSync(docs) ? docs : '.';
}

/** Every cited line is read again here, whatever the runs themselves have checked. */
async function countChecked({ deliverable }: RunReport, files: string): Promise<number> {
  if (typeof deliverable !== 'string') return 0;
  const { checked } = await checkQuotes(deliverable, documentLineReader(await openDocumentFolder(files)));
  return new Set(checked.map(({ file, line, endLine, quote }) => JSON.stringify([file, line, endLine, quote]))).size;
}
