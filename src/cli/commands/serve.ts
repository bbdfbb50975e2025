import { PlanwrightError } from '../../index.ts';
import { startServer } from '../../server/index.ts';
import { exitCodes } from '../exit-code.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { CliIo } from '../io.ts';
import { readPackageVersion } from '../package-root.ts';
import { hidePasswords } from '../store-place.ts';
import { type TelemetryFlags, telemetryFor } from '../telemetry.ts';
import { printJson } from '../tell-run.ts';
import { stripControls } from '../terminal-text.ts';

export interface ServeFlags extends TelemetryFlags {
  host?: string;
  port?: number;
  token?: string;
  allowHost?: string[];
  filesRoot?: string[];
  team?: string[];
  model?: string;
  maxRuns?: number;
  maxComparisons?: number;
  /** true: without a name. */
  a2a?: string | true;
  a2aUrl?: string;
  store?: string;
  json?: boolean;
}

/** Serves until SIGTERM or Ctrl-C; a second signal ends it at once. What it drives then is interrupted. */
export async function runServe(io: CliIo, flags: ServeFlags): Promise<number> {
  const { host, port, token, allowHost, filesRoot, team, model, maxRuns, maxComparisons } = flags;
  const { a2a, a2aUrl, store, json } = flags;
  const interrupted = catchInterrupts();
  const server = await startServer({
    version: readPackageVersion(),
    onError: (thrown) => io.note(`${stripControls(describe(thrown))}\n`),
    ...(host === undefined ? {} : { hostname: host }),
    ...(port === undefined ? {} : { port }),
    ...(token === undefined ? {} : { token }),
    ...(allowHost === undefined ? {} : { allowedHosts: allowHost }),
    ...(filesRoot === undefined ? {} : { filesRoots: filesRoot }),
    ...(team === undefined ? {} : { teams: team }),
    means: { ...telemetryFor(io, flags), ...(model === undefined ? {} : { model }) },
    ...(a2a === undefined
      ? {}
      : { a2a: { ...(a2a === true ? {} : { team: a2a }), ...(a2aUrl === undefined ? {} : { publicUrl: a2aUrl }) } }),
    ...(maxRuns === undefined ? {} : { maxRuns }),
    ...(maxComparisons === undefined ? {} : { maxComparisons }),
    ...(store === undefined ? {} : { store }),
  });
  const link = server.issueLink();
  const location = hidePasswords(server.store.location);
  if (json === true) await printJson(io, { url: server.url, link, store: location });
  else {
    await io.print(`${link}\n`);
    io.note(`Open the link in a browser: it opens one session. Runs are kept in ${location}. Ctrl-C ends the server.\n`);
  }
  await new Promise<void>((resolve) => {
    if (interrupted.aborted) resolve();
    else interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
  io.note('Leaving: runs under way are interrupted and can be resumed.\n');
  await server.close();
  return exitCodes.succeeded;
}

/** What the server's clients are not told: with its cause, and the stack of a defect. */
function describe(thrown: unknown): string {
  if (thrown instanceof PlanwrightError) return `${thrown.code}: ${thrown.message}`;
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
