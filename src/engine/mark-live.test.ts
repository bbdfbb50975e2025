import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { findHashes, markLive } from './mark-live.ts';

const hashOf = (text: string): string => hash('sha256', text);
const nothing = { readValue: async () => undefined, readBlob: async () => undefined };

test('a hash is found wherever it stands, quoted, escaped, with a prefix or beside other digits', () => {
  const [a, b] = [hashOf('a'), hashOf('b')];
  expect([...findHashes(`{"hash":"${a}"} {\\"hash\\":\\"${b}\\"}`)]).toEqual([a, b]);
  expect([...findHashes(`sha256-${a}.json`)]).toEqual([a]);
  expect([...findHashes(`${a}${b}`)]).toHaveLength(65);
  expect([...findHashes(`00${a}`)]).toContain(a);
  expect([...findHashes(a.slice(1))]).toEqual([]);
});

test('what is named by something kept is kept, round in circles too', async () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(hashOf) as [string, string, string, string];
  const values = new Map([
    [a, `names ${b}`],
    [c, `names ${a}`],
    [d, 'nobody names this'],
  ]);
  const blobs = new Map([[b, `names ${c}`]]);
  const live = await markLive([`a record with ${a}`], {
    readValue: async (key) => values.get(key),
    readBlob: async (key) => blobs.get(key),
  });
  expect([...live].toSorted()).toEqual([a, b, c].toSorted());
  expect((await markLive([], nothing)).size).toBe(0);
});
