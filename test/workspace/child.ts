/** What another process does under limits of its own: a full disk, no permission. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ErrorRecord } from 'planwright';

const sources = new URL('../../src/', import.meta.url).href;

export interface ChildOptions {
  folder: string;
  /** Bytes of one file that the process may write, a multiple of 512; more is an error of the system. */
  maxFileBytes?: number;
  /** Runs as `nobody` when the tests run as root, whom no permission stops. */
  unprivileged?: boolean;
}

/**
 * @param body A module's statements. `folder` is given, and `load('workspace/tree.ts')` imports a source.
 * @returns the error that the statements ended with; null when they did not.
 */
export function runChild(body: string, { folder, maxFileBytes, unprivileged = false }: ChildOptions): ErrorRecord | null {
  const script = `
    const load = (path) => import(${JSON.stringify(sources)} + path);
    const { toErrorRecord } = await load('errors.ts');
    const folder = process.argv[1];
    const act = async () => { ${body} };
    console.log(JSON.stringify(await act().then(() => null, toErrorRecord)));`;
  const command = [process.execPath, '--input-type=module', '--eval', script, folder];
  const limit = maxFileBytes === undefined ? '' : `ulimit -f ${maxFileBytes / 512}; `;
  const asNobody = unprivileged && process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const { stdout, stderr, status } = spawnSync('sh', ['-c', `${limit}exec "$0" "$@"`, ...command], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    encoding: 'utf8',
    ...asNobody,
  });
  if (status !== 0) throw new Error(`The process ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as ErrorRecord | null;
}
