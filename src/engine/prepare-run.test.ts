import { expect, test } from 'vitest';
import { runTask } from '../run-task.ts';
import { MemoryStore } from './memory-store.ts';

test.each([-1, 1.5, 1_000_001, Number.NaN])('%j is no priority', async (priority) => {
  const store = new MemoryStore();
  const run = runTask({ task: 'What is 6 times 7?', priority, store });
  await expect(run).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(/from 0 to 1000000/) });
  expect(await store.listRuns()).toEqual([]);
});

test.each([0, 1_000_000])('%j is one, and is kept with the run', async (priority) => {
  const store = new MemoryStore();
  const { runId } = await runTask({ task: 'What is 6 times 7?', priority, store });
  expect((await store.getRun(runId))?.priority).toBe(priority);
});
