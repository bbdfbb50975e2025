/** The command line: its commands are declared by room in declarations/, and carried out by commands/. */
import { Command, CommanderError } from 'commander';
import type { Declaring } from './declarations/declaring.ts';
import { declareGate } from './declarations/gate.ts';
import { declareImporting } from './declarations/importing.ts';
import { declareInterop } from './declarations/interop.ts';
import { declareMeasuring } from './declarations/measuring.ts';
import { declarePlanning } from './declarations/planning.ts';
import { declareRunning } from './declarations/running.ts';
import { declareServing } from './declarations/serving.ts';
import { declareStarting } from './declarations/starting.ts';
import { declareStoring } from './declarations/storing.ts';
import { exitCodes } from './exit-code.ts';
import { reportThrown, reportUsage } from './failure.ts';
import type { CliIo } from './io.ts';
import { readPackageVersion } from './package-root.ts';
import { hidePasswords } from './store-place.ts';

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
    const message = hidePasswords(thrown.message.replace(/^error: /, '').replace(/\n\(/g, ' ('));
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
  const add = (name: string, description: string, examples: string[], under: Command = program): Command => {
    const prompts = examples.map((example) => `  $ ${example}`).join('\n');
    return under.command(name).description(description).addHelpText('after', `\nExamples:\n${prompts}`);
  };
  program.addHelpText(
    'after',
    '\nExamples:\n  $ planwright run "What is 6 times 7?"\n\nHelp on a command: planwright COMMAND --help',
  );

  const declaring: Declaring = { io, add, done };
  declareRunning(declaring);
  declarePlanning(declaring);
  declareMeasuring(declaring);
  declareGate(declaring);
  declareStoring(declaring);
  declareServing(declaring);
  declareImporting(declaring);
  declareInterop(declaring);
  declareStarting(declaring);
  return program;
}

function helpOf(program: Command, [name]: string[]): string {
  const command = program.commands.find((known) => known.name() === name);
  return command === undefined ? 'planwright' : `planwright ${command.name()}`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
