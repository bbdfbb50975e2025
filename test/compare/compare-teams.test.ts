/** Whole comparisons on a scripted model. */
import { cancelRun, compareTeams, defineTeam, MemoryStore, namedArm, type PairProgress, PlanwrightError } from 'planwright';
import { type ScriptedModel, scriptedModel } from 'planwright/testing';
import { describe, expect, test } from 'vitest';
import { type Asked, answeringModel, makeTasks, pairTeam, plan, readAsked } from './scripted-comparison.ts';

const team = pairTeam;
const compare = (model: ScriptedModel, count: number, more: Partial<Parameters<typeof compareTeams>[0]> = {}) =>
  compareTeams({ tasks: makeTasks(count), team, model, store: new MemoryStore(), ...more });

describe('stopping', () => {
  test('a clear answer ends it, and nothing more is asked', async () => {
    const seen: Asked[] = [];
    const pairs: PairProgress[] = [];
    const model = answeringModel((by) => by === 'team', seen);
    const result = await compare(model, 20, { onPair: (pair) => pairs.push(pair) });
    // 2^d · B(3 + d, 3) ÷ B(3, 3) first reaches 20 at d = 10.
    expect(result).toMatchObject({ stopped: 'decided', pairsPlanned: 20, pairsRun: 10 });
    expect(result.report).toMatchObject({ verdict: 'team', pairs: 10, onlyTeam: 10, onlySingle: 0, method: 'anytime' });
    expect(result.notes).toEqual(['The answer was clear after 10 pairs: 10 of 20 were not needed.']);
    expect(seen).toHaveLength(10 * 4);
    expect(pairs.map(({ task }) => task)).toEqual(Array.from({ length: 10 }, (_, index) => `q${index}`));
    expect(pairs.map(({ ended }) => ended)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(pairs.at(-1)?.eValue).toBe(result.report.eValue);
    expect(pairs.at(-1)?.tokens).toBe(result.rows.reduce((sum, { tokens = 0 }) => sum + tokens, 0));
  });

  test('it can decide for the single agent', async () => {
    const result = await compare(
      answeringModel((by) => by === 'single'),
      20,
    );
    expect(result).toMatchObject({ stopped: 'decided', report: { verdict: 'single', pairs: 10, onlySingle: 10 } });
  });

  test('without a difference every task is run', async () => {
    const model = answeringModel((_, question) => question !== 'q1');
    const result = await compare(model, 4);
    expect(result).toMatchObject({ stopped: 'exhausted', notes: [], pairsRun: 4 });
    expect(result.report).toMatchObject({ verdict: 'undecided', pairs: 4, both: 3, neither: 1, eValue: 1 });
  });

  test('--fixed-n runs every task and takes the classical test', async () => {
    const result = await compare(
      answeringModel((by) => by === 'team'),
      14,
      { fixedN: true },
    );
    expect(result).toMatchObject({ stopped: 'exhausted', pairsRun: 14, report: { verdict: 'team', method: 'fixed', pairs: 14 } });
  });

  test('a smaller alpha asks for more', async () => {
    const result = await compare(
      answeringModel((by) => by === 'team'),
      30,
      { alpha: 0.001 },
    );
    expect(result).toMatchObject({ stopped: 'decided', report: { pairs: 18 } });
  });
});

/** The arms of ten pairs, in the order in which they ran. */
async function drawTen(seed: number): Promise<string[]> {
  const pairs: PairProgress[] = [];
  await compare(
    answeringModel(() => true),
    10,
    { seed, onPair: (pair) => pairs.push(pair) },
  );
  return pairs.map(({ arms }) => arms.map(({ arm }) => arm).join(' '));
}

describe('order and seeds', () => {
  test('each of the two arms goes first in half of the pairs, and every order is the seed’s', async () => {
    const first = await drawTen(1);
    expect(first.filter((arms) => arms === 'single team')).toHaveLength(5);
    expect(first.filter((arms) => arms === 'team single')).toHaveLength(5);
    expect(await drawTen(1)).toEqual(first);
    expect(await drawTen(9)).not.toEqual(first);
  });

  test('all arms of a pair get the same seed, every pair another', async () => {
    const seen: Asked[] = [];
    await compare(
      answeringModel(() => true, seen),
      3,
      { repeats: 2, arms: [namedArm('single'), namedArm('team'), namedArm('cascade')] },
    );
    const seeds = seen.filter(({ by }) => by === 'single' || by === 'writer').map(({ question, seed }) => `${question} ${seed}`);
    // Three tasks, twice, on three arms.
    expect(seeds).toHaveLength(18);
    expect(new Set(seeds).size).toBe(6);
    expect(seen.every(({ seed }) => Number.isInteger(seed))).toBe(true);
  });

  test('repeats come after all tasks', async () => {
    const pairs: PairProgress[] = [];
    const result = await compare(
      answeringModel(() => true),
      2,
      { repeats: 2, onPair: (pair) => pairs.push(pair) },
    );
    expect(pairs.map(({ task, repeat }) => [task, repeat])).toEqual([
      ['q0', 0],
      ['q1', 0],
      ['q0', 1],
      ['q1', 1],
    ]);
    expect(result.rows.map(({ repeat }) => repeat)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });
});

describe('arms', () => {
  test('a cascade goes on to the team where the run’s own checks fail', async () => {
    const arms = ['single', 'team', 'cascade'].map((name) => namedArm(name));
    const model = answeringModel((by, question) => by === 'team' || question === 'q0');
    const tasks = makeTasks(2, { accept: [{ kind: 'predicate', contains: 'right' }] });
    const { report, rows } = await compare(model, 2, { tasks, arms });
    const successes = Object.fromEntries(rows.map(({ arm, task, success }) => [`${arm} ${task}`, success]));
    expect(successes).toEqual({
      'single q0': true,
      'single q1': false,
      'team q0': true,
      'team q1': true,
      'cascade q0': true,
      'cascade q1': true,
    });
    expect(report.others.map(({ arm, onlyTeam }) => [arm, onlyTeam])).toEqual([['cascade', 1]]);
    const tokens = (arm: string, task: string) => rows.find((row) => row.arm === arm && row.task === task)?.tokens ?? 0;
    expect(tokens('cascade', 'q0')).toBe(tokens('single', 'q0'));
    expect(tokens('cascade', 'q1')).toBe(tokens('single', 'q1') + tokens('team', 'q1'));
  });

  test('a named variant runs another team on the same tasks', async () => {
    const other = defineTeam({
      name: 'other',
      roles: { writer: { instructions: 'You are the writer.' }, finder: { instructions: 'You are the finder, differently.' } },
    });
    const model = scriptedModel((request) => {
      const { by, question, text } = readAsked(request);
      if (by === 'planner') return plan;
      if (by === 'finder') return text.includes('differently') ? 'found more' : 'found';
      return text.includes('found more') ? `right ${question}` : 'wrong';
    });
    const arms = [namedArm('single'), namedArm('team'), { name: 'wide', strategy: 'team', team: other } as const];
    const { report } = await compare(model, 2, { arms });
    expect(report.arms.map(({ arm, success }) => [arm, success.k])).toEqual([
      ['single', 0],
      ['team', 0],
      ['wide', 2],
    ]);
  });

  test('a plan of one subtask is told: then the team was one agent', async () => {
    const lone = JSON.stringify({
      subtasks: [{ id: 'a', role: 'writer', instruction: 'All.', dependsOn: [], assumes: [] }],
      deliverable: '',
    });
    const model = scriptedModel((request) => (readAsked(request).by === 'planner' ? lone : 'x'));
    expect((await compare(model, 2)).notes).toEqual([
      'In 2 of 2 pairs the team’s plan was a single subtask, which the generalist did alone.',
    ]);
  });
});

describe('what fails', () => {
  test('a run that fails is its arm’s failure, and an outage is told', async () => {
    const model = scriptedModel((request) => {
      const { by, question } = readAsked(request);
      if (by === 'planner') return plan;
      if (by === 'single' && question === 'q1') throw new Error('refused');
      return by === 'single' && question === 'q2' ? '' : `right ${question}`;
    });
    const { report, notes, rows } = await compare(model, 3);
    expect(report).toMatchObject({ pairs: 3, onlyTeam: 2, both: 1 });
    expect(rows.filter(({ success }) => !success).map(({ arm, task }) => [arm, task])).toEqual([
      ['single', 'q1'],
      ['single', 'q2'],
    ]);
    expect(notes).toEqual([
      'Runs that failed because their model could not be reached count as failures: 1 of single. Another seed runs everything anew.',
    ]);
  });

  test('a run that somebody cancels takes its pair out of the verdict', async () => {
    const store = new MemoryStore();
    const model = scriptedModel(async (request) => {
      const { by, question } = readAsked(request);
      if (by === 'planner') return plan;
      if (by !== 'single' || question !== 'q1') return `right ${question}`;
      const running = (await store.listRuns()).find(({ status }) => status === 'running');
      await cancelRun(store, running?.runId ?? '');
      return { text: 'late', latencyMs: 2000 };
    });
    const { report, pairsRun, notes } = await compare(model, 3, { store });
    expect({ pairs: report.pairs, pairsRun, notes }).toEqual({
      pairs: 2,
      pairsRun: 3,
      notes: ['Left out of the verdict, because single was cancelled: q1.'],
    });
  });

  test.each<[string, Partial<Parameters<typeof compareTeams>[0]>, string, RegExp]>([
    ['no team arm', { arms: [namedArm('single')] }, 'usage', /"team" is missing/],
    ['a team that is none', { team: 'nowhere.yaml' }, 'team-invalid', /There is no team file/],
    ['a tool that is none', { team: defineTeam({ roles: { writer: { tools: ['hammer'] } } }) }, 'tool-unknown', /hammer/],
    ['a model that is none', { model: 'opnai:x' }, 'model-unknown', /opnai/],
    ['no repeats', { repeats: 0 }, 'usage', /^repeats is a whole number from 1 on, not 0\.$/],
    ['a price that is not known', { maxUsd: 5 }, 'model-unpriced', /no known price/],
    [
      'an unpriced model of one variant',
      {
        maxUsd: 5,
        model: 'offline',
        arms: [namedArm('single'), namedArm('team'), { name: 'x', strategy: 'single', model: 'https://example.com/v1#x' }],
      },
      'model-unpriced',
      /example\.com/,
    ],
    ['a seed that is none', { seed: 1.5 }, 'usage', /^seed is a whole number, not 1\.5\.$/],
    ['an alpha that is none', { alpha: 1 }, 'usage', /^alpha is a number between 0 and 1, not 1\.$/],
    ['a negative limit', { maxUsd: -1 }, 'usage', /^maxUsd is an amount/],
    ['no tasks', { tasks: [] }, 'usage', /^There are no tasks/],
    ['an id twice', { tasks: [...makeTasks(2), ...makeTasks(1)] }, 'usage', /^Two tasks have the id "q0"/],
    ['a file that is none', { tasks: 'nowhere.jsonl' }, 'usage', /There is no tasks file/],
  ])('%s ends it before anything is spent', async (_, change, code, message) => {
    const model = answeringModel(() => true);
    const store = new MemoryStore();
    const thrown: unknown = await compare(model, 2, { store, ...change }).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(PlanwrightError);
    expect(thrown).toMatchObject({ code, message: expect.stringMatching(message) });
    expect([model.requests.length, (await store.listRuns()).length]).toEqual([0, 0]);
  });
});

describe('pairs at once', () => {
  test('the evidence is in the order of the tasks, whichever ends first', async () => {
    const options = { isRight: (by: string, question: string) => by === 'team' || question === 'q0' };
    const slow = scriptedModel(
      async (request) => {
        const asked = readAsked(request);
        if (asked.by === 'planner') return { text: plan, latencyMs: asked.question === 'q0' ? 60 : 0 };
        if (asked.by === 'finder') return 'found';
        return options.isRight(asked.by === 'writer' ? 'team' : 'single', asked.question) ? `right ${asked.question}` : 'wrong';
      },
      { latencyMs: 1 },
    );
    const ended: string[] = [];
    const result = await compare(slow, 6, { concurrency: 3, onPair: ({ task }) => ended.push(task) });
    expect(ended).not.toEqual(ended.toSorted());
    expect([...new Set(result.rows.map(({ task }) => task))]).toEqual(['q0', 'q1', 'q2', 'q3', 'q4', 'q5']);
    const alone = await compare(answeringModel(options.isRight), 6);
    expect(result.report.eValue).toBe(alone.report.eValue);
    expect(result.notes).toEqual(['3 pairs ran at once: their times include waiting for each other.']);
  });

  test('a second process on the same comparison is told of the first', async () => {
    const store = new MemoryStore();
    const model = scriptedModel(() => ({ text: plan, latencyMs: 20 }));
    const ended = await Promise.allSettled([compare(model, 2, { store }), compare(model, 2, { store })]);
    expect(ended.map(({ status }) => status).toSorted((a, b) => a.localeCompare(b))).toEqual(['fulfilled', 'rejected']);
    expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'run-busy' } });
  });

  test('what throws stops what is under way', async () => {
    const store = new MemoryStore();
    const put = store.putOutcome.bind(store);
    store.putOutcome = (outcome) =>
      outcome.runId.includes('-q1-') ? Promise.reject(new PlanwrightError('store-failed', 'full')) : put(outcome);
    await expect(
      compare(
        answeringModel(() => true),
        6,
        { store, concurrency: 2 },
      ),
    ).rejects.toMatchObject({ code: 'store-failed' });
  });
});
