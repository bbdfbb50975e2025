/** `planwright fork`, and `planwright store …`: what is done with runs that are kept, besides looking at them. */
import { Option } from 'commander';
import { parseCount, parseDays, parseSeconds, parseStorePath } from '../option-values.ts';
import type { Declaring } from './declaring.ts';
import { withStore, withTelemetry } from './shared-options.ts';

const aRun = 'planwright run "What is 6 times 7?"';

export function declareStoring({ io, add, done }: Declaring): void {
  withStore(
    add('fork <run>', 'begin a new run as another one began, and go on from there', [`${aRun} && planwright fork last --at 1`]),
  )
    .option('--at <seq>', 'begin with so many of its events (`show --events` lists them)', parseCount)
    .addOption(new Option('--before <subtask>', 'begin just before the first attempt at this subtask').conflicts('at'))
    .option('--no-resume', 'make the new run and leave it to `resume`')
    .option('--json', 'print the whole report as JSON; with --no-resume the new run’s id and where it began')
    .action(async (run: string, flags) => done(await (await import('../commands/fork.ts')).runFork(io, run, flags)));

  withTelemetry(
    add('worker', 'join the workers of a store on PostgreSQL, until SIGTERM or Ctrl-C', [
      'planwright worker --store postgres://planwright@localhost/planwright --roles coder,critic --health 9464',
    ]),
  )
    .addOption(
      new Option('--store <url>', 'postgres://user@host/database; `planwright store init` makes the store')
        .argParser(parseStorePath)
        .env('PLANWRIGHT_STORE')
        .makeOptionMandatory(),
    )
    .option('--roles <names...>', 'take the work of these roles only, by name, with commas or spaces (default: all)')
    .option('--runs', 'drive runs too; without --roles it does (--no-runs: it does not)')
    .addOption(new Option('--no-runs', 'drive no runs').hideHelp())
    .option('--concurrency <n>', 'attempts and checks at once (default: 8)', parseCount)
    .option('--run-concurrency <n>', 'runs driven at once (default: 200)', parseCount)
    .option('--lifetime-s <n>', 'taken for dead after so many seconds without a sign of life (default: 15)', parseSeconds)
    .option('--grace-s <n>', 'when it is told to leave, finish what it holds for so many seconds (default: 30)', parseSeconds)
    .option('--health <address>', 'answer /healthz, /readyz and /metrics on PORT or HOST:PORT')
    .option('--json', 'print what it is as JSON')
    .action(async (flags) => done(await (await import('../commands/worker.ts')).runWorker(io, flags)));

  const store = add('store', 'make, check, clean and move what runs are kept in', [`${aRun} && planwright store check`]).action(
    (_flags, command) => command.error('Say what: planwright store init, check, gc, export or import.'),
  );

  add(
    'init <store>',
    'make a store on PostgreSQL, or bring one up to date; a file needs neither',
    ['planwright store init runs.db'],
    store,
  )
    .option('--json', 'print what was done as JSON')
    .action(async (location: string, flags) =>
      done(await (await import('../commands/store.ts')).runStoreInit(io, location, flags)),
    );

  withStore(add('check', 'read everything and say what is damaged or missing', [`${aRun} && planwright store check`], store))
    .option('--json', 'print the result as JSON')
    .action(async (flags) => done(await (await import('../commands/store.ts')).runStoreCheck(io, flags)));

  withStore(
    add(
      'gc',
      'remove runs that ended long ago, and values and files that no run needs',
      [`${aRun} && planwright store gc --keep-days 30`],
      store,
    ),
  )
    .option('--keep-days <n>', 'remove runs that ended more than so many days ago (default: none)', parseDays)
    .option('--dry-run', 'say which runs would go, and remove nothing')
    .option('--json', 'print what was removed as JSON')
    .action(async (flags) => done(await (await import('../commands/store.ts')).runStoreGc(io, flags)));

  withStore(
    add(
      'export [runs...]',
      'write runs as JSON lines, with everything they refer to (default: all)',
      [`${aRun} && planwright store export --out runs.jsonl`],
      store,
    ),
  )
    .option('--out <file>', 'write to this file (default: stdout)')
    .action(async (runs: string[], flags) =>
      done(await (await import('../commands/store-archive.ts')).runStoreExport(io, runs, flags)),
    );

  withStore(
    add(
      'import <file>',
      'read runs that were exported; - is stdin',
      [`${aRun} && planwright store export | planwright store import - --store copy.db`],
      store,
    ),
  )
    .option('--json', 'print which runs were imported and which were there as JSON')
    .action(async (file: string, flags) =>
      done(await (await import('../commands/store-archive.ts')).runStoreImport(io, file, flags)),
    );
}
