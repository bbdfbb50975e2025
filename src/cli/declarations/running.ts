/** The commands that start runs and go on with them. */
import { Option } from 'commander';
import { collectTexts, parseCount, parsePriority } from '../option-values.ts';
import type { Declaring } from './declaring.ts';
import { withLimits, withStore, withTask, withTelemetry } from './shared-options.ts';

export function declareRunning({ io, add, done }: Declaring): void {
  withTelemetry(
    withStore(
      withLimits(
        withTask(
          add('run [task]', 'plan a task, run it, and print the deliverable', [
            'planwright run "What are the risks? What are the costs?" --files .',
            'planwright run "What is 6 times 7?" --json',
          ]),
        ),
      ),
    ),
  )
    .addOption(
      new Option('--strategy <name>', 'who works: the gate decides, one agent, a team, or one first').choices([
        'auto',
        'single',
        'team',
        'cascade',
      ]),
    )
    .option('--pattern <name>', 'how the team plans and goes on, one of `planwright patterns`; without --team with its own team')
    .option('--pattern-option <name=value>', 'an option of the pattern; may be given several times', collectTexts)
    .option('--plan <file>', 'run this plan, JSON or YAML, as written; TASK then defaults to its own')
    .option('--input <name=value>', 'an input that the plan of --plan needs; may be given several times', collectTexts)
    .option('--optimize', 'change the plan of --plan where the forecast is better for it')
    .option('--concurrency <n>', 'subtasks at once (default: the team’s, or 8)', parseCount)
    .option('--class <name>', 'the task’s class, for the gate’s evidence (default: by its form)')
    .option('--no-explore', 'the gate tries nothing that looks worse, to learn')
    .option('--approve', 'wait for a person’s approval of the plan')
    .option('--priority <n>', 'where runs wait for workers, the lowest goes first, 0 to 1,000,000 (default: 0)', parsePriority)
    .option('--detach', 'leave the run to the workers of the store, and print its id')
    .option('--json', 'print the whole report as JSON')
    .action(async (task: string | undefined, flags) => done(await (await import('../commands/run.ts')).runRun(io, task, flags)));

  withTelemetry(
    withStore(
      add('resume <run>', 'go on with an interrupted run', ['planwright run "What is 6 times 7?" && planwright resume last']),
    ),
  )
    .option('--json', 'print the whole report as JSON')
    .action(async (run: string, flags) => done(await (await import('../commands/resume.ts')).runResume(io, run, flags)));

  withStore(
    add('show <run>', 'show a run: its subtasks, figures and deliverable', [
      'planwright run "What is 6 times 7?" && planwright show last',
      'planwright run "What is 6 times 7?" && planwright show last --html run.html',
    ]),
  )
    .option('--events', 'list its journal instead')
    .option('--html <file>', 'write it as one page that needs no server')
    .option('--patch', 'print what it changed in its files, as a unified diff, instead')
    .option('--json', 'print JSON, one line for each event')
    .action(async (run: string, flags) => done(await (await import('../commands/show.ts')).runShow(io, run, flags)));

  withStore(add('runs', 'list the runs, newest first', ['planwright runs']))
    .option('--limit <n>', 'list so many at the most', parseCount)
    .option('--json', 'print one line of JSON for each run')
    .action(async (flags) => done(await (await import('../commands/runs.ts')).runRuns(io, flags)));

  withStore(
    add('cancel <run>', 'end a run for good, also one that another process drives', [
      'planwright run "What are the risks? What are the costs?" --strategy team --approve; planwright cancel last',
    ]),
  )
    .option('--reason <text>', 'why, for the report')
    .option('--json', 'print the outcome as JSON')
    .action(async (run: string, flags) => done(await (await import('../commands/cancel.ts')).runCancel(io, run, flags)));

  withStore(
    add('approve <run>', 'approve what a run waits for (its plan, attempts, tool calls), and go on with the run', [
      'planwright run "What are the risks? What are the costs?" --strategy team --approve; planwright approve last',
    ]),
  )
    .option('--subtask <id>', 'answer for this subtask only, by id, path or as `show` lists it (default: all that waits)')
    .option('--edit <file>', 'run this plan, JSON or YAML, in place of the one that waits')
    .option('--deny <reason>', 'refuse: the plan’s run ends; an attempt or a call gets the reason as its verdict')
    .option('--json', 'print the whole report as JSON')
    .action(async (run: string, flags) => done(await (await import('../commands/approve.ts')).runApprove(io, run, flags)));
}
