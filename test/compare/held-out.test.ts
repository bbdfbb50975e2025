/** A held-out check is seen by no arm: not in a prompt, not in a journal, not in anything stored with its runs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareTeams, namedArm, openSqliteStore, parseComparisonTasks, type Store } from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { pairTeam, plan, readAsked } from './scripted-comparison.ts';

const secret = 'heldoutsecret';
const checks = [
  { exact: `${secret} 1` },
  { regex: `${secret}|answer` },
  { contains: ['answer'], notContains: secret },
  { schema: { type: 'string', description: secret } },
  { rubric: `It says answer, not ${secret}.` },
  [{ number: 4 }, { exact: secret }],
];
const tasks = parseComparisonTasks(
  checks
    .map((check, index) =>
      JSON.stringify({
        id: `q${index}`,
        task: `Question q${index}`,
        check,
        accept: [{ kind: 'predicate', contains: 'answer 4' }],
      }),
    )
    .join('\n'),
  { file: 'tasks.jsonl' },
);

async function dumpRun(store: Store, runId: string): Promise<string> {
  return JSON.stringify([await store.getRun(runId), await store.readEvents(runId), await store.listCalls(runId)]);
}

test('no run of an arm holds it', async () => {
  const folder = makeTemporaryFolder();
  const prompts: string[] = [];
  const model = scriptedModel((request) => {
    const asked = readAsked(request);
    if (asked.by === 'grader') return '{"reason":"It does.","pass":true}';
    prompts.push(JSON.stringify(request));
    if (asked.by === 'planner') return plan;
    // The first try of a best-of-n is refused by the run's own check.
    return asked.by === 'single' && prompts.length % 2 === 0 ? 'no' : 'answer 4';
  });
  const arms = ['single', 'team', 'cascade', 'best-of-n'].map((name) => namedArm(name));
  const result = await compareTeams({ tasks, team: pairTeam, model, store: join(folder, 'runs.db'), arms });
  expect(result.pairsRun).toBe(6);
  const store = await openSqliteStore(join(folder, 'runs.db'));
  const runs = await store.listRuns();
  const ofArms = runs.filter(({ runId }) => !runId.includes('-check-'));
  expect(ofArms.length).toBeGreaterThanOrEqual(6 * 4);
  for (const { runId } of ofArms) expect(await dumpRun(store, runId)).not.toContain(secret);
  const graded = runs.filter(({ runId }) => runId.includes('-check-'));
  expect(graded.length).toBeGreaterThan(0);
  for (const { runId } of graded) expect(await dumpRun(store, runId)).toContain(secret);
  await store.close();
  expect(prompts.length).toBeGreaterThanOrEqual(6 * 4);
  expect(prompts.filter((prompt) => prompt.includes(secret))).toEqual([]);
});

test('without a rubric it is nowhere in the store', async () => {
  const folder = makeTemporaryFolder();
  const model = scriptedModel((request) => (readAsked(request).by === 'planner' ? plan : 'answer 4'));
  const unrated = tasks.filter(({ check }) => check.every(({ kind }) => kind !== 'rubric'));
  const result = await compareTeams({ tasks: unrated, team: pairTeam, model, store: join(folder, 'runs.db') });
  expect(result.pairsRun).toBe(5);
  const bytes = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'));
  expect(bytes.join('')).toContain('answer 4');
  expect(bytes.join('')).not.toContain(secret);
});
