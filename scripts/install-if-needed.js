/**
 * Makes a checkout ready to run: `npm ci` when node_modules does not match the lockfile. Plain JavaScript on Node's own
 * modules, for it runs on the system's Node (20 or newer) before anything is installed.
 *
 * 1. A stamp in node_modules names the lockfile it was installed from; it is written last, once the pinned Node is there,
 *    so an install that broke off is done again.
 * 2. One install at a time in a checkout: the lock file names the processes at work, and is void once all are gone.
 * 3. stdout is never written to: it belongs to the command.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodeOf } from './exit-code.js';

const WAIT_FOR_LOCK_MS = 200;
/** A lock without a process id this old was left by a crash between creating and writing it. */
const EMPTY_LOCK_MS = 10_000;

/**
 * @param {string} root the checkout's folder
 * @returns {Promise<string>} path of the pinned Node
 * @throws {Error} when the install fails, with what to do
 */
export async function installIfNeeded(root) {
  const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const stampFile = join(root, 'node_modules', '.planwright-installed');
  const lockfile = readFileSync(join(root, 'package-lock.json'));
  const stamp = `${createHash('sha256').update(lockfile).digest('hex')} ${process.platform}-${process.arch}\n`;
  const isReady = () => existsSync(node) && readOrEmpty(stampFile) === stamp;

  if (isReady()) return node;
  await underLock(join(root, '.install-lock'), async (alsoHeldBy) => {
    if (isReady()) return;
    if (!(existsSync(node) && matchesLockfile(root, lockfile.toString()))) await install(root, alsoHeldBy);
    if (!existsSync(node)) {
      throw new Error(
        `npm ci has run, but ${node} is missing. If npm is set to skip install scripts, run: npm rebuild node --ignore-scripts=false`,
      );
    }
    writeFileSync(stampFile, stamp);
  });
  return node;
}

/**
 * Whether somebody installed by hand what the lockfile asks for, judged by npm's own record in node_modules.
 * @param {string} root
 * @param {string} lockfile
 */
function matchesLockfile(root, lockfile) {
  const record = readOrEmpty(join(root, 'node_modules', '.package-lock.json'));
  if (record === '') return false;
  const installed = JSON.parse(record).packages;
  return Object.entries(JSON.parse(lockfile).packages).every(([path, wanted]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = installed[path];
    return found === undefined ? wanted.optional || wanted.devOptional : found.version === wanted.version;
  });
}

/**
 * @param {string} root
 * @param {(pid: number) => void} alsoHeldBy
 */
async function install(root, alsoHeldBy) {
  process.stderr.write('Installing what is missing (npm ci) ...\n');
  const npm = findNpm();
  // Quiet about engines: the pinned Node is what they will run on. --include=dev: NODE_ENV=production would leave it out.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error', '--engine-strict=false'];
  const child = spawn(npm.command, [...npm.args, ...args], { cwd: root, stdio: ['ignore', 2, 2], shell: npm.shell });
  if (child.pid !== undefined) alsoHeldBy(child.pid);
  const code = await exitCodeOf(child).catch((cause) => {
    throw new Error('npm could not be started. Planwright needs npm to install what it is built on.', { cause });
  });
  if (code !== 0) throw new Error(`npm ci ended with exit code ${code}; see its message above. Nothing was run.`);
}

/** The npm that runs us, if one does, else the one on the PATH (a .cmd file on Windows, which only a shell can start). */
function findNpm() {
  const running = process.env['npm_execpath'];
  if (running !== undefined && basename(running) === 'npm-cli.js')
    return { command: process.execPath, args: [running], shell: false };
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
}

/**
 * @param {string} lock path of the lock file: the ids of the processes that hold it, separated by spaces
 * @param {(alsoHeldBy: (pid: number) => void) => Promise<void>} work
 */
async function underLock(lock, work) {
  while (!tryLock(lock)) {
    const holders = readOrEmpty(lock);
    if (isVoid(lock, holders)) breakLock(lock, holders);
    else await sleep(WAIT_FOR_LOCK_MS);
  }
  try {
    await work((pid) => writeFileSync(lock, `${process.pid} ${pid}`));
  } finally {
    rmSync(lock, { force: true });
  }
}

/** @param {string} lock */
function tryLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * @param {string} lock
 * @param {string} holders
 */
function isVoid(lock, holders) {
  if (holders === '') {
    const created = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
    return created !== undefined && Date.now() - created > EMPTY_LOCK_MS;
  }
  return !holders.split(' ').some((pid) => isAlive(Number(pid)));
}

/**
 * Renaming takes the lock from all others but one; if it was a new holder's after all, it is put back.
 * @param {string} lock
 * @param {string} holders whom it was seen to belong to
 */
function breakLock(lock, holders) {
  const taken = `${lock}-${process.pid}`;
  try {
    renameSync(lock, taken);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    throw error;
  }
  if (readOrEmpty(taken) === holders) rmSync(taken, { force: true });
  else renameSync(taken, lock);
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isErrno(error, 'EPERM');
  }
}

/** @param {string} path */
function readOrEmpty(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return '';
    throw error;
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 */
function isErrno(error, code) {
  return error instanceof Error && 'code' in error && error.code === code;
}
