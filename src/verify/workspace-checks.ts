/** Checks of what an attempt has made of its files. */
import type { Predicate } from '../plan/plan.ts';
import { evaluatePredicate } from '../plan/predicate.ts';
import type { ConfinedOutcome } from '../sandbox/confined-command.ts';
import type { FolderProgram } from '../sandbox/folder-command.ts';
import type { SandboxLimits } from '../sandbox/sandbox.ts';
import type { CheckOutcome } from './verdict-parts.ts';

/** The files of a result, as the checks see them. */
export interface WorkspaceView {
  /** null when there is no such file. */
  readText(path: string): Promise<string | null>;
  /** On a copy of the files, in a sandbox; or why there is none. */
  run(command: WorkspaceCommand, signal?: AbortSignal): Promise<ConfinedOutcome | { missing: string }>;
}

export interface WorkspaceCommand {
  program: FolderProgram;
  args: readonly string[];
  limits?: Partial<SandboxLimits>;
}

const shownCharacters = 1500;

export async function checkFile(path: string, predicate: Predicate, view: WorkspaceView | undefined): Promise<CheckOutcome> {
  if (view === undefined) return withoutWorkspace;
  const text = await view.readText(path);
  if (text === null) return { kind: 'failed', detail: `There is no file ${path}.` };
  const broken = evaluatePredicate(predicate, text);
  return broken === null ? { kind: 'passed', detail: `${path} is there.` } : { kind: 'failed', detail: `${path}: ${broken}` };
}

export async function checkCommand(
  command: WorkspaceCommand,
  view: WorkspaceView | undefined,
  signal: AbortSignal | undefined,
): Promise<CheckOutcome> {
  if (view === undefined) return withoutWorkspace;
  const ended = await view.run(command, signal);
  if ('missing' in ended) return { kind: 'undecided', detail: `The command was not run. ${ended.missing}` };
  const problem = findProblem(ended);
  const facts = `${[command.program, ...command.args].join(' ')}: exit status ${ended.exitStatus ?? 'none'}, ${ended.seconds.toFixed(2)} s.`;
  if (problem === null) return { kind: 'passed', detail: 'The command succeeded.', facts };
  return { kind: 'failed', detail: `${problem}\n${endOf(ended.printed)}`, facts };
}

export type ProgramEnd = Pick<ConfinedOutcome, 'exitStatus' | 'printed'> & Partial<Pick<ConfinedOutcome, 'signal' | 'stopped'>>;

/** Exit status 0 is not enough: console.assert prints and goes on, and a runner that found no test has tested nothing. */
export function findProblem({ exitStatus, signal, stopped = null, printed }: ProgramEnd): string | null {
  if (stopped !== null) return `The command was stopped: ${describeStop(stopped)}.`;
  if (exitStatus === null) return `The command was ended by ${signal ?? 'a signal'}.`;
  if (exitStatus !== 0) return `The command ended with exit status ${exitStatus}.`;
  if (/^Assertion failed/m.test(printed)) return 'An assertion failed, although the exit status is 0.';
  return foundNoTest(printed) ? 'The command found no test to run.' : null;
}

/** As the runners of Node and of Python's unittest say it. */
export function foundNoTest(printed: string): boolean {
  return /^(?:(?:ℹ|#) tests 0|NO TESTS RAN|Ran 0 tests in .*)$/m.test(printed);
}

function describeStop(stopped: NonNullable<ConfinedOutcome['stopped']>): string {
  switch (stopped) {
    case 'timeout':
      return 'it took too long';
    case 'memory':
      return 'it used too much memory';
    case 'output':
      return 'it printed too much';
    default:
      return stopped satisfies never;
  }
}

function endOf(printed: string): string {
  const text = printed.trimEnd();
  return text.length <= shownCharacters ? text : `…${text.slice(-shownCharacters)}`;
}

const withoutWorkspace: CheckOutcome = {
  kind: 'undecided',
  detail: 'The run has no workspaces, so there are no files to look at: write "workspace: {}" in the team file.',
};
