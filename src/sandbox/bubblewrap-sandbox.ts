/** Whole test files in JavaScript, TypeScript and Python, in processes that see their interpreter and an empty folder. */
import { randomBytes } from 'node:crypto';
import { extname } from 'node:path';
import { type Clock, systemClock } from '../clock.ts';
import { type BubblewrapTools, workFolder } from './bubblewrap-arguments.ts';
import type { ConfinedCommand, ConfinedOutcome } from './confined-command.ts';
import { type FolderCommand, writeFolderCommand } from './folder-command.ts';
import { readGuestFile } from './guest-files.ts';
import type { Interpreter } from './interpreters.ts';
import { readReport } from './read-report.ts';
import { runConfined } from './run-confined.ts';
import type { Sandbox, SandboxJob, SandboxLanguage, SandboxOutcome } from './sandbox.ts';

export interface BubblewrapParts {
  tools: BubblewrapTools;
  node: Interpreter;
  /** Absent: Python can't be run. */
  python?: Interpreter;
}

const guestFolder = '/planwright';
const keyBytes = 32;
const megabyte = 1024 * 1024;
/** What Node reserves before any program runs (its code range); with less it doesn't start. Measured on 24.21: 573 MB. */
const nodeReservesBytes = 640 * megabyte;
/** Python's own, and the stack of the thread that runs the tests. */
const pythonReservesBytes = 256 * megabyte;

const environment = { PATH: '/usr/bin', HOME: workFolder, TMPDIR: workFolder, LANG: 'C.UTF-8', TZ: 'UTC' };

export class BubblewrapSandbox implements Sandbox {
  readonly kind = 'bubblewrap';
  readonly #parts: BubblewrapParts;
  readonly #clock: Clock;

  constructor(parts: BubblewrapParts, clock: Clock = systemClock) {
    this.#parts = parts;
    this.#clock = clock;
  }

  async run(job: SandboxJob, signal?: AbortSignal): Promise<SandboxOutcome> {
    const { tools, node, python } = this.#parts;
    const interpreter = job.language === 'python' ? python : node;
    if (interpreter === undefined) return { kind: 'undecided', reason: 'There is no Python 3.' };
    const key = randomBytes(keyBytes);
    const command = { ...(await writeCommand(job, interpreter)), stdin: key };
    const options = signal === undefined ? { tools, clock: this.#clock } : { tools, clock: this.#clock, signal };
    return readReport(job, await runConfined(command, options), key);
  }

  /**
   * Runs a program on a folder, which it can read and not write; what it writes beside it is gone afterwards.
   * @throws the signal's reason when it aborts.
   */
  async runInFolder(command: FolderCommand, signal?: AbortSignal): Promise<ConfinedOutcome | { missing: string }> {
    const { tools, node, python } = this.#parts;
    const interpreter = command.program === 'python' ? python : node;
    if (interpreter === undefined) return { missing: 'There is no Python 3.' };
    const options = signal === undefined ? { tools, clock: this.#clock } : { tools, clock: this.#clock, signal };
    return runConfined(await writeFolderCommand(command, interpreter, environment), options);
  }
}

/** The tests' file beside the solution's, named after it as each language's runners expect. */
export function nameTests(language: SandboxLanguage, solutionFile: string): string {
  const extension = extname(solutionFile);
  const stem = solutionFile.slice(0, -extension.length);
  return language === 'python' ? `test_${stem}${extension}` : `${stem}.test${extension}`;
}

async function writeCommand(job: SandboxJob, interpreter: Interpreter): Promise<Omit<ConfinedCommand, 'stdin'>> {
  const isPython = job.language === 'python';
  const isFile = job.solutionFile !== undefined;
  const extension = isPython ? 'py' : 'js';
  const solution = job.solutionFile ?? `solution.${extension}`;
  const tests = isFile ? nameTests(job.language, solution) : `tests.${extension}`;
  const task = JSON.stringify({ solution, tests, isFile, isTypeScript: job.language === 'typescript' });
  const guest = isPython ? ['python_tests.py'] : ['node-tests.js', 'lock-built-ins.js', 'to-script.js'];
  const programs = await Promise.all(
    guest.map(async (name) => ({ path: `${guestFolder}/${name}`, text: await readGuestFile(name) })),
  );
  const memoryBytes = job.limits.memoryMb * megabyte;
  return {
    argv: isPython ? pythonArguments(interpreter) : nodeArguments(interpreter, job),
    binds: [...interpreter.binds, ...job.packages.map(({ source, target }) => ({ source, target: `${workFolder}/${target}` }))],
    hidden: interpreter.hidden,
    files: [
      ...programs,
      { path: `${guestFolder}/job.json`, text: task },
      ...(isPython ? [] : [{ path: `${guestFolder}/package.json`, text: '{"type":"module"}' }]),
      { path: `${workFolder}/${solution}`, text: job.solution },
      { path: `${workFolder}/${tests}`, text: job.tests },
    ],
    env: environment,
    limits: job.limits,
    perProcess: isPython ? { addressSpace: pythonReservesBytes + memoryBytes } : { data: nodeReservesBytes + memoryBytes },
  };
}

/** The permission model also takes the inspector, workers, processes and addons away, with which a solution could look into its judge. */
function nodeArguments({ program }: Interpreter, job: SandboxJob): string[] {
  return [
    program,
    '--permission',
    '--allow-fs-read=*',
    '--allow-fs-write=*',
    '--disable-warning=ExperimentalWarning',
    '--unhandled-rejections=strict',
    `--max-old-space-size=${job.limits.memoryMb}`,
    ...(job.language === 'typescript' && job.solutionFile !== undefined ? ['--experimental-transform-types'] : []),
    `${guestFolder}/node-tests.js`,
  ];
}

function pythonArguments({ program }: Interpreter): string[] {
  return [program, '-I', '-S', '-B', '-X', 'utf8', `${guestFolder}/python_tests.py`];
}
