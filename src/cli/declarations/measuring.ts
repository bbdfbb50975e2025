/** The commands that measure: teams against one agent, critics, and chains. */
import { Argument, type Command, Option } from 'commander';
import { collectTexts, parseAlpha, parseCount, parseProbability, parseSeed, parseUsd } from '../option-values.ts';
import type { Declaring } from './declaring.ts';
import { withStore } from './shared-options.ts';

/** Options that say how tasks are run: finished results have been run. */
const runningOptions = ['team', 'model', 'arms', 'arm', 'maxUsd', 'repeats', 'concurrency', 'store'];

export function declareMeasuring({ io, add, done }: Declaring): void {
  const compare = add(
    'compare [tasks]',
    'say in numbers whether a team beats one agent: on tasks that it runs, or from finished results',
    [
      `printf '{"id":"a","task":"What is 6 times 7?","check":{"number":42}}\\n' > tasks.jsonl && planwright compare tasks.jsonl`,
      "printf 'task,arm,success,usd\\na,single,1,0.02\\na,team,1,0.09\\n' > results.csv && planwright compare --results results.csv",
    ],
  )
    .addOption(
      new Option(
        '--results <file>',
        'judge finished runs of any system: CSV or JSON lines with task, arm, success, and any of seconds, usd, tokens, class',
      ).conflicts(runningOptions),
    )
    .option('--team <file>', 'the team (a file or a preset)')
    .option('--model <spec>', 'the model for roles that name none (default: offline)')
    .option('--arms <list>', 'which arms run, separated by commas: single, team, cascade, best-of-n')
    .option(
      '--arm <name=spec>',
      'a further arm: NAME=STRATEGY[,team=FILE][,model=SPEC][,n=N]; may be given several times',
      collectTexts,
    )
    .option('--max-usd <x>', 'spend at most so many US dollars on the whole comparison', parseUsd)
    .option('--seed <n>', 'the seed of order and intervals (default: 1)', parseSeed)
    .option('--repeats <k>', 'run every arm on every task so many times (default: 1)', parseCount)
    .option('--alpha <x>', 'the error that the verdict may have (default: 0.05)', parseAlpha)
    .option('--fixed-n', 'use the test for a number of tasks fixed beforehand, and stop at no other (always so with --results)')
    .option('--concurrency <n>', 'runs at once', parseCount);
  withStore(compare)
    .option('--html <file>', 'also write a page with the plots')
    .option('--json', 'print the comparison as JSON')
    .action(async (tasks: string | undefined, flags, command: Command) => {
      if (flags.results !== undefined) {
        if (tasks !== undefined) command.error('Give either TASKS or --results, not both: results have been run already.');
        done(await (await import('../commands/compare-results.ts')).runCompareResults(io, flags));
        return;
      }
      if (tasks === undefined)
        command.error('There is nothing to compare. Give a file of tasks, or finished runs by --results FILE.');
      done(await (await import('../commands/compare.ts')).runCompare(io, tasks, flags));
    });

  withStore(
    add('calibrate', 'say how often a critic or the code check is wrong, on work whose worth is known', [
      `printf '{"id":"a","truth":"good","verdict":"accept"}\\n{"id":"b","truth":"bad","verdict":"accept"}\\n' > verdicts.jsonl && planwright calibrate critic --cases verdicts.jsonl`,
      `echo '{"id":"add","correct":"const add = (a, b) => a + b","defective":"const add = (a, b) => a - b","tests":"console.assert(add(2, 2) === 4)"}' > cases.jsonl && planwright calibrate code --cases cases.jsonl`,
    ]),
  )
    .addArgument(new Argument('<what>', 'a critic role, or the check that runs tests').choices(['critic', 'code']))
    .option(
      '--cases <file>',
      'JSON lines: cases { id, instruction, correct, defective, tests?, kind? }, or verdicts that were given { id, truth, verdict, kind? }',
    )
    .option('--accepted <run>', 'judge what this run accepted, and the same with known defects')
    .option('--fields <list>', 'where a foreign file keeps its fields: FIELD=PATH,… (a.b inside of a; a+b put together)')
    .option('--team <file>', 'the critic’s team (a file or a preset; default: a critic without a field)')
    .option('--role <name>', 'the critic (default: critic)')
    .option('--focus <text>', 'where the critic looks first, as in its check')
    .option('--model <spec>', 'the model for a role that names none')
    .option('--files <dir>', 'a folder of documents for the critic’s tools')
    .option('--max-usd <x>', 'spend at most so many US dollars on all judgements', parseUsd)
    .option('--packages <dir>', 'where packages that the code imports are taken from (default: the working folder)')
    .option('--max-false-accept <x>', 'judge the rate of false accepts against this limit, such as .1', parseProbability)
    .option('--record <file>', 'also write what is to be kept of it')
    .option('--alpha <x>', 'the error of the intervals (default: 0.05)', parseAlpha)
    .option('--seed <n>', 'the seed of the order and of the defects (default: 1)', parseSeed)
    .option('--concurrency <n>', 'judgements at once (default: 1)', parseCount)
    .option('--json', 'print the table as JSON')
    .action(async (what: 'critic' | 'code', flags) =>
      done(await (await import('../commands/calibrate.ts')).runCalibrate(io, what, flags)),
    );

  withStore(
    add(
      'diagnose [what]',
      'find how a run or a trace of any system failed: modes of MAST, with evidence, and the decisive step',
      [
        `printf '[{"role":"user","content":"Is it warm?"},{"role":"assistant","content":"Let me look up the weather."}]' > trace.json && planwright diagnose trace.json`,
        'planwright run "What is 6 times 7?" && planwright diagnose last',
      ],
    ),
  )
    .addHelpText(
      'before',
      'WHAT is a run (its id, the beginning of it, or "last") or a file: a list of messages, AgentRx, Who&When; JSON or JSON lines.\n',
    )
    .option(
      '--labels <file>',
      'measure agreement (Cohen’s kappa) with rows { trace, mode, present }; traces are paths from this file, or ids',
    )
    .option('--model <spec>', 'also ask this model about the modes that no detector decides (default: no model)')
    .option('--alpha <x>', 'the error of the intervals (default: 0.05)', parseAlpha)
    .option('--json', 'print the diagnosis as JSON: a line each when there are several traces')
    .action(async (what: string | undefined, flags) =>
      done(await (await import('../commands/diagnose.ts')).runDiagnose(io, what, flags)),
    );

  add('chain', 'how many steps in a row still beat one agent: the largest n with p^n > q', [
    'planwright chain --p .9 --q .6',
    'planwright chain --p .97 --q .6 --json',
  ])
    .requiredOption('--p <x>', 'how reliable each step is, 0 to 1', parseProbability)
    .requiredOption('--q <x>', 'how reliable one agent is on the whole task, 0 to 1', parseProbability)
    .option('--json', 'print the result as JSON')
    .action(async (flags) => done(await (await import('../commands/chain.ts')).runChain(io, flags)));
}
