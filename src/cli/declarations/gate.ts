/** `planwright gate …`: what it would decide and why, and what a person tells it. */
import { Argument } from 'commander';
import { parseUsd } from '../option-values.ts';
import type { Declaring } from './declaring.ts';
import { withStore, withTask } from './shared-options.ts';

export function declareGate({ io, add, done }: Declaring): void {
  const gate = add('gate', 'why one agent or a team: the evidence, and what would change the decision', [
    'planwright gate explain "What are the risks? What are the costs?"',
  ]).action((_flags, command) => command.error('Say what: planwright gate explain TASK, or planwright gate label RUN right.'));

  withStore(
    withTask(
      add(
        'explain <task>',
        'what the gate would decide about a task, on what evidence, and what would change it',
        ['planwright gate explain "What are the risks? What are the costs?" --success-usd 5'],
        gate,
      ),
    ),
  )
    .option('--class <name>', 'the task’s class (default: by its form)')
    .option('--success-usd <x>', 'what a right result is worth (default: the team’s, or 1)', parseUsd)
    .option('--hour-usd <x>', 'what an hour of waiting costs (default: the team’s, or 1)', parseUsd)
    .option('--json', 'print the explanation as JSON')
    .action(async (task: string, flags) => done(await (await import('../commands/gate.ts')).runGateExplain(io, task, flags)));

  withStore(
    add(
      'label <run>',
      'judge a run that has ended: its deliverable was right, or wrong',
      ['planwright run "What is 6 times 7?" && planwright gate label last right'],
      gate,
    ),
  )
    .addArgument(new Argument('<judgement>', 'how its deliverable was').choices(['right', 'wrong']))
    .option('--json', 'print the outcome as JSON')
    .action(async (run: string, judgement: 'right' | 'wrong', flags) =>
      done(await (await import('../commands/gate.ts')).runGateLabel(io, { run, judgement }, flags)),
    );
}
