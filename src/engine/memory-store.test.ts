import { expect, test } from 'vitest';
import { MemoryStore } from './memory-store.ts';
import { listStoreCases } from './store-conformance.ts';

test.each(listStoreCases(async () => new MemoryStore()))('$name', async ({ run }) => {
  await expect(run()).resolves.toBe(undefined);
});

test('the error for a busy run says since when', async () => {
  const store = new MemoryStore({ clock: { now: () => 0, sleep: async () => {} } });
  await store.acquireLease('a');
  await expect(store.acquireLease('a')).rejects.toThrow(
    `Run "a" is driven by process ${process.pid} on this machine since 1970-01-01T00:00:00.000Z.`,
  );
});
