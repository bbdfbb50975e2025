/** examples/code-migration as a whole: the recorded calls on the real engine, with real workspaces and the real sandbox. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSandboxes, hashTree, MemoryBlobStore, readTree } from 'planwright';
import { describe, expect, test } from 'vitest';
import { port, runCommand } from '../examples/code-migration/command.ts';
import { headerSchema } from '../examples/code-migration/header.ts';
import { packageFolder } from '../examples/code-migration/migrate.ts';
import { openSource } from '../examples/code-migration/open-source.ts';
import { readOptions } from '../examples/code-migration/options.ts';
import { playScript, readScript } from '../examples/code-migration/play-script.ts';
import { findOverlaps } from '../examples/code-migration/tell.ts';
import { readHeader } from '../examples/support/recording-header.ts';
import { lacks } from './sandbox/this-machine.ts';
import { makeTemporaryFolder } from './support/temporary-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(root, 'docs/code-migration.md'), 'utf8');

const isTime = (line: string) => line.startsWith('Time: ');
const hashPackage = async () => hashTree((await readTree(packageFolder, new MemoryBlobStore())).tree);
const { skip, because } = lacks('bubblewrap');

describe.skipIf(skip)(`the recorded migration${because}`, () => {
  test('two coders port in parallel, tests and critic each send one attempt back, the merge passes the suite', async () => {
    const given = await hashPackage();
    const said: string[] = [];
    const file = join(makeTemporaryFolder(), 'port.diff');
    const options = readOptions(['--patch', file]);
    if (options === null) throw new Error('no options');
    const around = { signal: new AbortController().signal, say: (text: string) => said.push(text), tell: () => {} };
    const { code, migration } = await port(options, around);
    // A request that the recording does not hold shows here, by what it asked.
    expect(migration.result.subtasks.map(({ id, status, error }) => [id, status, error?.message])).toEqual([
      ['survey', 'succeeded', undefined],
      ['port-journal', 'succeeded', undefined],
      ['port-catalog', 'succeeded', undefined],
      ['integrate', 'succeeded', undefined],
    ]);
    expect({ code, status: migration.result.status }).toEqual({ code: 0, status: 'succeeded' });

    // Both coders had started before either had ended.
    const ofCoders = migration.events.flatMap((event) =>
      (event.type === 'attempt-started' || event.type === 'attempt-finished') && event.subtaskId.startsWith('port-')
        ? [event.type]
        : [],
    );
    expect(ofCoders.slice(0, 2)).toEqual(['attempt-started', 'attempt-started']);
    expect(findOverlaps(migration.result)).toEqual([['port-journal', 'port-catalog']]);

    const rejections = migration.events.flatMap((event) =>
      event.type === 'verdict-given' && event.verdict.kind === 'rejected' ? [{ ...event.verdict, of: event.subtaskId }] : [],
    );
    expect(rejections.map(({ of, evidence }) => [of, evidence.map(({ check, passed }) => [check, passed])])).toEqual(
      expect.arrayContaining([
        [
          'port-journal',
          [
            ['command', true],
            ['critic', false],
          ],
        ],
        ['port-catalog', [['command', false]]],
      ]),
    );
    expect(rejections).toHaveLength(2);
    const byTests = rejections.find(({ of }) => of === 'port-catalog');
    expect(byTests?.evidence[0]?.detail).toMatch(/^not ok .* archive has already .*: Missing expected rejection\.$/m);
    const byCritic = rejections.find(({ of }) => of === 'port-journal');
    expect(byCritic?.evidence[1]?.receipts).toEqual([expect.stringContaining('port-journal/1/')]);

    const both = ['README.md', 'src/command.mjs'];
    expect(migration.changed.get('port-journal')).toEqual([...both, 'src/journal.mjs'].toSorted());
    expect(migration.changed.get('port-catalog')).toEqual([...both, 'src/catalog.mjs'].toSorted());
    const diff = readFileSync(file, 'utf8');
    for (const line of ['+async function add(', '+async function archive(', '+async function total('])
      expect(diff).toContain(line);
    expect(migration.before).toMatchObject({ exitStatus: 1, passed: 1, tests: 14 });
    expect(migration.after).toMatchObject({ exitStatus: 0, passed: 14, tests: 14 });
    expect(await hashPackage()).toBe(given);

    // All but the line of times is what the page shows.
    const lines = said.join('\n').split('\n');
    const shown = /```text\n(Recorded from .*?)\n```/s.exec(page)?.[1]?.split('\n') ?? [];
    expect(lines.filter((line) => !isTime(line))).toEqual(shown.filter((line) => !isTime(line)));
    expect(lines.filter(isTime)).toHaveLength(1);
  }, 60_000);
});

test('the recording holds every step of the script, once, and says that no language model spoke', () => {
  const folder = join(root, 'examples/code-migration');
  const text = readFileSync(join(folder, 'recording.jsonl'), 'utf8');
  const recorded = text
    .trim()
    .split('\n')
    .map((line) => {
      const { content } = JSON.parse((JSON.parse(line) as { answer: string }).answer) as {
        content: { type: string; text?: string; toolName?: string; input?: string }[];
      };
      const tools = content.flatMap(({ toolName, input = '' }) =>
        toolName === undefined ? [] : [[toolName, JSON.parse(input)]],
      );
      return JSON.stringify(tools.length > 0 ? tools : content.map((part) => part.text ?? '').join(''));
    });
  const scripted = readScript().parts.flatMap(({ steps }) =>
    steps.map((step) =>
      JSON.stringify('text' in step ? step.text.trimEnd() : step.tools.map(({ name, input }) => [name, input])),
    ),
  );
  expect(recorded.toSorted()).toEqual(scripted.toSorted());
  expect(text.length).toBeLessThan(150_000);
  expect(readFileSync(join(folder, 'recording.json'), 'utf8')).toContain('a scripted model, not a language model');
});

const ask = (text: string) => ({ prompt: [{ role: 'user' as const, content: [{ type: 'text' as const, text }] }] });

test('a script that claims what was not there, or has no part for a request, is an error', async () => {
  const script = playScript({
    parts: [
      { name: 'one', when: ['apple'], unless: [], steps: [{ seen: ['all tests pass'], text: 'Done.' }] },
      { name: 'two', when: ['pear'], unless: ['green'], steps: [{ seen: [], text: 'Ripe.' }] },
      { name: 'three', when: ['pear', 'yellow'], unless: [], steps: [{ seen: [], text: 'Riper.' }] },
    ],
  });
  expect((await script.doGenerate(ask('a pear'))).content).toEqual([{ type: 'text', text: 'Ripe.' }]);
  await expect(script.doGenerate(ask('an apple'))).rejects.toThrow('part "one" has not seen "all tests pass"');
  await expect(script.doGenerate(ask('a green pear'))).rejects.toThrow('no part is for: a green pear');
  await expect(script.doGenerate(ask('a yellow pear'))).rejects.toThrow('the parts two, three are all for: a yellow pear');
});

test('a new recording takes the place of an earlier one when the run has ended well, and not before', async () => {
  const file = join(makeTemporaryFolder(), 'calls.jsonl');
  writeFileSync(file, 'earlier\n');
  const { model, keep } = await openSource({ source: { kind: 'scripted' }, record: file });
  await model.doGenerate(ask('Split the task into the fewest subtasks'));
  expect(readFileSync(file, 'utf8')).toBe('earlier\n');
  await keep();
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(2);
  expect(await readHeader(file, headerSchema)).toMatchObject({
    version: 1,
    about: expect.stringContaining('not a language model'),
  });
});

async function refuse(args: string[], sandboxes = createSandboxes()) {
  const ended = { stdout: '', stderr: '' };
  const code = await runCommand(args, {
    signal: new AbortController().signal,
    say: (text) => (ended.stdout += text),
    tell: (text) => (ended.stderr += text),
    sandboxes,
  });
  return { code, ...ended };
}

test('without bubblewrap nothing is run, and the reason is said', async () => {
  const { code, stdout, stderr } = await refuse([], createSandboxes({ bwrap: '/nowhere/bwrap' }));
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(
    /^The package's tests are what decides, and they run in a sandbox or not at all\. There is no bubblewrap: /,
  );
});

test.each<[string[], string]>([
  [['--record', 'x.jsonl'], '--record x.jsonl: those calls are recorded. Add --model scripted or a model.'],
  [['--model', 'scripted', '--record', 'x.txt'], '--record "x.txt": must end in .jsonl. See --help.'],
  [['--model', 'nope:x'], 'Model "nope:x" is not known.'],
  [['--model', 'recorded:nope.jsonl'], "nope.json can't be read. It says what nope.jsonl is a recording of."],
])('%j is refused with a reason', async (args, message) => {
  const { code, stdout, stderr } = await refuse(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('an unknown option ends the program with exit code 2', async () => {
  const program = ['--conditions=planwright:source', 'examples/code-migration/run.ts', '--nope'];
  const ended = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, program, { cwd: root }, (error, _stdout, stderr) => resolve({ code: error?.code, stderr }));
  });
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/^Unknown option '--nope'.*See --help\.\n$/);
});
