/** Tools that run code, in a sandbox without network and without the host's files, or not at all. */
import { z } from 'zod';
import { PlanwrightError } from '../../errors.ts';
import { keepEnd } from '../../sandbox/sandbox.ts';
import { checkCode } from '../../verify/code-check.ts';
import { defineTool, type Tool } from '../tool.ts';

const maxCodeCharacters = 200_000;
const shownCharacters = 4000;

/** A piece of code with its own assertions. */
export function runCodeTool(): Tool {
  return defineTool({
    name: 'run_code',
    description:
      'Run a piece of code in a sandbox without network or files, and see what it prints and whether its assertions hold. Give `code` (functions to try) and `tests` (assertions on them, in the same scope).',
    effect: 'read',
    input: z.object({
      language: z.enum(['javascript', 'typescript', 'python']),
      code: z.string().max(maxCodeCharacters).describe('What is tried, without a code fence.'),
      tests: z.string().min(1).max(maxCodeCharacters).describe('What decides: console.assert or throw; assert in Python.'),
    }),
    execute: async ({ language, code, tests }, { signal }) => {
      const report = await checkCode({ result: code, check: { kind: 'code', language, tests }, signal });
      if (report.kind === 'undecided') throw new PlanwrightError('usage', report.detail);
      const printed = report.facts === null ? '' : keepEnd(report.facts.printed, shownCharacters);
      return { passed: report.kind === 'passed', detail: report.detail, printed };
    },
  });
}

/** Programs on the attempt's own files: its test suite. */
export function runProgramTool(): Tool {
  return defineTool({
    name: 'run_program',
    description:
      'Run node or python on a copy of your folder, in a sandbox without network: a test suite, say. The copy is thrown away; files are changed with the other tools.',
    effect: 'read',
    input: z.object({
      program: z.enum(['node', 'python']),
      args: z.array(z.string().max(2000)).max(50).describe('Such as ["--test"].'),
    }),
    execute: async (command, { workspace, signal }) => {
      if (workspace === undefined)
        throw new PlanwrightError('usage', 'This run has no workspaces: write "workspace: {}" in its team file.');
      const ended = await workspace.run(command, signal);
      if ('missing' in ended) throw new PlanwrightError('usage', `The program was not run. ${ended.missing}`);
      const { exitStatus, stopped, printed } = ended;
      return { exitStatus, ...(stopped === null ? {} : { stopped }), printed: keepEnd(printed, shownCharacters) };
    },
  });
}
