/** The commands that make, check and forecast plans. */
import { Option } from 'commander';
import { parseAllowance, parseCount, parseProbability, parseSeed } from '../option-values.ts';
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
    .option('--optimize', 'print the plan as the optimizer changes it')
    .addOption(
      new Option(
        '--explain',
        'show what the optimizer does to the plan, step by step, with the forecast before and after',
      ).conflicts(['yaml', 'mermaid']),
    )
    .action(async (task: string, flags) => done(await (await import('../commands/plan.ts')).runPlan(io, task, flags)));

  add('patterns', 'list the published ways of working as a team that `run --pattern` follows', ['planwright patterns'])
    .option('--json', 'print one line of JSON for each pattern')
    .action(async (flags) => done(await (await import('../commands/patterns.ts')).runPatterns(io, flags)));

  add('check <plan...>', 'find what is wrong with plan files (JSON, YAML, or .jsonl with a plan on each line)', [
    'planwright plan "What are the risks? What are the costs?" --files . --yaml > plan.yaml && planwright check plan.yaml',
  ])
    .option('--team <file>', 'also check that the roles are in this team (a file or a preset)')
    .option('--workers <k>', 'forecast the makespan with so many workers too', parseCount)
    .option('--json', 'print the result as JSON, one line for each of several plans')
    .action(async (plans: string[], flags) => done(await (await import('../commands/check.ts')).runCheck(io, plans, flags)));

  add(
    'simulate <plan>',
    'run a plan many times with chance in place of models: how likely it is right, how long it takes, what it costs',
    [
      'planwright plan "What are the risks? What are the costs?" --files . --yaml > plan.yaml && planwright simulate plan.yaml --p .9',
      'planwright plan "What are the risks? What are the costs?" --files . --yaml > plan.yaml && planwright simulate plan.yaml --p researcher=.8,writer=.95 --team research --json',
      'planwright plan "What are the risks? What are the costs?" --files . --yaml > plan.yaml && planwright simulate plan.yaml --team research --allocate all',
    ],
  )
    .option(
      '--p <x>',
      'the probability that an attempt is right, of all roles or as role=x,role=x; replaces the plan’s estimates',
    )
    .option('--trials <n>', 'run it so many times (default: 1,000, fewer for more than 500 subtasks)', parseCount)
    .option('--seed <n>', 'the seed of all chance (default: 1)', parseSeed)
    .option('--workers <k>', 'attempts at once (default: the team’s, or 8)', parseCount)
    .option('--team <file>', 'take checks, limits and fallback roles from this team (a file or a preset)')
    .option('--retries <n>', 'further attempts after a rejection (default: the team’s, or 1)', parseAllowance)
    .option('--false-accept <x>', 'share of wrong results that a check or a critic role accepts (default: 0.5)', parseProbability)
    .option(
      '--false-reject <x>',
      'share of right results that a check or a critic role rejects (default: 0.05)',
      parseProbability,
    )
    .addOption(
      new Option(
        '--allocate <how>',
        'compare who is given which subtask, by the skills of the team’s roles; all compares every way',
      ).choices(['assigned', 'capability', 'contract-net', 'response-threshold', 'fixed-threshold', 'all']),
    )
    .option('--html <file>', 'with --allocate: also write the comparison as one self-contained page')
    .option('--planned', 'as the planner’s plan and not a given one: with its call, and replans of what fails')
    .option('--json', 'print the result as JSON')
    .action(async (plan: string, flags) => done(await (await import('../commands/simulate.ts')).runSimulate(io, plan, flags)));
}
