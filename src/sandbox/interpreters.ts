/** The interpreters that sandboxes may run: which files of the host each needs, and no others. */
import { execFile } from 'node:child_process';
import { access, constants, realpath } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Bind } from './confined-command.ts';

export interface Interpreter {
  /** Absolute path inside the sandbox. */
  program: string;
  version: string;
  binds: Bind[];
  /** Folders of installed packages, which are none of its library. */
  hidden: string[];
}

const run = promisify(execFile);
const toolTimeoutMs = 10_000;

/** Asks for what it needs to start: its program, its library, and where packages are installed inside the library. */
const pythonFacts = `
import glob, json, os, sys, sysconfig
library = os.path.realpath(sysconfig.get_path('stdlib'))
print(json.dumps({
  'program': os.path.realpath(sys.executable), 'version': '.'.join(map(str, sys.version_info[:3])), 'library': library,
  'modules': glob.glob(os.path.join(library, 'lib-dynload', '*.so')),
  'installed': [p for p in (os.path.join(library, n) for n in ('site-packages', 'dist-packages')) if os.path.isdir(p)]}))`;

const pythonFactsSchema = z.object({
  program: z.string().startsWith('/'),
  version: z.string(),
  library: z.string().startsWith('/'),
  modules: z.array(z.string()),
  installed: z.array(z.string()),
});

/** @param program an absolute path. Default: the Node that runs this. */
export async function describeNode(program: string = process.execPath): Promise<Interpreter> {
  const path = await realpath(program);
  const libraries = await findLibraries([path]);
  return {
    program: '/usr/bin/node',
    version: process.versions.node,
    binds: [{ source: path, target: '/usr/bin/node' }, ...same(libraries)],
    hidden: [],
  };
}

/** @throws {Error} when there is no such program, or it doesn't answer like Python 3. */
export async function describePython(program: string): Promise<Interpreter> {
  const { stdout } = await run(program, ['-I', '-c', pythonFacts], { timeout: toolTimeoutMs });
  const facts = pythonFactsSchema.parse(JSON.parse(stdout));
  const libraries = await findLibraries([facts.program, ...facts.modules]);
  return {
    program: facts.program,
    version: facts.version,
    binds: same([facts.program, facts.library, ...libraries]),
    hidden: facts.installed,
  };
}

/** Shared libraries that the dynamic linker would load for these trusted programs, the linker itself included; absolute paths. */
export async function findLibraries(files: readonly string[]): Promise<string[]> {
  // A program without shared libraries makes ldd fail.
  const { stdout } = await run('ldd', [...files], { timeout: toolTimeoutMs }).catch(toldDespiteFailure);
  const paths = [...stdout.matchAll(/^\s+(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/gm)].map(([, path]) => path ?? '');
  return [...new Set(paths)].filter((path) => path !== '');
}

/** The first program of this name on the path, or the name itself when it is an absolute path; null when there is none. */
export async function findProgram(name: string, path: string = process.env['PATH'] ?? ''): Promise<string | null> {
  const candidates = isAbsolute(name)
    ? [name]
    : [...path.split(delimiter), '/usr/bin', '/bin'].map((folder) => join(folder, name));
  for (const candidate of candidates) {
    const isThere = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere && isAbsolute(candidate)) return candidate;
  }
  return null;
}

function toldDespiteFailure(thrown: unknown): { stdout: string } {
  const stdout = thrown instanceof Error && 'stdout' in thrown ? thrown.stdout : '';
  return { stdout: typeof stdout === 'string' ? stdout : '' };
}

function same(paths: readonly string[]): Bind[] {
  return paths.map((path) => ({ source: path, target: path }));
}
