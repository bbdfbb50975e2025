import { expect, test } from 'vitest';
import { SandboxPool } from './sandbox-pool.ts';

/** Work that ends when it is told to, and a log of what begins and ends. */
function makeWork(log: string[]) {
  const ends = new Map<string, () => void>();
  const work = (name: string) => async () => {
    log.push(`${name} begins`);
    await new Promise<void>((resolve) => ends.set(name, resolve));
    log.push(`${name} ends`);
    return name;
  };
  return { work, end: (name: string) => ends.get(name)?.() };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('at most `size` at once, the others in order', async () => {
  const log: string[] = [];
  const { work, end } = makeWork(log);
  const pool = new SandboxPool(2);
  const results = Promise.all(['a', 'b', 'c', 'd'].map(async (name) => pool.use(work(name))));
  await settle();
  end('b');
  await settle();
  end('a');
  await settle();
  end('c');
  end('d');
  expect(await results).toEqual(['a', 'b', 'c', 'd']);
  expect(log).toEqual(['a begins', 'b begins', 'b ends', 'c begins', 'a ends', 'd begins', 'c ends', 'd ends']);
});

test('work that throws gives its place on', async () => {
  const pool = new SandboxPool(1);
  const failing = pool.use(async () => {
    await settle();
    throw new Error('no');
  });
  const next = pool.use(async () => 'next');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('next');
});

test('a waiter that is aborted leaves, and nobody loses a place', async () => {
  const log: string[] = [];
  const { work, end } = makeWork(log);
  const pool = new SandboxPool(1);
  const abort = new AbortController();
  const holder = pool.use(work('a'));
  const waiter = pool.use(work('b'), abort.signal);
  const last = pool.use(work('c'));
  const reason = new Error('enough');
  abort.abort(reason);
  await expect(waiter).rejects.toBe(reason);
  await expect(pool.use(work('d'), abort.signal)).rejects.toBe(reason);
  end('a');
  await holder;
  await settle();
  end('c');
  await last;
  expect(log).toEqual(['a begins', 'a ends', 'c begins', 'c ends']);
});
