/**
 * node scripts/with-node.js <script or tool> args...: runs a script of this project (a path that ends in .ts or .js), or a
 * tool from node_modules/.bin, under the pinned Node, once everything is installed. The npm scripts go through it.
 */
import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCodeOf } from './exit-code.js';
import { installIfNeeded } from './install-if-needed.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @param {string[]} argv */
async function runWithNode([target, ...args]) {
  if (target === undefined) throw new Error('Usage: node scripts/with-node.js <script or tool> args...');
  const node = await installIfNeeded(root);
  const tools = join(root, 'node_modules', '.bin');
  const env = { ...process.env, PATH: [dirname(node), tools, process.env['PATH'] ?? ''].join(delimiter) };
  const child = /\.[jt]s$/.test(target)
    ? spawn(node, ['--conditions=planwright:source', join(root, target), ...args], { cwd: root, stdio: 'inherit', env })
    : spawn(join(tools, target), args, { cwd: root, stdio: 'inherit', env, shell: process.platform === 'win32' });
  // At a terminal the tool gets Ctrl-C itself.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  return exitCodeOf(child);
}

try {
  process.exitCode = await runWithNode(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
