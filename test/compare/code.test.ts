/** Held-out tests decide between a single agent and a team that both write code. */
import { compareTeams, MemoryStore, type PairProgress, parseComparisonTasks } from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { describe, expect, test } from 'vitest';
import { lacks } from '../sandbox/this-machine.ts';
import { pairTeam, plan, readAsked } from './scripted-comparison.ts';

const { skip, because } = lacks('isolate');
const check = { kind: 'code', language: 'javascript', tests: 'console.assert(add(1) === 2, "heldout");' };
const parse = (checks: unknown) =>
  parseComparisonTasks(JSON.stringify({ id: 'q0', task: 'Question q0', check: checks }), { file: 'tasks.jsonl' });

describe.skipIf(skip)(`a held-out check by code${because}`, () => {
  test('judges each arm by what its code does', async () => {
    const model = scriptedModel((request) => {
      const { by } = readAsked(request);
      if (by === 'planner') return plan;
      return `\`\`\`js\nconst add = (x) => x + ${by === 'writer' ? 1 : 2};\n\`\`\``;
    });
    const { rows } = await compareTeams({ tasks: parse(check), team: pairTeam, model, store: new MemoryStore() });
    expect(Object.fromEntries(rows.map(({ arm, success }) => [arm, success]))).toEqual({ single: false, team: true });
    expect(JSON.stringify(model.requests)).not.toContain('heldout');
  });

  test('leaves a task unjudged when it names packages that nobody gave', async () => {
    const model = scriptedModel((request) => (readAsked(request).by === 'planner' ? plan : 'const add = (x) => x + 1;'));
    const tasks = parse({ ...check, packages: ['left-pad'] });
    const seen: PairProgress[] = [];
    const onPair = (pair: PairProgress) => seen.push(pair);
    const { rows } = await compareTeams({ tasks, team: pairTeam, model, store: new MemoryStore(), onPair });
    expect(rows).toEqual([]);
    const detail = 'The check names packages (left-pad), and no folder was given to take them from.';
    expect(seen[0]?.arms).toMatchObject([
      { outcome: 'unjudged', detail },
      { outcome: 'unjudged', detail },
    ]);
  });
});

test('what no sandbox could run is refused where it stands', () => {
  expect(() => parse({ ...check, solutionFile: 'a.py' })).toThrow(
    'tasks.jsonl:1 check.solutionFile: "a.py" is no name for javascript: it ends in .js, .mjs, .cjs.',
  );
});
