/** `planwright worker` as processes, on stores of a test's own PostgreSQL. */
import { setTimeout as wait } from 'node:timers/promises';
import type { RunHandle } from 'planwright';
import { type DbosEngine, initStore, openDbosEngine } from '../../src/engine/dbos/index.ts';
import { type CommandProcess, runCommand, startCommand } from '../cli/command-process.ts';
import type { PostgresServer } from '../support/postgres.ts';

export interface WorkerCommand extends CommandProcess {
  memberId: string;
  pid: number;
  takes: string;
  /** `http://127.0.0.1:PORT`; empty without --health. */
  health: string;
}

let made = 0;

/** A schema that no other test has. */
export async function makeStore(server: PostgresServer): Promise<string> {
  made += 1;
  const url = server.urlOf(`w${process.pid}_${made}`);
  await initStore(url);
  return url;
}

/** Has an engine on the store while `use` runs. */
export async function withEngine<Result>(url: string, use: (engine: DbosEngine) => Promise<Result>): Promise<Result> {
  const engine = await openDbosEngine(url);
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

/** Resolves when the run is in the store, and on the queue or beyond. */
export async function untilBegun(run: RunHandle): Promise<void> {
  await run.events[Symbol.asyncIterator]().next();
}

/** Resolves when it has joined. It is killed after its test. */
export async function startWorkerCommand(
  folder: string,
  url: string,
  { args = [], env = {} }: { args?: string[]; env?: Record<string, string> } = {},
): Promise<WorkerCommand> {
  const command = startCommand(folder, ['worker', '--json', '--health', '0', ...args], {
    env: { PLANWRIGHT_STORE: url, ...env },
  });
  await until(
    () => command.output.stdout.includes('\n}\n') || command.child.exitCode !== null,
    () => `it joined: ${command.output.stderr}`,
  );
  if (command.child.exitCode !== null) throw new Error(`It ended: ${command.output.stdout}${command.output.stderr}`);
  const { memberId, pid, takes, health } = JSON.parse(command.output.stdout) as Omit<WorkerCommand, keyof CommandProcess>;
  return { ...command, memberId, pid, takes, health: health ?? '' };
}

/** A command on the store, by PLANWRIGHT_STORE. */
export function planwrightOn(folder: string, url: string) {
  return (...args: string[]) => runCommand(folder, args, { env: { PLANWRIGHT_STORE: url } });
}

export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string | (() => string),
  withinMs = 30_000,
): Promise<void> {
  for (const endMs = performance.now() + withinMs; !(await holds()); await wait(25)) {
    if (performance.now() > endMs) throw new Error(`Not within ${withinMs} ms: ${typeof what === 'string' ? what : what()}`);
  }
}

/** The samples of Prometheus' text format, by name and labels. @throws for a line that is not of the format. */
export function readMetrics(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.trimEnd().split('\n')) {
    if (line === '' || /^# (?:HELP|TYPE) [a-zA-Z_:][\w:]* ./.test(line)) continue;
    const match = /^([a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\]|\\.)*",?)*\})?) (\S+)$/.exec(line);
    if (match === null || Number.isNaN(Number(match[2]))) throw new Error(`Not of Prometheus' text format: ${line}`);
    samples.set(match[1] ?? '', Number(match[2]));
  }
  return samples;
}

export async function askFor(address: string): Promise<{ status: number; body: string }> {
  const response = await fetch(address);
  return { status: response.status, body: await response.text() };
}
