/** A command without a process, for what asks no model over the network and reads no stdin. */
import { runCommandLine } from '../../src/cli/command-line.ts';
import type { Ended } from './command-process.ts';

const signals = ['SIGINT', 'SIGTERM'] as const;

/** In the folder; afterwards the process is where it was. */
export async function runCommandHere(folder: string, args: string[]): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  const home = process.cwd();
  const before = signals.map((signal) => process.listeners(signal));
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
    // A process of its own would end here, and take these along.
    for (const [at, signal] of signals.entries()) {
      for (const listener of process.listeners(signal)) {
        if (before[at]?.includes(listener) !== true) process.removeListener(signal, listener);
      }
    }
  }
}
