/** How long the command takes to say its help, beside a Node that does nothing. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atMost, type Figure } from './figure.ts';
import { measureInTurns } from './measure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = ['--conditions=planwright:source', join(root, 'src', 'cli', 'main.ts')];
const launcher = [join(root, 'bin', 'planwright.js')];

export async function measureStartUp(): Promise<Figure[]> {
  const contestants = [() => runNode(['-e', '0']), () => runNode([...sources, '--help']), () => runNode([...launcher, '--help'])];
  const [bareMs = Number.NaN, sourcesMs = Number.NaN, launchedMs = Number.NaN] = await measureInTurns(contestants, {
    warmUps: 1,
    rounds: 10,
  });
  const bound = atMost(1.5 * bareMs + 150);
  return [
    { what: 'node -e 0', measured: bareMs, digits: 0, unit: ' ms' },
    { what: 'planwright --help, from the sources', measured: sourcesMs, digits: 0, unit: ' ms', bound },
    { what: 'planwright --help, by bin/planwright.js in a checkout', measured: launchedMs, digits: 0, unit: ' ms', bound },
  ];
}

/** @throws {Error} when it does not exit with 0. */
function runNode(args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} exited with ${status}: ${stderr}`);
}
