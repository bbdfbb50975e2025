/** A run whose results are code: the tests' own words go back to whoever wrote it. */
import { defineTeam, MemoryStore, runTask } from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { describe, expect, test } from 'vitest';
import { lacks } from './this-machine.ts';

const { skip, because } = lacks('isolate');
const team = defineTeam({ name: 'pair', roles: { coder: { instructions: 'You write code.' } } });
const check = { kind: 'code', language: 'javascript', tests: 'console.assert(add(1) === 2, "sum", add(1));' } as const;
const plan = (accept: (typeof check & { packages?: string[] })[]) => ({
  version: 1 as const,
  task: 'Add.',
  deliverable: 'sum',
  subtasks: [{ id: 'sum', role: 'coder', instruction: 'Write add.', dependsOn: [], accept }],
});

describe.skipIf(skip)(`a run with a code check${because}`, () => {
  test('a rejected attempt is told the failing assertion, and its second is accepted', async () => {
    const model = scriptedModel(({ prompt }) =>
      JSON.stringify(prompt).includes('Assertion failed: sum 3')
        ? 'const add = (x) => x + 1;'
        : '```js\nconst add = (x) => x + 2;\n```',
    );
    const result = await runTask({ task: 'Add.', team, model, plan: plan([check]), store: new MemoryStore() });
    expect(result.status).toBe('succeeded');
    expect(result.deliverable).toBe('const add = (x) => x + 1;');
    expect(result.subtasks.map(({ attempts }) => attempts)).toEqual([2]);
  });

  test('what can’t be checked is not accepted', async () => {
    const model = scriptedModel(() => 'const add = (x) => x + 1;');
    const run = await runTask({
      task: 'Add.',
      team,
      model,
      plan: plan([{ ...check, packages: ['left-pad'] }]),
      store: new MemoryStore(),
    });
    expect(run.status).not.toBe('succeeded');
  });
});
