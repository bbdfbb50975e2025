/** The commands for a first look. */
import type { Declaring } from './declaring.ts';
import { withStore } from './shared-options.ts';

export function declareStarting({ io, add, done }: Declaring): void {
  withStore(
    add('start [task]', 'run a team, then one agent, on the same task and compare them (npm start)', [
      'planwright start "What are the main points?" --files .',
    ]),
  )
    .option('--files <dir>', 'a folder of documents (default: Planwright’s own)')
    .option('--model <spec>', 'the model for both (default: offline)')
    .option('--json', 'print both reports and the comparison as JSON')
    .action(async (task: string | undefined, flags) =>
      done(await (await import('../commands/start.ts')).runStart(io, task, flags)),
    );

  add('demo', 'the founding document’s examples, on the real engine with a scripted model', ['planwright demo']).action(
    async () => done(await (await import('../commands/demo.ts')).runDemo(io)),
  );
}
