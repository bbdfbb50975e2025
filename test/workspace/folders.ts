/** Folders for tests: what is in them, and processes that change them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

/** An empty folder inside a temporary one, beside a folder that nothing may touch. */
export function makeRoot(): { root: string; outside: string } {
  const folder = makeTemporaryFolder();
  const [root, outside] = [join(folder, 'root'), join(folder, 'outside')];
  mkdirSync(root);
  mkdirSync(outside);
  writeFileSync(join(outside, 'secret'), 'secret');
  return { root, outside };
}

export function expectUntouched(outside: string): void {
  expect(listFolder(outside)).toEqual({ secret: 'secret' });
}

export function writeFiles(folder: string, files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** By path: a file's text, a link's target after an arrow, a folder as `null`. */
export function listFolder(folder: string): Record<string, string | null> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .map((entry): [string, string | null] => {
        const path = join(entry.parentPath, entry.name);
        const shown = path.slice(folder.length + 1);
        if (entry.isSymbolicLink()) return [shown, `→ ${readlinkSync(path)}`];
        return [shown, entry.isFile() ? readFileSync(path, 'utf8') : null];
      })
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

export interface Swapper {
  /** Stops it. @returns how often the folder was a link. */
  stop(): Promise<number>;
}

/** A process that keeps replacing the folder `at` by a link to `target` and putting it back, whenever there is such a folder. */
export async function startSwapper(at: string, target: string): Promise<Swapper> {
  const script = `
    import { renameSync, symlinkSync, unlinkSync, writeSync } from 'node:fs';
    const [at, target] = process.argv.slice(1);
    let swaps = 0;
    let over = false;
    process.on('SIGTERM', () => { over = true; });
    writeSync(1, 'started\\n');
    const attempt = (step) => { try { step(); return true; } catch { return false; } };
    const turn = () => {
      for (let round = 0; round < 200; round += 1) {
        if (!attempt(() => renameSync(at, at + '.away'))) continue;
        if (attempt(() => symlinkSync(target, at))) swaps += 1;
        attempt(() => unlinkSync(at));
        attempt(() => renameSync(at + '.away', at));
      }
      if (over) { writeSync(1, swaps + '\\n'); process.exit(0); }
      setImmediate(turn);
    };
    turn();`;
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '--eval', script, at, target], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout?.on('data', (chunk) => {
    said += String(chunk);
  });
  if (child.stdout !== null) await once(child.stdout, 'data');
  return {
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'close');
      return Number(said.trim().split('\n').at(-1));
    },
  };
}
