/** A command without a process, for what asks no model over the network and reads no stdin. */
import { runCommandLine } from '../../src/cli/command-line.ts';
import type { Ended } from './command-process.ts';

/** In the folder, which stays the process's own. */
export async function runCommandHere(folder: string, args: string[]): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  process.chdir(folder);
  const code = await runCommandLine(args, {
    print: async (text) => {
      said.stdout += text;
      return true;
    },
    note: (text) => {
      said.stderr += text;
    },
    printsToTerminal: false,
    terminal: null,
  });
  return { code, ...said };
}
