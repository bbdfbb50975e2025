import { describe, expect, test } from 'vitest';
import { MemoryStore } from '../engine/memory-store.ts';
import type { Plan } from '../plan/plan.ts';
import { runTask } from '../run-task.ts';
import { defineTeam } from '../team/define-team.ts';
import { scriptedModel } from '../testing/scripted-model.ts';
import { worksOfRun } from './works-of-run.ts';

const team = defineTeam({
  name: 'house',
  roles: {
    coder: { description: 'Codes.', instructions: 'You are the coder.' },
    critic: { description: 'Doubts.', instructions: 'You are the critic.', tools: ['calc'] },
  },
  limits: { retries: 0, reroutes: 0, replans: 0 },
});

const code = 'export function take(list, n) {\n  if (n === 0) return [];\n  return list.slice(0, n);\n}\n';
const report = 'It is so: "we do not know 5 of them" [a.md:3].';
const answers: Record<string, string> = {
  code,
  unchecked: `${code}\n`,
  refused: `${code}\n\n`,
  report,
  prose: 'All went well.',
  copy: code,
};

const subtask = (id: string, accept?: Plan['subtasks'][number]['accept']) => ({
  id,
  role: 'coder',
  instruction: `do ${id}`,
  dependsOn: [],
  ...(accept === undefined ? {} : { accept }),
});
const holds = [{ kind: 'predicate' as const, minLength: 1 }];

async function runHouse(subtasks: Plan['subtasks'], by = team) {
  const store = new MemoryStore();
  const model = scriptedModel(({ prompt }) => {
    const text = JSON.stringify(prompt);
    const id = /do (\w+)/.exec(text)?.[1] ?? '';
    return answers[id] ?? 'synthesized';
  });
  const plan: Plan = { version: 1, task: 'Build it.', subtasks };
  await runTask({ task: 'Build it.', team: by, plan, model, store, runId: 'r' });
  return store;
}

describe('worksOfRun', () => {
  test('what passed its checks is good, with known defects bad; what was not checked or refused is neither', async () => {
    const store = await runHouse([
      subtask('code', holds),
      subtask('unchecked'),
      subtask('refused', [{ kind: 'predicate', contains: 'nothing of it' }]),
      subtask('report', holds),
      subtask('prose', holds),
      subtask('copy', holds),
    ]);
    const { works, team: own, model, files } = await worksOfRun(store, 'r');
    expect([own.name, model, files]).toEqual(['house', 'custom:model', undefined]);
    expect(works.map(({ id, truth, kind }) => [id, truth, kind])).toEqual([
      ['code', 'good', undefined],
      ['code', 'bad', 'off-by-one'],
      ['code', 'bad', 'flipped-comparison'],
      ['code', 'bad', 'dropped-return'],
      ['code', 'bad', 'swapped-arguments'],
      ['report', 'good', undefined],
      ['report', 'bad', 'changed-number'],
      ['report', 'bad', 'dropped-not'],
      ['report', 'bad', 'invented-quote'],
      ['report', 'bad', 'wrong-line'],
      ['report', 'bad', 'other-file'],
    ]);
    for (const { instruction, id } of works) expect(instruction).toBe(`do ${id}`);
    const texts = works.filter(({ id, truth }) => id === 'code' && truth === 'bad').map(({ text }) => text);
    expect(new Set([...texts, code]).size).toBe(5);
  });

  test('a seed draws the defects; kinds and numbers can be chosen', async () => {
    const store = await runHouse([subtask('code', holds)]);
    const textsOf = async (options: Parameters<typeof worksOfRun>[2]) =>
      (await worksOfRun(store, 'r', options)).works.map(({ text }) => text);
    expect(await textsOf({})).toEqual(await textsOf({ seed: 1 }));
    const [good, ...bad] = await textsOf({ kinds: ['dropped-return'], perKind: 5 });
    expect(good).toBe(code);
    expect(bad.toSorted()).toEqual([code.replace('return []', '[]'), code.replace('return list', 'list')]);
  });

  test('a change that the result’s own tests let pass is no defect', async () => {
    answers['counted'] =
      'function count(list) {\n  let n = 0;\n  for (let i = 0; i < list.length; i++) if (list[i] !== undefined) n += 1;\n  return n;\n}\n';
    const tests = 'console.assert(count([]) === 0);\nconsole.assert(count([5, 6]) === 2);';
    const kinds = ['off-by-one'] as const;
    const changesOf = async (accept: NonNullable<Parameters<typeof subtask>[1]>) => {
      const store = await runHouse([subtask('counted', accept)]);
      const { works } = await worksOfRun(store, 'r', { kinds, perKind: 10 });
      const [, ...bad] = works.map(({ text }) => text.split('\n'));
      const before = answers['counted']?.split('\n') ?? [];
      return bad.flatMap((lines) => lines.filter((line) => !before.includes(line)).map((line) => line.trim()));
    };
    const all = await changesOf(holds);
    const seen = await changesOf([{ kind: 'code', language: 'javascript', tests, sandbox: 'isolate' }]);
    // A loop that goes one further finds nothing there.
    const unseen = 'for (let i = 0; i <= list.length; i++) if (list[i] !== undefined) n += 1;';
    expect(all).toContain(unseen);
    expect(seen.toSorted()).toEqual(all.filter((line) => line !== unseen).toSorted());
    expect(seen.length).toBeGreaterThan(1);
  });

  test('the deliverable counts by its own checks, once', async () => {
    const checked = { ...team, accept: holds };
    const store = await runHouse([subtask('code')], checked);
    const { works } = await worksOfRun(store, 'r', { kinds: ['off-by-one'] });
    expect(works.map(({ id, truth, instruction }) => [id, truth, instruction])).toEqual([
      ['@deliverable', 'good', 'Build it.'],
      ['@deliverable', 'bad', 'Build it.'],
    ]);
    const twice = await runHouse([subtask('code', holds)], checked);
    expect((await worksOfRun(twice, 'r', { kinds: ['off-by-one'] })).works.map(({ id }) => id)).toEqual(['code', 'code']);
  });

  test('a run without such results is refused, as is one that is not there', async () => {
    const store = await runHouse([subtask('prose', holds), subtask('unchecked')]);
    await expect(worksOfRun(store, 'r')).rejects.toMatchObject({
      code: 'usage',
      message:
        'Run "r" has nothing to seed defects in: 1 of its results passed checks, and none of them is code or cites its sources. Give cases instead.',
    });
    await expect(worksOfRun(store, 'other')).rejects.toMatchObject({ code: 'run-unknown' });
  });
});
