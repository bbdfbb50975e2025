/** --max-usd: what is spent stays below it, and what it cut off does not count. */
import { compareTeams, defineTeam, MemoryStore, type PairProgress } from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { describe, expect, test } from 'vitest';
import { makeTasks, pairDefinition, pairTeam, plan, readAsked } from './scripted-comparison.ts';

/** At gpt-4o's prices a call of 1,000 tokens in and 1,000 out; the limiter sets aside some 0.01 USD before each. */
const callUsd = 0.0125;
const pairUsd = 4 * callUsd;
const rounding = 1e-9;

function pricedModel(answer: (by: string, question: string) => string = (_, question) => `right ${question}`) {
  const model = scriptedModel((request) => {
    const { by, question } = readAsked(request);
    const usage = { inputTokens: 1000, outputTokens: 1000 };
    return { text: by === 'planner' ? plan : by === 'grader' ? '{"reason":"x","pass":true}' : answer(by, question), usage };
  });
  return { ...model, provider: 'openai.chat', modelId: 'gpt-4o' };
}

async function spend(maxUsd: number | undefined, more: Partial<Parameters<typeof compareTeams>[0]> = {}) {
  const pairs: PairProgress[] = [];
  const model = pricedModel();
  const store = new MemoryStore();
  const result = await compareTeams({
    tasks: makeTasks(10),
    team: pairTeam,
    model,
    store,
    ...(maxUsd === undefined ? {} : { maxUsd }),
    onPair: (pair) => pairs.push(pair),
    ...more,
  });
  return { result, pairs, calls: model.requests.length, store };
}

describe('without a limit', () => {
  test('every call’s cost is told, and what is left of it', async () => {
    const { result, pairs } = await spend(undefined);
    expect(result.spentUsd).toBeCloseTo(10 * pairUsd, 9);
    expect(result.rows.find(({ arm }) => arm === 'team')?.usd).toBeCloseTo(3 * callUsd, 9);
    expect(result.rows.find(({ arm }) => arm === 'single')?.usd).toBeCloseTo(callUsd, 9);
    expect(pairs[3]?.spentUsd).toBeCloseTo(4 * pairUsd, 9);
    expect(pairs[3]?.left?.usd).toBeCloseTo(6 * pairUsd, 9);
    expect(pairs[3]?.left?.pairs).toBe(6);
  });
});

describe('a pair is begun only if one more fits', () => {
  test.each([
    [0.2, 4],
    [0.249, 4],
    [0.26, 5],
  ])('%d USD', async (maxUsd, pairs) => {
    const { result, calls } = await spend(maxUsd);
    expect(result).toMatchObject({ stopped: 'max-usd', pairsRun: pairs });
    expect(calls).toBe(4 * pairs);
    expect(result.spentUsd).toBeLessThanOrEqual(maxUsd + rounding);
    expect(result.notes[0]).toBe(`The limit of ${maxUsd} US dollars ended it after ${pairs} of 10 pairs.`);
  });

  test('enough is enough', async () => {
    expect((await spend(1)).result).toMatchObject({ stopped: 'exhausted', pairsRun: 10 });
  });
});

describe('a run that would cost too much', () => {
  test('is ended by it, its pair is left out, and nothing more is begun', async () => {
    // Less than one team’s run may take beside what its next call sets aside.
    const { result, calls } = await spend(0.04);
    expect(result).toMatchObject({ stopped: 'max-usd', pairsRun: 0, rows: [], report: { verdict: 'undecided', pairs: 0 } });
    expect(result.spentUsd).toBeLessThanOrEqual(0.04);
    expect(calls).toBeGreaterThan(0);
    expect(result.notes).toEqual([
      'The limit of 0.04 US dollars ended it after 0 of 10 pairs.',
      'Left out of the verdict, because the limit on money cut a run of it off: q0.',
    ]);
  });

  test('the team’s own budget is its own failure', async () => {
    const poor = defineTeam({ ...pairDefinition, limits: { ...pairDefinition.limits, usd: 0.03 } });
    const { result } = await spend(5, { team: poor, tasks: makeTasks(3) });
    expect(result).toMatchObject({ stopped: 'exhausted', report: { pairs: 3, onlySingle: 3 } });
  });

  test('with more money the same command goes on from there, and the cut run is made anew', async () => {
    const { store, calls } = await spend(0.04);
    const again = await spend(0.04, { store });
    expect([again.calls, again.result.stopped]).toEqual([0, 'max-usd']);
    const more = await spend(1, { store, tasks: makeTasks(1) });
    expect(more.result).toMatchObject({ stopped: 'exhausted', report: { pairs: 1, both: 1 } });
    // Paid for twice: the cut run and the new one.
    expect(more.result.spentUsd).toBeCloseTo((calls + more.calls) * callUsd, 9);
    expect((await store.listRuns()).map(({ runId }) => runId).filter((runId) => runId.endsWith('-again2'))).toHaveLength(1);
  });
});

test('stopped and given more, nothing that has ended is asked again', async () => {
  const first = await spend(0.2);
  const more = await spend(0.4, { store: first.store });
  expect(first.result.pairsRun).toBe(4);
  expect(more.result).toMatchObject({ stopped: 'max-usd', pairsRun: 8 });
  expect(more.calls).toBe(4 * 4);
  expect(more.result.spentUsd).toBeCloseTo(8 * pairUsd, 9);
  expect(more.pairs.at(3)?.left).toBeNull();
});

test('pairs at once stay below it together', async () => {
  const { result } = await spend(0.55, { concurrency: 4 });
  expect(result.stopped).toBe('max-usd');
  expect(result.spentUsd).toBeLessThanOrEqual(0.55);
  expect(result.pairsRun).toBeGreaterThan(3);
});

test('gradings are paid from it too', async () => {
  const { result } = await spend(0.36, { tasks: makeTasks(10, { check: { rubric: 'x' } }) });
  expect(result.grading.usd).toBeCloseTo(result.pairsRun * 2 * callUsd, 9);
  expect(result.spentUsd).toBeCloseTo(result.pairsRun * 6 * callUsd, 9);
  expect(result).toMatchObject({ stopped: 'max-usd', pairsRun: 4 });
});

test('a model that costs nothing runs on nothing', async () => {
  const { result } = await spend(0, { model: 'offline', tasks: makeTasks(2) });
  expect(result).toMatchObject({ stopped: 'exhausted', spentUsd: 0, pairsRun: 2 });
});

test('an interrupted run that may cost more than is left is made anew', async () => {
  const store = new MemoryStore();
  const interrupt = new AbortController();
  const model = pricedModel();
  const stopping = scriptedModel(() => {
    interrupt.abort();
    return 'never';
  });
  const options = { tasks: makeTasks(1), team: pairTeam, store };
  const halted = await compareTeams({
    ...options,
    model: { ...stopping, provider: 'openai.chat', modelId: 'gpt-4o' },
    signal: interrupt.signal,
  });
  expect(halted).toMatchObject({ stopped: 'interrupted', pairsRun: 0 });
  const result = await compareTeams({ ...options, model, maxUsd: 0.5 });
  expect(result).toMatchObject({ stopped: 'exhausted', pairsRun: 1 });
  expect(result.spentUsd).toBeLessThanOrEqual(0.5);
  expect((await store.listRuns()).filter(({ runId }) => runId.endsWith('-again2'))).toHaveLength(1);
});
