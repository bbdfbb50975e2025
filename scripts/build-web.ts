/**
 * Builds the web app into dist/web. `--if-stale`: only when a source is newer than what is there, so that a checkout's
 * `planwright serve` and the tests always show the app as it is written.
 *
 * It is built beside and moved into place: several at once do no harm, and a server never sees half an app.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const root = join(import.meta.dirname, '..');
const target = join(root, 'dist/web');
/** What the app is made of. */
const sources = ['web', 'src', 'package-lock.json'];

/** @returns whether it was built. */
export async function buildWeb({ ifStale = false } = {}): Promise<boolean> {
  if (ifStale && !isStale()) return false;
  const fresh = `${target}-${process.pid}`;
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const flags = ['build', '--config', join(root, 'web/vite.config.ts'), '--outDir', fresh, '--logLevel', 'error'];
  // A process of its own: React would be built for development where NODE_ENV says anything else, as under a test runner.
  await run(process.execPath, [vite, ...flags], { cwd: root, env: { ...process.env, NODE_ENV: 'production' } });
  const old = `${fresh}-old`;
  if (existsSync(target)) renameSync(target, old);
  try {
    renameSync(fresh, target);
  } catch (error) {
    // Another one was faster, with the same sources.
    if (!existsSync(join(target, 'index.html'))) throw error;
    rmSync(fresh, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
  return true;
}

function isStale(): boolean {
  const builtMs = statSync(join(target, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return sources.some((source) => newestMs(join(root, source)) > builtMs);
}

function newestMs(path: string): number {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return readdirSync(path, { recursive: true, withFileTypes: true }).reduce(
    (newest, entry) => (entry.isFile() ? Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs) : newest),
    0,
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const ifStale = process.argv.includes('--if-stale');
  if (await buildWeb({ ifStale })) process.stderr.write('Built the web app into dist/web.\n');
}
