/** What an idle server holds in memory, beside a bare one of the same HTTP library: both compiled, as they are published. */
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { atMost, type Figure } from './figure.ts';
import { median } from './measure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Until what start-up has left is collected. */
const idleMs = 5000;

const bareServer = `import { serve } from '@hono/node-server';
import { Hono } from 'hono';
const app = new Hono().get('/healthz', (c) => c.text('ok'));
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => console.log(port));
`;

/** @param rounds The two take turns so many times. */
export async function measureServe(rounds: number): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'planwright-serve-'));
  try {
    copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    execFileSync(process.execPath, [
      join(root, 'node_modules/typescript/bin/tsc'),
      '-p',
      join(root, 'tsconfig.build.json'),
      '--outDir',
      join(folder, 'dist'),
      '--declaration',
      'false',
    ]);
    writeFileSync(join(folder, 'bare.js'), bareServer);
    mkdirSync(join(folder, 'work'));
    const bare: number[] = [];
    const served: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await measureIdle([join(folder, 'bare.js')], folder));
      served.push(await measureIdle([join(folder, 'dist/cli/main.js'), 'serve', '--port', '0'], join(folder, 'work')));
    }
    const [bareMb, servedMb] = [median(bare), median(served)];
    return [
      { what: 'a bare Hono server', measured: bareMb, digits: 0, unit: ' MB' },
      { what: 'planwright serve', measured: servedMb, digits: 0, unit: ' MB' },
      { what: 'planwright serve ÷ a bare Hono server', measured: servedMb / bareMb, unit: ' ×', bound: atMost(2) },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Resident memory, MB. */
async function measureIdle(args: readonly string[], cwd: string): Promise<number> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('exit', (code) => reject(new Error(`node ${args.join(' ')} ended with ${code} before it listened.`)));
    });
    await wait(idleMs);
    return (Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' })) * 1024) / 1e6;
  } finally {
    child.removeAllListeners('exit');
    child.kill();
  }
}
