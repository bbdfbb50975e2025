/** Archives that somebody else wrote: each is refused with its line, and leaves no run behind. */
import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { MemoryStore } from '../engine/memory-store.ts';
import { makeSettings } from '../engine/run-settings.ts';
import { makeCall, makeOutcome, makeRun } from '../engine/store-records.ts';
import type { Json } from '../json.ts';
import { defineTeam } from '../team/define-team.ts';
import { exportRuns } from './export-runs.ts';
import { importRuns } from './import-runs.ts';

const team = defineTeam({ name: 't', roles: { g: { description: 'Does.', instructions: 'You are g.' } }, generalist: 'g' });
const settings = makeSettings({ team, strategy: 'single', limits: team.limits, defaultModel: 'offline' });
const started = { version: 1, seq: 1, atMs: 1, event: { type: 'run-started', task: 't', settings } };
const event = (seq: number, body: object) => ({ kind: 'event', entry: { version: 1, seq, atMs: seq, event: body } });
const header = { kind: 'archive', version: 1 };
const root = { kind: 'run', record: makeRun('a') };
const first = { kind: 'event', entry: started };
const noCounts = { runs: 1, values: 0, blobs: 0, events: 1, signals: 0, calls: 0 };
const treeEnd = (counts: object = {}) => ({ kind: 'tree-end', rootRunId: 'a', ...noCounts, ...counts });
const end = { kind: 'end', trees: 1 };
const text: Json = 'x'.repeat(5000);
const textHash = hash('sha256', JSON.stringify(text));

async function importLines(lines: (object | string)[], store = new MemoryStore()): Promise<{ store: MemoryStore }> {
  const bytes = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  await importRuns(
    store,
    (async function* once() {
      yield Buffer.from(`${bytes}\n`);
    })(),
    { file: 'f' },
  );
  return { store };
}

test('a whole archive is taken', async () => {
  const { store } = await importLines([
    header,
    root,
    first,
    { kind: 'call', call: makeCall('a/s/1/1') },
    treeEnd({ calls: 1 }),
    end,
  ]);
  expect(await store.readEvents('a')).toEqual([started]);
  expect(await store.listCalls('a')).toEqual([makeCall('a/s/1/1')]);
});

test('an archive without runs is whole', async () => {
  const { store } = await importLines([header, { kind: 'end', trees: 0 }]);
  expect(await store.listRuns()).toEqual([]);
  let written = '';
  for await (const line of exportRuns(store)) written += line;
  expect(written).toBe('{"kind":"archive","version":1}\n{"kind":"end","trees":0}\n');
});

const below = (changes: object) => ({
  kind: 'run',
  record: { ...makeRun('a.s.1'), rootRunId: 'a', parentRunId: 'a', ...changes },
});

describe('what is refused', () => {
  const finished = event(2, {
    type: 'attempt-finished',
    subtaskId: 's',
    attempt: 1,
    outcome: { kind: 'succeeded', output: { kind: 'stored', hash: textHash, characters: 5002 } },
  });
  test.each<[string, (object | string)[], number, RegExp]>([
    ['no header', [root], 1, /the first line is no header/],
    ['a newer version', [{ kind: 'archive', version: 2 }], 1, /version 2; this Planwright reads version 1/],
    ['two headers', [header, header], 2, /one header/],
    ['no JSON', [header, '{"kind":'], 2, /no JSON/],
    [
      'deep nesting',
      [header, `{"kind":"value","hash":"${textHash}","value":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
      2,
      /kind "value" stands outside|nested too deeply|no JSON/,
    ],
    ['an unknown kind', [header, { kind: 'gift' }], 2, /kind: /],
    ['a key too many', [header, { ...root, more: 1 }], 2, /more/],
    ['an id with a control character', [header, { kind: 'run', record: makeRun('a\u001b[2J') }], 2, /is no id of a run/],
    ['an id that leaves its folder', [header, { kind: 'run', record: makeRun('../a') }], 2, /is no id of a run/],
    ['an event outside of a run', [header, first], 2, /outside of any run/],
    ['a run below one that is not there', [header, below({})], 2, /is below another one, which is not here/],
    ['a run of another tree', [header, root, first, below({ rootRunId: 'b' })], 4, /belongs to "b", not to "a"/],
    ['a run below none', [header, root, first, below({ parentRunId: 'b' })], 4, /is below "b", which is no run before it/],
    ['a run twice', [header, root, first, root], 4, /run "a" is there twice/],
    ['a gap in events', [header, root, first, event(3, { type: 'run-resumed' })], 4, /event 3 stands where event 2 is due/],
    [
      'a value with another hash',
      [header, root, { kind: 'value', hash: textHash, value: `${text}y` }],
      3,
      /the value [0-9a-f]{64} has another hash/,
    ],
    ['a small value', [header, root, { kind: 'value', hash: textHash, value: 'x' }], 3, /has another hash/],
    [
      'a blob with another hash',
      [header, root, { kind: 'blob', hash: textHash, base64: 'AAAA' }],
      3,
      /the blob [0-9a-f]{64} has another hash/,
    ],
    [
      'a value that is not there',
      [header, root, first, finished, treeEnd({ events: 2 })],
      5,
      /refers to the value [0-9a-f]{64}, which is not in it/,
    ],
    [
      'a call of another run',
      [header, root, first, { kind: 'call', call: makeCall('b/s/1/1', { runId: 'b', rootRunId: 'b' }) }],
      4,
      /call b\/s\/1\/1 is none of this run/,
    ],
    [
      'a call whose key is another’s',
      [header, root, first, { kind: 'call', call: makeCall('b/s/1/1') }],
      4,
      /call b\/s\/1\/1 is none of this run/,
    ],
    [
      'a response that is no JSON',
      [header, root, first, { kind: 'call', call: makeCall('a/s/1/1', { response: '{' }) }],
      4,
      /its response is no JSON/,
    ],
    [
      'an outcome of another run',
      [header, root, first, { kind: 'outcome', outcome: makeOutcome('b') }],
      4,
      /the outcome is that of run "b"/,
    ],
    ['a wrong count', [header, root, first, treeEnd({ events: 2 })], 4, /2 events are said to be above, and 1 are/],
    [
      'the end of another run',
      [header, root, first, { ...treeEnd(), rootRunId: 'b' }],
      4,
      /the end of run "b" stands in run "a"/,
    ],
    ['no events', [header, root, treeEnd({ events: 0 })], 2, /run "a": there are no events/],
    [
      'a first event that starts nothing',
      [header, root, event(1, { type: 'run-resumed' }), treeEnd()],
      2,
      /exactly the first one is "run-started"/,
    ],
    [
      'an event that can’t be folded',
      [
        header,
        root,
        first,
        event(2, { type: 'cancel-requested' }),
        event(3, { type: 'attempt-finished', subtaskId: 's' }),
        treeEnd({ events: 3 }),
      ],
      2,
      /run "a": /,
    ],
    [
      'a status that its events deny',
      [
        header,
        { kind: 'run', record: makeRun('a', { status: 'succeeded', endReason: 'completed', endedMs: 5 }) },
        first,
        treeEnd(),
      ],
      2,
      /is said to be succeeded; by its events it is not over/,
    ],
    [
      'a wrong number of runs',
      [header, root, first, treeEnd(), { kind: 'end', trees: 2 }],
      5,
      /2 runs are said to be above, and 1 are/,
    ],
    ['more after the end', [header, { kind: 'end', trees: 0 }, root], 3, /nothing may follow/],
    [
      'no end',
      [header, root, first, treeEnd()],
      4,
      /cut off: no line says that it ends here\. Whole before that, and in the store: 1/,
    ],
  ])('%s', async (_, lines, line, message) => {
    const store = new MemoryStore();
    await expect(importLines(lines, store)).rejects.toMatchObject({
      code: 'archive-invalid',
      location: { file: 'f', line },
      message: expect.stringMatching(message),
    });
    // What was whole before the error stays.
    const isWhole = /in the store: 1|runs are said/.test(message.source);
    expect((await store.listRuns()).map(({ runId }) => runId)).toEqual(isWhole ? ['a'] : []);
  });
});

test('a run that an import left without its events is completed', async () => {
  const store = new MemoryStore();
  await store.createRun(makeRun('a'));
  await importLines([header, root, first, treeEnd(), end], store);
  expect(await store.readEvents('a')).toEqual([started]);
});
