/**
 * Runs src/cli/main.ts under the pinned Node and stands in for it: passes signals on, gives back its exit code.
 *
 * A terminal sends Ctrl-C to the launcher and to the command, `kill` to the launcher alone. So that the command is
 * interrupted once either way, a command that handles interrupts says so over the ipc channel, ignores the signal itself
 * and takes the launcher's word (src/cli/end-with-launcher.ts); any other command is simply ended by it.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCodeOf } from './exit-code.js';
import { installIfNeeded } from './install-if-needed.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** npm passes a terminal's Ctrl-C on as well, so two interrupts this close together are one. */
const SAME_INTERRUPT_MS = 100;

/**
 * @param {string[]} args what follows `planwright`
 * @returns {Promise<number>} the exit code
 */
export async function launchFromCheckout(args) {
  let node;
  try {
    node = await installIfNeeded(root);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  if (args[0] === 'serve' && !args.includes('--help')) await buildWebIfStale(node);
  // Sources are stripped of their types once and not at each start, which takes some 60 ms off every command.
  const compileCache = process.env['NODE_COMPILE_CACHE'] ?? join(root, 'node_modules/.cache/planwright');
  const command = spawn(node, ['--conditions=planwright:source', join(root, 'src/cli/main.ts'), ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache, PLANWRIGHT_LAUNCHER: String(process.pid) },
  });

  let handlesInterrupts = false;
  command.on('message', (message) => {
    if (message === 'handles-interrupts') handlesInterrupts = true;
  });
  let interruptedAtMs = -Infinity;
  process.on('SIGINT', () => {
    const nowMs = performance.now();
    if (nowMs - interruptedAtMs < SAME_INTERRUPT_MS) return;
    interruptedAtMs = nowMs;
    if (handlesInterrupts && command.connected) command.send('interrupt');
    else command.kill('SIGINT');
  });
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => command.kill(signal));

  return exitCodeOf(command);
}

/**
 * A checkout has the app's sources only. Its page says so where the build does not succeed.
 * @param {string} node
 */
async function buildWebIfStale(node) {
  const script = join(root, 'scripts/build-web.ts');
  await exitCodeOf(spawn(node, ['--conditions=planwright:source', script, '--if-stale'], { cwd: root, stdio: ['ignore', 2, 2] }));
}
