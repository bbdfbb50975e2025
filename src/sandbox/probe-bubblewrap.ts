/** Whether bubblewrap works here, in which way, and which interpreters it can run. Containers often forbid namespaces. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Clock } from '../clock.ts';
import { type BubblewrapTools, type Confinement, defaultProcessLimits } from './bubblewrap-arguments.ts';
import type { ConfinedOutcome } from './confined-command.ts';
import { describeNode, describePython, findLibraries, findProgram, type Interpreter } from './interpreters.ts';
import { runConfined } from './run-confined.ts';
import { defaultSandboxLimits } from './sandbox.ts';

export interface FoundBubblewrap {
  tools: BubblewrapTools;
  node: Interpreter;
  detail: string;
}

export interface ProbeOptions {
  bwrap?: string;
  python?: string;
  platform?: string;
}

type Missing = { missing: string };

const run = promisify(execFile);
const install = 'Install it (Debian: apt-get install bubblewrap).';

/** Tries the confinements that this user could have and takes the first under which Node runs and processes are limited. */
export async function findBubblewrap(options: ProbeOptions, clock: Clock): Promise<FoundBubblewrap | Missing> {
  const platform = options.platform ?? process.platform;
  if (platform !== 'linux') return { missing: `it needs Linux, and this is ${platform}.` };
  try {
    const name = options.bwrap ?? 'bwrap';
    const bwrap = await findProgram(name);
    if (bwrap === null) return { missing: `there is no program "${name}". ${install}` };
    const prlimit = await findProgram('prlimit');
    if (prlimit === null) return { missing: 'there is no program "prlimit". It is part of util-linux.' };
    const node = await describeNode();
    const version = (await run(bwrap, ['--version'], { timeout: 5000 })).stdout.trim();
    const failures: string[] = [];
    for (const confinement of await listConfinements(bwrap)) {
      const own = confinement.kind === 'changed-user' ? [prlimit, confinement.setpriv] : [prlimit];
      const tools = { bwrap, prlimit, libraries: await findLibraries(own), confinement };
      const failure = await tryTools(tools, node, clock);
      if (failure === null) return { tools, node, detail: `${version}, ${confinement.kind}, Node ${node.version}` };
      failures.push(`${confinement.kind}: ${failure}`);
    }
    return { missing: failures.join(' ') };
  } catch (thrown) {
    return { missing: describeError(thrown) };
  }
}

/** @returns the interpreter, once it has run under bubblewrap. */
export async function findPython(
  options: ProbeOptions,
  { tools }: FoundBubblewrap,
  clock: Clock,
): Promise<Interpreter | Missing> {
  try {
    const name = options.python ?? 'python3';
    const program = await findProgram(name);
    if (program === null) return { missing: `there is no program "${name}".` };
    const python = await describePython(program);
    const outcome = await runProbe(tools, python, {
      argv: [python.program, '-I', '-S', '-c', 'import json, unittest, asyncio; print("ready")'],
      clock,
    });
    return outcome.printed === 'ready\n' ? python : { missing: describeOutcome(outcome) };
  } catch (thrown) {
    return { missing: describeError(thrown) };
  }
}

/** Root's first choice has a limit on processes; in a namespace of its own only a root that is none outside has one. */
async function listConfinements(bwrap: string): Promise<Confinement[]> {
  const { stdout } = await run(bwrap, ['--help'], { timeout: 5000 });
  const inNamespace: Confinement = { kind: 'user-namespace', disablesNested: stdout.includes('--disable-userns') };
  const setpriv = process.getuid?.() === 0 ? await findProgram('setpriv') : null;
  return setpriv === null ? [inNamespace] : [{ kind: 'changed-user', setpriv }, inNamespace];
}

/** null when Node runs, and doesn't when it may have one thread only. */
async function tryTools(tools: BubblewrapTools, node: Interpreter, clock: Clock): Promise<string | null> {
  const argv = [node.program, '-e', 'process.stdout.write("ready")'];
  const outcome = await runProbe(tools, node, { argv, clock });
  if (outcome.printed !== 'ready') return describeOutcome(outcome);
  const alone = await runProbe(tools, node, { argv, clock, processes: 1 });
  return alone.printed === 'ready' ? 'the number of processes could not be limited.' : null;
}

async function runProbe(
  tools: BubblewrapTools,
  interpreter: Interpreter,
  { argv, clock, processes }: { argv: string[]; clock: Clock; processes?: number },
): Promise<ConfinedOutcome> {
  const { binds, hidden } = interpreter;
  const command = {
    argv,
    binds,
    hidden,
    files: [],
    env: {},
    limits: defaultSandboxLimits,
    perProcess: {},
    stdin: new Uint8Array(),
  };
  const processLimits = processes === undefined ? defaultProcessLimits : { ...defaultProcessLimits, processes };
  return runConfined(command, { tools, clock, processLimits });
}

function describeOutcome({ printed, exitStatus, signal }: ConfinedOutcome): string {
  const said = printed.split('\n').find((line) => line.trim() !== '');
  return said?.slice(0, 300) ?? (signal === null ? `it ended with status ${exitStatus}.` : `${signal} ended it.`);
}

function describeError(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
}
