/** The `planwright` command. It loads little: what a command needs is imported when that command runs. */
import { runCommandLine } from './command-line.ts';
import { endWithLauncher } from './end-with-launcher.ts';
import { openProcessIo } from './io.ts';

endWithLauncher();
const io = openProcessIo();
const exitCode = await runCommandLine(process.argv.slice(2), io);
const failure = await io.flush();
// Explicit, for an interrupted run may leave timers and connections behind.
process.exit(failure === null ? exitCode : 1);
