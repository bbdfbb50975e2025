import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { measureMemory, watchMemory } from './watch-memory.ts';

test.skipIf(process.platform !== 'linux')('a process counts with its children (skipped where there is no /proc)', async () => {
  const child = spawn(process.execPath, [
    '-e',
    'const kept = Buffer.alloc(60e6, 1); process.stdout.write("held"); setInterval(() => kept, 1e6);',
  ]);
  try {
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const [alone, together] = [await measureMemory(child.pid ?? 0), await measureMemory(process.pid)];
    expect(alone).toBeGreaterThan(60e6);
    expect(alone).toBeLessThan(150e6);
    expect(together).toBeGreaterThan(alone);
    await new Promise<void>((resolve) => {
      const watching = { limitBytes: 50e6, clock: systemClock, signal: new AbortController().signal, exceeded: resolve };
      watchMemory(child.pid ?? 0, watching).catch(() => {});
    });
  } finally {
    child.kill();
  }
});

test('what has ended counts nothing, and an aborted watch ends quietly', async () => {
  expect(await measureMemory(2 ** 22 + 1)).toBe(0);
  const watching = { limitBytes: 0, clock: systemClock, signal: AbortSignal.abort(), exceeded: () => {} };
  expect(await watchMemory(1, watching)).toBeUndefined();
});
