/** A command without a process, for what asks no model over the network and reads no stdin. */
import { runCommandLine } from '../../src/cli/command-line.ts';
import type { Ended } from './command-process.ts';

/** In the folder; afterwards the process is where it was. */
export async function runCommandHere(folder: string, args: string[]): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  const home = process.cwd();
  process.chdir(folder);
  try {
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
  } finally {
    process.chdir(home);
  }
}
