/** All commands with their options and examples. What carries them out is imported when it is called. */
import { Command, CommanderError, Option } from 'commander';
import { exitCodes } from './exit-code.ts';
import { reportThrown, reportUsage } from './failure.ts';
import type { CliIo } from './io.ts';
import { parseCount, parseSeconds, parseStorePath, parseUsd } from './option-values.ts';
import { readPackageVersion } from './package-root.ts';

const summary =
  'Turns a task into a checked plan, runs it with a team of roles, and says in numbers whether the team beat one agent.';

/** @returns the exit code; nothing is thrown. */
export async function runCommandLine(args: string[], io: CliIo): Promise<number> {
  const wantsJson = args.slice(0, args.includes('--') ? args.indexOf('--') : args.length).includes('--json');
  let exitCode: number = exitCodes.succeeded;
  let help = '';
  const program = createProgram(io, {
    done: (code) => {
      exitCode = code;
    },
    writeHelp: (text) => {
      help += text;
    },
  });
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(args, { from: 'user' });
    await io.print(help);
    return exitCode;
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) return reportThrown(io, thrown, wantsJson);
    if (thrown.exitCode === 0) {
      await io.print(help);
      return exitCodes.succeeded;
    }
    // Commander puts suggestions on a line of their own.
    const message = thrown.message.replace(/^error: /, '').replace(/\n\(/g, ' (');
    return reportUsage(io, capitalize(message), wantsJson, helpOf(program, args));
  }
}

interface ProgramPorts {
  done: (exitCode: number) => void;
  writeHelp: (text: string) => void;
}

function createProgram(io: CliIo, { done, writeHelp }: ProgramPorts): Command {
  const program = new Command('planwright')
    .description(summary)
    .version(readPackageVersion(), '-v, --version', 'print the version')
    .exitOverride()
    .configureOutput({ writeOut: writeHelp, writeErr: () => {}, outputError: () => {} });
  const add = (name: string, description: string, examples: string[]): Command => {
    const prompts = examples.map((example) => `  $ ${example}`).join('\n');
    return program.command(name).description(description).addHelpText('after', `\nExamples:\n${prompts}`);
  };
  program.addHelpText(
    'after',
    '\nExamples:\n  $ planwright run "What is 6 times 7?"\n\nHelp on a command: planwright COMMAND --help',
  );

  withStore(
    withLimits(
      withTask(
        add('run [task]', 'plan a task, run it, and print the deliverable', [
          'planwright run "What are the risks? What are the costs?" --files .',
          'planwright run "What is 6 times 7?" --json',
        ]),
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
    .option('--plan <file>', 'run this plan, JSON or YAML, as written; TASK then defaults to its own')
    .option('--concurrency <n>', 'subtasks at once (default: the team’s, or 8)', parseCount)
    .option('--approve', 'wait for a person’s approval of the plan')
    .option('--json', 'print the whole report as JSON')
    .action(async (task: string | undefined, flags) => done(await (await import('./commands/run.ts')).runRun(io, task, flags)));

  withLimits(
    withTask(
      add('plan <task>', 'print a plan without running it', [
        'planwright plan "What are the risks? What are the costs?" --files .',
        'planwright plan "What are the risks? What are the costs?" --files . --yaml > plan.yaml',
      ]),
    ),
  )
    .addOption(new Option('--json', 'as a plan file in JSON').conflicts(['yaml', 'mermaid']))
    .addOption(new Option('--yaml', 'as a plan file in YAML').conflicts('mermaid'))
    .option('--mermaid', 'as a Mermaid flowchart')
    .action(async (task: string, flags) => done(await (await import('./commands/plan.ts')).runPlan(io, task, flags)));

  add('check <plan...>', 'find what is wrong with plan files (JSON, YAML, or .jsonl with a plan on each line)', [
    'planwright plan "What are the risks? What are the costs?" --files . --yaml > plan.yaml && planwright check plan.yaml',
  ])
    .option('--team <file>', 'also check that the roles are in this team (a file or a preset)')
    .option('--workers <k>', 'forecast the makespan with so many workers too', parseCount)
    .option('--json', 'print the result as JSON, one line for each of several plans')
    .action(async (plans: string[], flags) => done(await (await import('./commands/check.ts')).runCheck(io, plans, flags)));

  withStore(
    add('resume <run>', 'go on with an interrupted run', ['planwright run "What is 6 times 7?" && planwright resume last']),
  )
    .option('--json', 'print the whole report as JSON')
    .action(async (run: string, flags) => done(await (await import('./commands/resume.ts')).runResume(io, run, flags)));

  withStore(
    add('show <run>', 'show a run: its subtasks, figures and deliverable', [
      'planwright run "What is 6 times 7?" && planwright show last',
    ]),
  )
    .option('--events', 'list its journal instead')
    .option('--json', 'print JSON, one line for each event')
    .action(async (run: string, flags) => done(await (await import('./commands/show.ts')).runShow(io, run, flags)));

  withStore(add('runs', 'list the runs, newest first', ['planwright runs']))
    .option('--limit <n>', 'list so many at the most', parseCount)
    .option('--json', 'print one line of JSON for each run')
    .action(async (flags) => done(await (await import('./commands/runs.ts')).runRuns(io, flags)));

  withStore(
    add('cancel <run>', 'end a run for good, also one that another process drives', [
      'planwright run "What are the risks? What are the costs?" --strategy team --approve; planwright cancel last',
    ]),
  )
    .option('--reason <text>', 'why, for the report')
    .option('--json', 'print the outcome as JSON')
    .action(async (run: string, flags) => done(await (await import('./commands/cancel.ts')).runCancel(io, run, flags)));

  withStore(
    add('approve <run>', 'approve the plan of a run that waits for it, and go on with the run', [
      'planwright run "What are the risks? What are the costs?" --strategy team --approve; planwright approve last',
    ]),
  )
    .option('--deny <reason>', 'refuse the plan; the run ends')
    .option('--json', 'print the whole report as JSON')
    .action(async (run: string, flags) => done(await (await import('./commands/approve.ts')).runApprove(io, run, flags)));

  withStore(
    add('start [task]', 'run a team, then one agent, on the same task and compare them (npm start)', [
      'planwright start "What are the main points?" --files .',
    ]),
  )
    .option('--files <dir>', 'a folder of documents (default: Planwright’s own)')
    .option('--model <spec>', 'the model for both (default: offline)')
    .option('--json', 'print both reports and the comparison as JSON')
    .action(async (task: string | undefined, flags) =>
      done(await (await import('./commands/start.ts')).runStart(io, task, flags)),
    );

  add('demo', 'the founding document’s examples, on the real engine with a scripted model', ['planwright demo']).action(
    async () => done(await (await import('./commands/demo.ts')).runDemo(io)),
  );
  return program;
}

function withTask(command: Command): Command {
  return command
    .option('--files <dir>', 'a folder of documents to work on')
    .option('--team <file>', 'a team file or a preset (default: research)')
    .option(
      '--model <spec>',
      'the model for roles that name none: offline, anthropic:…, openai:…, google:…, http://host:port/v1#model (default: offline)',
    );
}

function withLimits(command: Command): Command {
  return command
    .option('--budget-usd <x>', 'spend at most so many US dollars', parseUsd)
    .option('--budget-tokens <n>', 'use at most so many tokens, input and output together', parseCount)
    .option('--timeout-s <n>', 'take at most so many seconds', parseSeconds);
}

function withStore(command: Command): Command {
  return command.option('--store <path>', 'where runs are kept (default: .planwright)', parseStorePath);
}

function helpOf(program: Command, [name]: string[]): string {
  const command = program.commands.find((known) => known.name() === name);
  return command === undefined ? 'planwright' : `planwright ${command.name()}`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
