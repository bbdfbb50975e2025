/** The launcher in a made-up checkout whose npm is a script: what it installs is a link to the Node that runs the tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const FAKE_NPM = `
const fs = require('node:fs');
fs.appendFileSync('npm.log', process.argv.slice(2).join(' ') + '\\n');
console.log('npm talks');
setTimeout(() => {
  fs.rmSync('node_modules', { recursive: true, force: true });
  if (fs.existsSync('npm-breaks')) process.exit(1);
  fs.mkdirSync('node_modules/node/bin', { recursive: true });
  if (!fs.existsSync('npm-skips-scripts')) fs.symlinkSync(${JSON.stringify(process.execPath)}, 'node_modules/node/bin/node');
}, 60);
`;

const FAKE_MAIN = `
import { endWithLauncher, onInterrupt } from './end-with-launcher.ts';
endWithLauncher();
const [what, ...rest] = process.argv.slice(2);
if (what === 'say') console.log(JSON.stringify(rest));
if (what === 'exit') process.exitCode = Number(rest[0]);
if (what === 'wait' || what === 'handle') {
  let interrupts = 0;
  if (what === 'handle') onInterrupt(() => {
    interrupts += 1;
    console.log('interrupt ' + interrupts);
    setTimeout(() => process.exit(130), 300);
  });
  console.log('ready');
  setInterval(() => {}, 1000);
}
`;

let checkout = '';
const started: ChildProcess[] = [];

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'planwright-launcher-'));
  for (const path of ['bin', 'scripts', 'src/cli/end-with-launcher.ts']) cpSync(path, join(checkout, path), { recursive: true });
  writeFileSync(join(checkout, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(checkout, 'package-lock.json'),
    JSON.stringify({ packages: { 'node_modules/node': { version: '24.0.0' } } }),
  );
  writeFileSync(join(checkout, 'src/cli/main.ts'), FAKE_MAIN);
  mkdirSync(join(checkout, 'npm'));
  writeFileSync(join(checkout, 'npm/npm-cli.js'), FAKE_NPM);
  writeFileSync(join(checkout, 'npm/package.json'), '{ "type": "commonjs" }');
});

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(checkout, { recursive: true, force: true });
});

function launch(args: string[], options: { ownGroup?: boolean; nodeArgs?: string[] } = {}) {
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), join(checkout, 'bin/planwright.js'), ...args], {
    cwd: checkout,
    env: { ...process.env, npm_execpath: join(checkout, 'npm/npm-cli.js') },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.ownGroup ?? false,
  });
  started.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, ...output }));
  });
  return { child, output, ended };
}

/** Resolves once the command waits to be stopped. */
async function untilReady({ output }: ReturnType<typeof launch>): Promise<void> {
  while (!output.stdout.includes('ready\n')) await sleep(10);
}

const installs = () =>
  existsSync(join(checkout, 'npm.log')) ? readFileSync(join(checkout, 'npm.log'), 'utf8').trim().split('\n') : [];

describe('installing', () => {
  test('a fresh clone is installed once, and stdout stays the command’s own', async () => {
    expect(await launch(['say', 'a b', '--json']).ended).toMatchObject({ code: 0, stdout: '["a b","--json"]\n' });
    expect((await launch(['say']).ended).stderr).toBe('');
    expect(installs()).toEqual(['ci --include=dev --no-audit --no-fund --loglevel=error --engine-strict=false']);
  });

  test('four launchers at once install once and all run', async () => {
    const all = await Promise.all([1, 2, 3, 4].map((index) => launch(['say', String(index)]).ended));
    expect(all.map(({ code, stdout }) => ({ code, stdout }))).toEqual(
      [1, 2, 3, 4].map((index) => ({ code: 0, stdout: `["${index}"]\n` })),
    );
    expect(installs()).toHaveLength(1);
    expect(existsSync(join(checkout, '.install-lock'))).toBe(false);
  });

  test('a changed lockfile or a missing Node is installed again', async () => {
    await launch(['say']).ended;
    appendFileSync(join(checkout, 'package-lock.json'), '\n');
    await launch(['say']).ended;
    unlinkSync(join(checkout, 'node_modules/node/bin/node'));
    expect(await launch(['say']).ended).toMatchObject({ code: 0, stdout: '[]\n' });
    expect(installs()).toHaveLength(3);
  });

  test('what was installed by hand is not installed again', async () => {
    await launch(['say']).ended;
    unlinkSync(join(checkout, 'node_modules/.planwright-installed'));
    cpSync(join(checkout, 'package-lock.json'), join(checkout, 'node_modules/.package-lock.json'));
    expect(await launch(['say']).ended).toMatchObject({ code: 0 });
    expect(installs()).toHaveLength(1);
  });

  test('an install that left no Node is an error that says what to do, and is tried again', async () => {
    writeFileSync(join(checkout, 'npm-skips-scripts'), '');
    const broken = await launch(['say']).ended;
    expect(broken).toMatchObject({ code: 1, stdout: '' });
    expect(broken.stderr).toContain('run: npm rebuild node --ignore-scripts=false');
    rmSync(join(checkout, 'npm-skips-scripts'));
    expect(await launch(['say']).ended).toMatchObject({ code: 0 });
  });

  test('a failed install ends with its exit code and leaves no lock', async () => {
    writeFileSync(join(checkout, 'npm-breaks'), '');
    const failed = await launch(['say']).ended;
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toContain('npm ci ended with exit code 1');
    expect(existsSync(join(checkout, '.install-lock'))).toBe(false);
  });

  test('a lock left by a dead process holds nobody up', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => dead.on('exit', resolve));
    writeFileSync(join(checkout, '.install-lock'), String(dead.pid));
    const all = await Promise.all([1, 2].map(() => launch(['say']).ended));
    expect(all.map(({ code }) => code)).toEqual([0, 0]);
    expect(installs()).toHaveLength(1);
  });
});

describe('standing in for the command', () => {
  test('the exit code is the command’s', async () => {
    expect(await launch(['exit', '3']).ended).toMatchObject({ code: 3 });
  });

  test('SIGINT ends a command that does not handle it with 130, SIGTERM with 143', async () => {
    const interrupted = launch(['wait']);
    await untilReady(interrupted);
    interrupted.child.kill('SIGINT');
    expect(await interrupted.ended).toMatchObject({ code: 130 });
    const terminated = launch(['wait']);
    await untilReady(terminated);
    terminated.child.kill('SIGTERM');
    expect(await terminated.ended).toMatchObject({ code: 143 });
  });

  test('SIGINT to the launcher alone reaches a command that handles it', async () => {
    const run = launch(['handle']);
    await untilReady(run);
    run.child.kill('SIGINT');
    const { code, stdout } = await run.ended;
    expect([code, stdout.split('\n').slice(1)]).toEqual([130, ['interrupt 1', '']]);
  });

  test('Ctrl-C at a terminal, which both processes get, interrupts the command once', async () => {
    const run = launch(['handle'], { ownGroup: true });
    await untilReady(run);
    process.kill(-(run.child.pid ?? 0), 'SIGINT');
    const { code, stdout } = await run.ended;
    expect([code, stdout.split('\n').slice(1)]).toEqual([130, ['interrupt 1', '']]);
  });

  test('the command does not outlive a launcher killed with -9', async () => {
    const run = launch(['handle']);
    await untilReady(run);
    run.child.kill('SIGKILL');
    // Its pipes close when the last process that holds them, the command, has ended.
    expect(await run.ended).toMatchObject({ code: null });
  });
});

describe('the published package', () => {
  const asOldNode = ['--import', 'data:text/javascript,Object.defineProperty(process.versions, "node", { value: "24.14.1" })'];

  beforeEach(() => {
    rmSync(join(checkout, 'package-lock.json'));
    mkdirSync(join(checkout, 'dist/cli'), { recursive: true });
    writeFileSync(join(checkout, 'dist/cli/main.js'), 'console.log(process.argv.slice(2).join());\n');
  });

  test('it runs in the launcher’s own process and installs nothing', async () => {
    expect(await launch(['runs', '--json']).ended).toMatchObject({ code: 0, stdout: 'runs,--json\n' });
    expect(installs()).toEqual([]);
  });

  test('a Node that is too old is a usage error that names both versions', async () => {
    const refused = await launch(['runs'], { nodeArgs: asOldNode }).ended;
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('planwright needs Node 24.15 or newer; this is Node 24.14.1.');
  });
});
