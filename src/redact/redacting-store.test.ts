import { expect, test } from 'vitest';
import { MemoryStore } from '../engine/memory-store.ts';
import { makeCall, makeRun } from '../engine/store-records.ts';
import type { RunEvent } from '../events.ts';
import { readRedact } from './redact-rules.ts';
import { type NetChange, redactingStore } from './redacting-store.ts';
import { createRedactor } from './redactor.ts';

const redactor = createRedactor(readRedact(['email']));

function openNet() {
  const store = new MemoryStore();
  const changes: NetChange[] = [];
  return { store, changes, net: redactingStore(store, redactor, (change) => changes.push(change)) };
}

test('what was forgotten is caught: runs, events, values, calls, signals', async () => {
  const { store, changes, net } = openNet();
  const events: RunEvent[] = [
    { type: 'cancel-requested', reason: 'a@b.example said so' },
    {
      type: 'attempt-finished',
      subtaskId: 'a@b.example',
      attempt: 1,
      outcome: { kind: 'succeeded', output: { kind: 'inline', value: { to: ['a@b.example'] } } },
    },
  ];
  await net.createRun(
    makeRun('a@b.example', { task: 'ask a@b.example', setup: { task: 'ask a@b.example', team: { name: 'a@b.example' } } }),
  );
  await net.appendEvents(
    'a@b.example',
    events.map((event, index) => ({ version: 1, seq: index + 1, atMs: 0, event })),
  );
  const value = await net.putValue({ text: 'a@b.example' });
  await net.putCall(
    makeCall('k', { runId: 'a@b.example', rootRunId: 'a@b.example', kind: 'tool', response: '{"x":"a@b.example"}' }),
  );
  await net.putCall(makeCall('l', { kind: 'tool', outcome: 'failed', response: null, error: 'usage: no a@b.example' }));
  await net.sendSignal('a@b.example', { type: 'deny', by: 'a@b.example', reason: 'ask a@b.example' });
  expect(changes.map(({ what }) => what)).toEqual(['run', 'event', 'event', 'value', 'call', 'call', 'signal']);

  const run = await store.getRun('a@b.example');
  expect(run).toMatchObject({ task: 'ask [email]', setup: { task: 'ask [email]', team: { name: 'a@b.example' } } });
  expect((await store.readEvents('a@b.example')).map(({ event }) => event)).toEqual([
    { type: 'cancel-requested', reason: '[email] said so' },
    { ...events[1], outcome: { kind: 'succeeded', output: { kind: 'inline', value: { to: ['[email]'] } } } },
  ]);
  expect(await store.getValue(value)).toEqual({ text: '[email]' });
  expect(await store.findCall('k')).toMatchObject({ response: '{"x":"[email]"}' });
  expect(await store.findCall('l')).toMatchObject({ error: 'usage: no [email]' });
});

test('references, trees and patches are left: names of files and hashes', async () => {
  const { store, changes, net } = openNet();
  const file = { hash: '0'.repeat(64), mode: 'file', size: 1 };
  const tree = { version: 1, files: [{ path: 'a@b.example', ...file }] };
  const patch = { version: 1, changes: [{ kind: 'added', path: 'a@b.example', after: file }] };
  for (const value of [tree, patch, { kind: 'stored', hash: 'a@b.example', characters: 1 }])
    expect(await store.getValue(await net.putValue(value))).toEqual(value);
  expect(changes).toEqual([]);
});

test('a store that redacts by the same rules already is taken as it is', () => {
  const { net } = openNet();
  expect(redactingStore(net, createRedactor(readRedact(['email'])))).toBe(net);
  expect(redactingStore(net, createRedactor(readRedact(['card'])))).not.toBe(net);
});
