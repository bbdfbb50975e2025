/** Commands by which other programs use Planwright. */
import { parseCount } from '../option-values.ts';
import type { Declaring } from './declaring.ts';
import { withLimits, withStore } from './shared-options.ts';

export function declareInterop({ io, add, done }: Declaring): void {
  withStore(
    withLimits(
      add('mcp', 'serve plan, run, show and compare as tools of an MCP server, over stdin and stdout', [
        'planwright mcp --files-root . < /dev/null',
      ]),
    ),
  )
    .option('--team <file>', 'a team file or a preset, for every run whose client names no preset (default: research)')
    .option('--model <spec>', 'the model for roles that name none (default: offline)')
    .option('--files-root <dir>', 'clients may give folders below this one (default: none)')
    .option('--concurrency <n>', 'subtasks of a run at once (default: the team’s, or 8)', parseCount)
    .option('--max-runs <n>', 'runs, plans and comparisons at once (default: 4)', parseCount)
    .action(async (flags) => done(await (await import('../commands/mcp.ts')).runMcp(io, flags)));
}
