/** What a comparison leaves for later decisions: one outcome a run, labeled by the held-out check. */
import { compareTeams, MemoryStore } from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { expect, test } from 'vitest';
import { makeTasks, pairTeam, plan, readAsked } from './scripted-comparison.ts';

const tokens = (list: { runId?: string; tokens?: number }[]) => new Map(list.map((item) => [item.runId, item.tokens]));

test('each run of a pair is kept with its label, its pair and its class', async () => {
  const store = new MemoryStore();
  const model = scriptedModel((request) => {
    const { by, question } = readAsked(request);
    if (by === 'planner') return plan;
    if (by === 'single' && question === 'q1') return '';
    return by === 'writer' ? `right ${question}` : 'wrong';
  });
  const { comparisonId, rows } = await compareTeams({
    tasks: makeTasks(2, { class: 'questions' }),
    team: pairTeam,
    model,
    store,
  });
  const outcomes = await store.listOutcomes();
  const facts = outcomes.map(({ arm, label, pair, propensity, taskClass, team }) => ({
    arm,
    label,
    pair,
    propensity,
    taskClass,
    team,
  }));
  const fact = (arm: string, question: string, success: boolean) => ({
    arm,
    label: { success, source: 'held-out' },
    pair: { comparisonId, pairId: `${question}/0` },
    propensity: 1,
    taskClass: 'questions',
    team: 'pair',
  });
  const sorted = facts.toSorted((a, b) => `${a.pair?.pairId}${a.arm}`.localeCompare(`${b.pair?.pairId}${b.arm}`));
  expect(sorted).toEqual([
    fact('single', 'q0', false),
    fact('team', 'q0', true),
    fact('single', 'q1', false),
    fact('team', 'q1', true),
  ]);
  expect(tokens(outcomes)).toEqual(tokens(rows));
});

test('run again, nothing is counted twice', async () => {
  const store = new MemoryStore();
  const model = scriptedModel((request) => (readAsked(request).by === 'planner' ? plan : 'x'));
  const options = { tasks: makeTasks(3), team: pairTeam, model, store };
  await compareTeams(options);
  const before = await store.listOutcomes();
  await compareTeams({ ...options, tasks: makeTasks(4) });
  const after = await store.listOutcomes();
  expect([before.length, after.length]).toEqual([6, 8]);
});
