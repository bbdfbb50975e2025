/** The package's whole suite on a copy of a tree, in the sandbox. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BlobStore, openWorkspace, PlanwrightError, type Sandboxes, type Tree } from 'planwright';

/** As in team.yaml: the command that accepts the deliverable. */
const suite = ['--test', '--test-isolation=none', '--test-reporter=./plain-reporter.mjs'];
const limits = { timeoutMs: 60_000, memoryMb: 1024, outputBytes: 1_000_000 };

export interface SuiteEnd {
  exitStatus: number | null;
  /** One line a test: `ok …` or `not ok …: why`. */
  lines: string[];
  passed: number;
  tests: number;
}

/** @throws {PlanwrightError} `check-unavailable` without bubblewrap: nothing runs unsandboxed. */
export async function runSuite(sandboxes: Sandboxes, { tree, blobs }: { tree: Tree; blobs: BlobStore }): Promise<SuiteEnd> {
  const sandbox = await sandboxes.bubblewrap();
  if ('missing' in sandbox) throw withoutSandbox(sandbox.missing);
  await using copy = await openWorkspace({ base: tree, blobs, root: join(tmpdir(), 'planwright-workspaces') });
  const ended = await sandboxes.pool.use(() =>
    sandbox.runInFolder({ program: 'node', args: suite, folder: copy.folder, limits }),
  );
  if ('missing' in ended) throw withoutSandbox(ended.missing);
  const lines = ended.printed.split('\n');
  return {
    exitStatus: ended.exitStatus,
    lines,
    passed: lines.filter((line) => line.startsWith('ok ')).length,
    tests: Number(/^# tests (\d+)$/m.exec(ended.printed)?.[1] ?? 0),
  };
}

export function withoutSandbox(reason: string): PlanwrightError {
  return new PlanwrightError(
    'check-unavailable',
    `The package's tests are what decides, and they run in a sandbox or not at all. ${reason} See docs/sandboxes.md.`,
  );
}
