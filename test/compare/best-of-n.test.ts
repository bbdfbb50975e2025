/** best-of-n: as many tries of the single agent as the team's tokens allow, picked by the run's own checks. */
import { type ArmDefinition, compareTeams, MemoryStore, namedArm, type PairProgress } from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { expect, test } from 'vitest';
import { type Asked, makeTasks, pairTeam, plan, readAsked } from './scripted-comparison.ts';

const each = 100;
const accept = [{ kind: 'predicate', contains: 'right' }];

/**
 * Every call takes 100 tokens, so the team takes 300. The single agent answers by the number of the try, counted from 1
 * for each question after its first answer, which is the arm `single`'s.
 */
async function compareTries(
  answer: (attempt: number, question: string) => string,
  {
    n,
    checks = accept,
    count = 1,
    teamTokens = 3 * each,
  }: { n?: number; checks?: object[]; count?: number; teamTokens?: number } = {},
) {
  const seen: Asked[] = [];
  const store = new MemoryStore();
  const pairs: PairProgress[] = [];
  const model = scriptedModel((request) => {
    const asked = readAsked(request);
    const inputTokens = asked.by === 'writer' ? teamTokens - 2 * each : each;
    const usage = { inputTokens, outputTokens: 0 };
    if (asked.by === 'planner') return { text: plan, usage };
    if (asked.by === 'finder') return { text: 'found', usage };
    if (asked.by === 'writer') return { text: `right ${asked.question}`, usage };
    seen.push(asked);
    const isBestOfN = seen.filter(({ question }) => question === asked.question).length;
    return { text: answer(isBestOfN, asked.question), usage };
  });
  const arms: ArmDefinition[] = [
    namedArm('single'),
    namedArm('team'),
    { name: 'best', strategy: 'best-of-n', ...(n === undefined ? {} : { n }) },
  ];
  const result = await compareTeams({
    tasks: makeTasks(count, { accept: checks }),
    team: pairTeam,
    model,
    store,
    arms,
    onPair: (pair) => pairs.push(pair),
  });
  const best = result.rows.filter(({ arm }) => arm === 'best').map(({ success, tokens }) => ({ success, tokens }));
  const runs = (await store.listRuns()).map(({ runId }) => runId).filter((runId) => runId.includes('-best-'));
  return { result, best, runs: runs.toSorted(), seen, store, pairs };
}

test('wrong answers are tried again until the team’s tokens are used up', async () => {
  const { best, runs, seen } = await compareTries(() => 'wrong');
  expect(best).toEqual([{ success: false, tokens: 3 * each }]);
  expect(runs.map((runId) => runId.replace(/^cmp-[0-9a-f]+-/, ''))).toEqual([
    'q0-best-0-try1',
    'q0-best-0-try2',
    'q0-best-0-try3',
  ]);
  // One of `single`, three tries, each with another seed; the first try has the seed of `single`.
  const seeds = seen.map(({ seed }) => seed);
  expect(seeds).toHaveLength(4);
  expect(new Set(seeds).size).toBe(3);
});

test('the first accepted answer is picked and ends it', async () => {
  const { best, runs, result } = await compareTries((attempt) => (attempt === 3 ? 'right q0' : 'wrong'));
  expect(runs).toHaveLength(2);
  expect(best).toEqual([{ success: true, tokens: 2 * each }]);
  expect(result.notes).toEqual([]);
});

test('what is accepted may still be wrong: the held-out check picks nothing', async () => {
  const { best, runs } = await compareTries(() => 'right away');
  expect(runs).toHaveLength(1);
  expect(best).toEqual([{ success: false, tokens: each }]);
});

test('a further try has to fit as the mean of those before', async () => {
  expect((await compareTries(() => 'wrong', { teamTokens: 399 })).runs).toHaveLength(3);
  expect((await compareTries(() => 'wrong', { teamTokens: 400 })).runs).toHaveLength(4);
});

test('one try is made even when the team took less', async () => {
  const { best } = await compareTries(() => 'wrong', { teamTokens: 2 * each });
  expect(best).toEqual([{ success: false, tokens: 2 * each }]);
});

test('n bounds the tries, 20 by default', async () => {
  expect((await compareTries(() => 'wrong', { n: 2 })).runs).toHaveLength(2);
  expect((await compareTries(() => 'wrong', { teamTokens: 1000 * each })).runs).toHaveLength(20);
});

test('without accept checks the first answer is taken, and that is said', async () => {
  const { best, result } = await compareTries(() => 'wrong', { checks: [], count: 2 });
  expect(best).toEqual([
    { success: false, tokens: each },
    { success: false, tokens: each },
  ]);
  expect(result.notes).toEqual([
    'best had nothing to pick by, because the tasks have no accept checks: it took the first answer there, as single does.',
  ]);
});

test('it runs behind the team in every pair, and the evidence knows its tries from the arm', async () => {
  const { pairs, store } = await compareTries((attempt) => (attempt === 3 ? 'right q0' : 'wrong'), { count: 6 });
  expect(pairs).toHaveLength(6);
  for (const { arms } of pairs) {
    const order = arms.map(({ arm }) => arm);
    expect(order.indexOf('best')).toBeGreaterThan(order.indexOf('team'));
  }
  const outcomes = (await store.listOutcomes())
    .filter(({ runId }) => runId.includes('-q0-best-'))
    .toSorted((a, b) => a.runId.slice(-4).localeCompare(b.runId.slice(-4)));
  const facts = outcomes.map(({ runId, arm, label, pair, propensity, tokens }) => [
    runId.slice(-4),
    arm,
    label,
    pair?.pairId ?? null,
    propensity,
    tokens,
  ]);
  expect(facts).toEqual([
    ['try1', 'best', { success: false, source: 'run' }, null, null, each],
    ['try2', 'best', { success: true, source: 'held-out' }, 'q0/0', 1, 2 * each],
  ]);
});
