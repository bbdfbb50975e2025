/** The commands that make, check and forecast plans. */
import { Option } from 'commander';
import { parseCount } from '../option-values.ts';
import type { Declaring } from './declaring.ts';
import { withLimits, withTask } from './shared-options.ts';

export function declarePlanning({ io, add, done }: Declaring): void {
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
    .action(async (task: string, flags) => done(await (await import('../commands/plan.ts')).runPlan(io, task, flags)));

  add('check <plan...>', 'find what is wrong with plan files (JSON, YAML, or .jsonl with a plan on each line)', [
    'planwright plan "What are the risks? What are the costs?" --files . --yaml > plan.yaml && planwright check plan.yaml',
  ])
    .option('--team <file>', 'also check that the roles are in this team (a file or a preset)')
    .option('--workers <k>', 'forecast the makespan with so many workers too', parseCount)
    .option('--json', 'print the result as JSON, one line for each of several plans')
    .action(async (plans: string[], flags) => done(await (await import('../commands/check.ts')).runCheck(io, plans, flags)));
}
