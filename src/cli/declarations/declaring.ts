/** What a room of commands is declared with. What carries a command out is imported when it is called. */
import type { Command } from 'commander';
import type { CliIo } from '../io.ts';

export interface Declaring {
  io: CliIo;
  /** A command with its description and examples that run in an empty folder. `under`: the command that it is a part of. */
  add: (name: string, description: string, examples: string[], under?: Command) => Command;
  /** Takes the exit code of the command that was called. */
  done: (exitCode: number) => void;
}
