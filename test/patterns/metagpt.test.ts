/** MetaGPT's company on real files: documents from who watches what, and code that is mended until its tests pass in the sandbox. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineTeam, defineTool, MemoryStore, type RunTaskOptions, renderRunPatch, resumeRun, runTask } from 'planwright';
import type { ScriptedAnswer } from 'planwright/testing';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { lacks } from '../sandbox/this-machine.ts';
import { dyingStore } from '../support/dying-store.ts';
import { type Call, playModel } from '../support/small-team.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const task = 'Write toRoman(n) for 1 to 3999, as an ES module roman.mjs.';

const documents = {
  PRD: {
    goals: ['Roman numerals'],
    userStories: ['As a reader I see MCMXC.'],
    requirements: [{ id: 'R1', text: 'toRoman(4) is IV.', priority: 'P0' }],
    unclear: [],
  },
  Design: {
    approach: 'A table.',
    files: [{ path: 'roman.mjs', holds: 'toRoman' }],
    interfaces: ['toRoman(n)'],
    flow: 'One call.',
  },
  Tasks: { tasks: [{ file: 'roman.mjs', does: 'toRoman', after: [] }], shared: '' },
  Code: { summary: 'toRoman.', files: ['roman.mjs'], run: "import { toRoman } from './roman.mjs'" },
  Tests: { summary: 'Four and ninety.', files: ['roman.test.mjs'], covers: ['R1'] },
};

const wrong = `const units = [[1000,'M'],[500,'D'],[100,'C'],[50,'L'],[10,'X'],[5,'V'],[1,'I']];
export function toRoman(n) {
  let text = '';
  for (const [value, letters] of units) for (; n >= value; n -= value) text += letters;
  return text;
}
`;
const right = wrong
  .replace('[500,', "[900,'CM'],[500,")
  .replace("[50,'L'],", "[90,'XC'],[50,'L'],[40,'XL'],")
  .replace('[5,', "[9,'IX'],[5,")
  .replace("[1,'I']", "[4,'IV'],[1,'I']");
const suite = `import test from 'node:test';
import assert from 'node:assert/strict';
import { toRoman } from './roman.mjs';
test('four is a pair', () => assert.equal(toRoman(4), 'IV'));
test('ninety is a pair', () => assert.equal(toRoman(90), 'XC'));
`;

const writeFile = (path: string, content: string): ScriptedAnswer => ({
  toolCalls: [{ name: 'write_file', input: { path, content } }],
});
const hasWritten = ({ request }: Call) => request.prompt.some(({ role }) => role === 'tool');
const roleOf = ({ text }: Call) =>
  ({ 'product manager': 'PRD', architect: 'Design', 'project manager': 'Tasks', engineer: 'Code', 'QA engineer': 'Tests' })[
    /You are the (product manager|architect|project manager|engineer|QA engineer)\./.exec(text)?.[1] ?? ''
  ];
const isFix = ({ text }: Call) => text.includes('Find the cause and mend the files');

/** @param code What each version of the code is, the first from `Code`; the last goes on. */
function playCompany(
  code: string[],
  { watch = () => {}, others = {} }: { watch?: (call: Call) => void; others?: Record<string, string> } = {},
) {
  return playModel((call) => {
    watch(call);
    const type = roleOf(call) as keyof typeof documents | undefined;
    const other = others[call.role];
    if (other !== undefined) return other;
    if (type === undefined) throw new Error(`Nobody is asked this: ${call.text}`);
    if (type === 'Code' && !hasWritten(call)) {
      const version = isFix(call) ? Number(/"check-(\d+)"/.exec(call.text)?.[1]) : 0;
      return writeFile('roman.mjs', code[version] ?? code.at(-1) ?? '');
    }
    if (type === 'Tests' && !hasWritten(call)) return writeFile('roman.test.mjs', suite);
    return JSON.stringify(documents[type]);
  });
}

const run = (model: RunTaskOptions['model'], more: Partial<RunTaskOptions> = {}) =>
  runTask({ task, pattern: 'metagpt', store: new MemoryStore(), ...more, ...(model === undefined ? {} : { model }) });

const statuses = ({ subtasks }: Awaited<ReturnType<typeof run>>) =>
  subtasks.map(({ id, role, status, dependsOn }) => [id, role, status, dependsOn]);

const { skip, because } = lacks('bubblewrap');

describe.skipIf(skip)(`a company whose tests run in the sandbox${because}`, () => {
  test('first code is wrong and its tests fail, the second passes: five documents, a round, and files that work', async () => {
    const seen: string[] = [];
    const model = playCompany([wrong, right], { watch: (call) => isFix(call) && !hasWritten(call) && seen.push(call.text) });
    const store = new MemoryStore();
    const result = await run(model, { store, runId: 'r' });
    expect(result.status).toBe('succeeded');
    expect(statuses(result)).toEqual([
      ['PRD', 'product-manager', 'succeeded', []],
      ['Design', 'architect', 'succeeded', ['PRD']],
      ['Tasks', 'project-manager', 'succeeded', ['PRD', 'Design']],
      ['Code', 'engineer', 'succeeded', ['Design', 'Tasks']],
      ['Tests', 'qa', 'succeeded', ['PRD', 'Code']],
      ['check-1', 'runner', 'succeeded', ['Tests']],
      ['fix-1', 'engineer', 'succeeded', ['Design', 'Tasks', 'Code', 'Tests', 'check-1']],
      ['check-2', 'runner', 'succeeded', ['fix-1']],
    ]);
    // Documents and rounds, and one call more for each of the three that wrote files.
    expect(result.ledger.calls).toBe(5 + 1 + 3);
    expect(result.ledger.callsByPurpose).toMatchObject({ execute: 6, plan: 1, verify: 2 });
    // Three files are written, the tests run twice.
    expect(result.ledger.toolCalls).toBe(3 + 2);
    expect(result.deliverable).toMatchObject({ exitStatus: 0, printed: expect.stringContaining('ninety is a pair') });
    expect(seen).toEqual([expect.stringMatching(/exitStatus.*1.*four is a pair[\s\S]*IIII[\s\S]*ended with exit status 1/)]);
    const patch = await renderRunPatch(store, 'r');
    expect(patch).toContain('+export function toRoman');
    expect(patch).toContain("[4,'IV']");
    expect(patch).toContain('roman.test.mjs');
  }, 30_000);

  test('the last round is accepted by the tests alone: the monitor tries again with what failed, then gives it to QA, then the run is partial', async () => {
    const fixes: string[] = [];
    const model = playCompany([wrong], {
      watch: (call) => isFix(call) && !hasWritten(call) && fixes.push(`${roleOf(call)} ${call.text}`),
    });
    const result = await run(model, { pattern: { name: 'metagpt', rounds: 1 }, limits: { retries: 1, reroutes: 1 } });
    expect(result.status).toBe('partial');
    expect(result.deliverable).toBeNull();
    expect(statuses(result).slice(5)).toEqual([
      ['check-1', 'runner', 'succeeded', ['Tests']],
      ['fix-1', 'qa', 'failed', ['Design', 'Tasks', 'Code', 'Tests', 'check-1']],
      ['check-2', 'runner', 'skipped', ['fix-1']],
    ]);
    expect(fixes.map((text) => [text.split(' ')[0], /<feedback>[\s\S]*four is a pair/.test(text)])).toEqual([
      ['Code', false],
      ['Code', true],
      ['Tests', true],
    ]);
    expect(result.subtasks.find(({ id }) => id === 'fix-1')?.error?.message).toMatch(/exit status 1/);
  }, 30_000);

  test('tests that the runner does not find send the work to QA, and files that do not build back to the engineer', async () => {
    const asked: string[] = [];
    const model = playModel((call) => {
      const type = roleOf(call) as keyof typeof documents;
      if (!hasWritten(call)) {
        if (isFix(call)) asked.push(type);
        if (type === 'Tests') return writeFile(isFix(call) ? 'roman.test.mjs' : 'notes.txt', suite);
        if (type === 'Code') {
          if (call.text.includes('<feedback>')) asked.push('build again');
          return writeFile('roman.mjs', call.text.includes('<feedback>') ? right : 'export function {');
        }
      }
      return JSON.stringify(documents[type]);
    });
    const result = await run(model, { pattern: { name: 'metagpt', build: ['node', '--check', 'roman.mjs'] } });
    expect(result.status).toBe('succeeded');
    expect(asked).toEqual(['build again', 'Tests']);
    expect(statuses(result).slice(6)).toEqual([
      ['fix-1', 'qa', 'succeeded', ['Design', 'Tasks', 'Code', 'Tests', 'check-1']],
      ['check-2', 'runner', 'succeeded', ['fix-1']],
    ]);
  }, 30_000);

  test('roles of one’s own join the pool by what they watch: before the code, and after the build', async () => {
    const seen: Record<string, string> = {};
    const watch = (call: Call) => {
      seen[/You are the (\w+)/.exec(call.text)?.[1] ?? ''] ??= call.text;
    };
    const model = playCompany([right], { watch, others: { auditor: 'Zero must be refused.', writer: 'The manual.' } });
    const result = await run(model, {
      team: defineTeam({
        preset: 'metagpt',
        roles: { auditor: { instructions: 'You are the auditor.' }, writer: { instructions: 'You are the writer.' } },
      }),
      pattern: {
        name: 'metagpt',
        join: [
          { role: 'auditor', watches: ['Design'], produces: 'Threats' },
          { role: 'engineer', watches: ['Design', 'Tasks', 'Threats'], produces: 'Code' },
          { role: 'writer', watches: ['PRD', 'Build'], produces: 'Manual', does: 'Write the manual.' },
        ],
        deliverable: 'Manual',
      },
    });
    expect(result).toMatchObject({ status: 'succeeded', deliverable: 'The manual.' });
    expect(statuses(result).filter(([id]) => ['Threats', 'Code', 'check-1', 'Manual'].includes(String(id)))).toEqual([
      ['Code', 'engineer', 'succeeded', ['Design', 'Tasks', 'Threats']],
      ['Threats', 'auditor', 'succeeded', ['Design']],
      ['check-1', 'runner', 'succeeded', ['Tests']],
      ['Manual', 'writer', 'succeeded', ['PRD', 'check-1']],
    ]);
    expect(seen['engineer']).toContain('Zero must be refused.');
    expect(seen['engineer']).toContain('Write all the files of the design');
    expect(seen['auditor']).toContain('Write the document "Threats"');
    expect(seen['writer']).toMatch(/exitStatus/);
  }, 30_000);

  test('after a crash in the loop nothing recorded is done again, and the files are those of a run without it', async () => {
    const whole = new MemoryStore();
    await run(playCompany([wrong, right]), { store: whole, runId: 'r' });
    const patch = await renderRunPatch(whole, 'r');
    const events = (await whole.readEvents('r')).length;
    for (const part of [0.55, 0.75, 0.9]) {
      const disk = new MemoryStore();
      const deathAt = Math.round(events * part);
      await run(playCompany([wrong, right]), { store: dyingStore(disk, deathAt).store, runId: 'r' }).then(
        () => Promise.reject(new Error('It did not die.')),
        () => {},
      );
      const result = await resumeRun({ runId: 'r', store: disk, model: playCompany([wrong, right]) });
      expect({ part, status: result.status, calls: result.ledger.calls, tools: result.ledger.toolCalls }).toEqual({
        part,
        status: 'succeeded',
        calls: 9,
        tools: 5,
      });
      expect(await renderRunPatch(disk, 'r')).toBe(patch);
    }
  }, 60_000);

  test('a pool without QA is checked by the tests that are there', async () => {
    const files = join(makeTemporaryFolder(), 'files');
    mkdirSync(files);
    writeFileSync(join(files, 'roman.test.mjs'), suite);
    const pool = [{ role: 'engineer', watches: ['UserRequirement'], produces: 'Code' }];
    const result = await run(playCompany([wrong, right]), { files, pattern: { name: 'metagpt', pool } });
    expect(result.status).toBe('succeeded');
    expect(statuses(result).map(([id]) => id)).toEqual(['Code', 'check-1', 'fix-1', 'check-2']);
  }, 30_000);
});

test('where the tests can’t be run nobody’s word takes their place: the run is partial and says why', async () => {
  const noSandbox = defineTool({
    name: 'run_program',
    description: 'Runs nothing.',
    effect: 'read',
    input: z.object({}).loose(),
    execute: () => Promise.reject(new Error('The program was not run. There is no bubblewrap.')),
  });
  const others = { generalist: JSON.stringify({ exitStatus: 0, printed: 'all tests pass' }) };
  const result = await run(playCompany([right], { others }), { tools: [noSandbox], limits: { retries: 1, reroutes: 1 } });
  expect(result).toMatchObject({ status: 'partial', deliverable: null });
  expect(result.subtasks.find(({ id }) => id === 'check-1')).toMatchObject({
    role: 'runner',
    status: 'failed',
    attempts: 2,
    error: { message: expect.stringContaining('There is no bubblewrap.') },
  });
});

test('a document that has not its form goes back to who wrote it; one that never has it ends the run', async () => {
  let tries = 0;
  const model = playModel((call) => {
    if (roleOf(call) !== 'PRD') return 'not asked';
    tries += 1;
    return tries === 1 ? '{"goals": ["Roman numerals"]}' : 'no document';
  });
  const result = await run(model, { limits: { retries: 1, reroutes: 0 } });
  expect({ status: result.status, tries }).toEqual({ status: 'failed', tries: 2 });
  expect(result.subtasks.map(({ id, status }) => [id, status])).toEqual([
    ['PRD', 'failed'],
    ...['Design', 'Tasks', 'Code', 'Tests', 'check-1'].map((id) => [id, 'skipped']),
  ]);
});

test.each<[object, RegExp]>([
  [
    { join: [{ role: 'qa', watches: ['Nothing'], produces: 'Audit' }] },
    /"qa" watches "Nothing", which nobody produces\. Types: UserRequirement, PRD/,
  ],
  [{ join: [{ role: 'architect', watches: ['Code'], produces: 'Design' }] }, /wait for each other: .*Design/],
  [{ join: [{ role: 'qa', watches: ['Code'], produces: 'Build' }] }, /"Build" is in the pool by itself/],
  [
    { join: [{ role: 'engineer', watches: ['Build'], produces: 'Code' }] },
    /pattern\.pool.*"Code" has to be produced, and neither/,
  ],
  [{ pool: [{ role: 'qa', watches: ['UserRequirement'], produces: 'Tests' }] }, /"Code" has to be produced/],
  [{ join: [{ role: 'auditor', watches: ['Design'], produces: 'Threats' }] }, /needs a role "auditor"/],
  [{ deliverable: 'PRD' }, /pattern\.deliverable: has to be "Build" or rest on it/],
  [{ rounds: 0 }, /pattern\.rounds/],
  [{ test: ['sh', '-c', 'true'] }, /pattern\.test/],
])('%j is refused with a reason', async (given, message) => {
  await expect(
    run(
      playModel(() => 'x'),
      { pattern: { name: 'metagpt', ...given } },
    ),
  ).rejects.toThrow(message);
});
