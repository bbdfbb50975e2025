/** kill -9 of a real process at random moments: the run is free at once, is resumed, and ends as if nothing had happened. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteStore, resumeRun, runTask, seededRandom } from 'planwright';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from './support/temporary-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const task = 'What is a handoff, what is waste, and what is the coordination tax?';
const files = join(root, 'docs');

function startRun(store: string): ChildProcess {
  const args = [
    '--conditions=planwright:source',
    join(root, 'src/cli/main.ts'),
    'run',
    task,
    '--files',
    files,
    '--strategy',
    'team',
    '--store',
    store,
  ];
  return spawn(process.execPath, args, { stdio: 'ignore' });
}

test('killed at random moments and resumed', { timeout: 120_000 }, async () => {
  const folder = makeTemporaryFolder();
  const baseline = await runTask({ task, files, strategy: 'team', store: join(folder, 'baseline.db') });
  expect(baseline.status).toBe('succeeded');
  const seed = Date.now() % 1_000_000;
  const random = seededRandom(seed);
  let resumedCount = 0;
  for (let round = 0; round < 8; round++) {
    const file = join(folder, `${round}.db`);
    const child = startRun(file);
    const hasEnded = once(child, 'exit');
    // The run is watched in the store, so that the moment lies within it and not in the process's start.
    const store = await openSqliteStore(file);
    const wanted = Math.floor(random.next() * 20);
    let runId: string | undefined;
    while (runId === undefined || (await store.readEvents(runId)).length < wanted) {
      const [run] = await store.listRuns();
      runId = run?.runId;
      if (child.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    child.kill('SIGKILL');
    await hasEnded;
    if (runId === undefined) throw new Error('The run never appeared.');
    const isOver = (await store.getRun(runId))?.endedMs !== null;
    if (!isOver) resumedCount += 1;
    const hasEvents = (await store.readEvents(runId)).length > 0;
    if (!hasEvents) continue;
    const result = await resumeRun({ runId, store });
    expect(result.deliverable, `seed ${seed}, round ${round}, killed at event ${wanted}`).toBe(baseline.deliverable);
    expect(result.ledger.calls, `calls, seed ${seed}, round ${round}`).toBe(baseline.ledger.calls);
    expect(result.ledger.toolCalls, `tool calls, seed ${seed}, round ${round}`).toBe(baseline.ledger.toolCalls);
    await store.close();
  }
  expect(resumedCount).toBeGreaterThan(2);
});
