/** The command as a process of its own, as a user starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach } from 'vitest';

export const mainFile = resolve('src/cli/main.ts');
export const nodeArguments = ['--conditions=planwright:source', mainFile];

export interface Ended {
  /** null after a signal. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CommandProcess {
  child: ChildProcess;
  /** What has come so far. */
  output: { stdout: string; stderr: string };
  ended: Promise<Ended>;
  /** Resolves once stderr holds the text; rejects when the process ends without. */
  untilSaid(text: string): Promise<void>;
}

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

export function startCommand(
  cwd: string,
  args: string[],
  options: { input?: string; env?: Record<string, string> } = {},
): CommandProcess {
  const child = spawn(process.execPath, [...nodeArguments, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', NODE_COMPILE_CACHE: compileCache, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  started.push(child);
  child.stdin.end(options.input ?? '');
  const output = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
    for (const listener of listeners) listener();
  });
  const ended = new Promise<Ended>((done) => {
    child.on('close', (code) => done({ code, ...output }));
  });
  const untilSaid = (text: string): Promise<void> =>
    new Promise((done, fail) => {
      const look = (): void => {
        if (output.stderr.includes(text)) done();
      };
      listeners.add(look);
      look();
      child.on('close', () => fail(new Error(`The command ended without saying ${text}: ${output.stderr}`)));
    });
  return { child, output, ended, untilSaid };
}

export function runCommand(
  cwd: string,
  args: string[],
  options: { input?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  return startCommand(cwd, args, options).ended;
}

/** Stripped sources are kept between processes: starting one takes half the time. */
export const compileCache = resolve('node_modules/.cache/planwright-tests');

/** Three small documents in `docs/` below the folder. */
export function writeDocuments(folder: string): void {
  mkdirSync(join(folder, 'docs'));
  const write = (name: string, lines: string[]): void => writeFileSync(join(folder, 'docs', name), `${lines.join('\n')}\n`);
  write('risks.md', [
    '# Risks',
    '',
    'The main risk of the harbor bridge is corrosion of its steel cables.',
    '',
    'A second risk is the strong winter wind.',
  ]);
  write('costs.md', [
    '# Costs',
    '',
    'The harbor bridge costs 40 million crowns to build.',
    '',
    'Painting it costs 2 million crowns every year.',
  ]);
  write('benefits.md', ['# Benefits', '', 'The benefit of the bridge is a shorter way to the hospital.']);
}
