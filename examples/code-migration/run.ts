/** node scripts/with-node.js examples/code-migration/run.ts --help. The story and what comes out: docs/code-migration.md. */
import { runCommand } from './command.ts';

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupt.abort());

process.exitCode = await runCommand(process.argv.slice(2), {
  signal: interrupt.signal,
  say: (text) => console.log(text),
  tell: (text) => console.error(text),
});
