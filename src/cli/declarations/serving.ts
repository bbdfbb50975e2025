/** `planwright serve`: the HTTP API and the web app. */
import { Option } from 'commander';
import { collectTexts, parseCount, parsePort } from '../option-values.ts';
import type { Declaring } from './declaring.ts';
import { withStore, withTelemetry } from './shared-options.ts';

export function declareServing({ io, add, done }: Declaring): void {
  withTelemetry(
    withStore(add('serve', 'serve the web app and its HTTP API, until SIGTERM or Ctrl-C', ['planwright serve --files-root .'])),
  )
    .option('--host <address>', 'listen on this address (default: 127.0.0.1; any other machine’s needs a token)')
    .option('--port <n>', 'listen on this port; 0 is any free one (default: 7420)', parsePort)
    .addOption(
      new Option('--token <text>', 'for programs, and for other machines: at least 16 characters').env('PLANWRIGHT_TOKEN'),
    )
    .option('--allow-host <name>', 'answer for this host name too, as of a proxy; may be given several times', collectTexts)
    .option('--files-root <dir>', 'tasks may use folders below this one; may be given several times', collectTexts)
    .option('--team <file>', 'offer this team beside the presets; may be given several times', collectTexts)
    .option('--model <spec>', 'the model for roles that name none (default: offline)')
    .option('--a2a [team]', 'publish a team as an agent over A2A at /a2a, with its card; needs --token (default: that of --team)')
    .option('--a2a-url <url>', 'where other agents reach this server, as behind a proxy (default: its own address)')
    .option('--max-runs <n>', 'runs driven at once (default: 32)', parseCount)
    .option('--max-comparisons <n>', 'comparisons run at once (default: 4)', parseCount)
    .option('--json', 'print where it is as JSON')
    .action(async (flags) => {
      const { loadLight } = await import('../load-light.ts');
      const { runServe } = await loadLight(() => import('../commands/serve.ts'));
      done(await runServe(io, flags));
    });
}
