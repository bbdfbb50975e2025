/**
 * What every engine has to do, as cases for any test runner:
 *
 *     for (const { name, run } of listEngineCases(openEngine)) test(name, run);
 */
import assert from 'node:assert/strict';
import { answerRun } from '../answer-run.ts';
import { cancelRun } from '../control-run.ts';
import { PlanwrightError } from '../errors.ts';
import { forkRun } from '../fork-run.ts';
import type { RunResult } from '../run-handle.ts';
import type { RunLimits } from '../team/team.ts';
import type { Engine } from './engine.ts';
import { eventually, type OpenEngine, pause, planned, refined, Stage, step } from './engine-stage.ts';

export interface EngineCase {
  name: string;
  run: () => Promise<void>;
}

export function listEngineCases(open: OpenEngine): EngineCase[] {
  return Object.entries(cases).map(([name, check]) => ({ name, run: () => check(open) }));
}

const cases: Record<string, (open: OpenEngine) => Promise<void>> = {
  async 'a run goes through its plan, and its events come in the order of the journal'(open) {
    const stage = new Stage();
    await using engine = await stage.open(open);
    const handle = engine.start(planned([step('a'), step('b', ['a']), step('c', ['a']), step('d', ['b', 'c'])]));
    const heard: number[] = [];
    for await (const { seq } of handle.events) heard.push(seq);
    const result = await handle;
    assert.equal(result.status, 'succeeded');
    assert.equal(result.deliverable, 'worker did d with [b,c]');
    assert.deepEqual(
      heard,
      (await engine.store.readEvents('r')).map(({ seq }) => seq),
    );
    assert.equal(result.ledger.calls, 4);
  },

  async 'starting a run twice is one run; with another task it is refused'(open) {
    const stage = new Stage();
    await using engine = await stage.open(open);
    const run = planned([step('a'), step('b', ['a'])]);
    await engine.start(run);
    const again = await engine.start(run);
    assert.equal(again.deliverable, 'worker did b with [a]');
    assert.equal(stage.callsOf('a'), 1);
    assert.equal((await engine.store.listRuns()).length, 1);
    await assertRefuses(engine.start({ ...run, task: 'another task' }), 'usage');
  },

  async 'a run that was broken off goes on where it was: what had finished is not done again'(open) {
    const stage = new Stage();
    stage.holdAt('b');
    const first = await stage.open(open);
    const handle = first.start(planned([step('a'), step('b', ['a']), step('c', ['b'])]));
    handle.catch(() => {});
    await stage.reached('b');
    stage.letGo();
    await using engine = stage.wrap(await first.restart());
    const result = await engine.resume('r');
    assert.equal(result.deliverable, 'worker did c with [b]');
    assert.equal(stage.callsOf('a'), 1);
  },

  async 'a plan grows by what is answered, after a restart too'(open) {
    const stage = new Stage();
    // The judge's first call: its instruction names no step.
    stage.holdAt('none');
    const first = await stage.open(open);
    const handle = first.start(refined());
    handle.catch(() => {});
    await stage.reached('none');
    stage.letGo();
    await using engine = stage.wrap(await first.restart());
    const result = await engine.resume('r');
    assert.equal(result.status, 'succeeded');
    assert.deepEqual(
      result.subtasks.map(({ id, status }) => [id, status]),
      ['draft-1', 'critique-1', 'draft-2', 'critique-2'].map((id) => [id, 'succeeded']),
    );
    assert.equal(result.deliverable, 'worker did none with [critique-1,draft-1]');
    assert.equal(stage.callsOf('it'), 1);
  },

  async 'a cancelled run ends, and the call under way is aborted'(open) {
    const stage = new Stage();
    stage.holdAt('a');
    await using engine = await stage.open(open);
    const handle = engine.start(planned([step('a'), step('b', ['a'])]));
    await stage.reached('a');
    await cancelRun(engine.store, 'r', { reason: 'enough' });
    const result = await handle;
    assert.equal(result.status, 'cancelled');
    await eventually(() => stage.aborted.has('a'), 'the call of a was aborted');
    await assertRefuses(cancelRun(engine.store, 'r'), 'run-ended');
  },

  async 'an answer counts that was given while nobody drove the run, and one that was given after a restart'(open) {
    const stage = new Stage();
    let engine = await stage.open(open);
    const waiting = await engine.start(planned([step('a', [], 'careful'), step('b', ['a'], 'careful')]));
    assert.equal(waiting.status, 'waiting');
    await answerRun(engine.store, 'r', { type: 'approve', by: 'ada' });
    engine = stage.wrap(await engine.restart());
    const second = await untilItWaitsFor(engine, 'b');
    assert.deepEqual(
      second.waiting.map(({ subtaskId }) => subtaskId),
      ['b'],
    );
    engine = stage.wrap(await engine.restart());
    await answerRun(engine.store, 'r', { type: 'approve', by: 'bob' });
    await using last = engine;
    assert.equal((await untilItEnds(last)).deliverable, 'careful did b with [a]');
  },

  async 'a tool call waits for a person across a restart, and acts once'(open) {
    const stage = new Stage();
    let engine = await stage.open(open);
    const waiting = await engine.start(planned([step('ship', [], 'operator')]));
    assert.equal(waiting.status, 'waiting');
    assert.deepEqual(stage.acts, []);
    engine = stage.wrap(await engine.restart());
    await answerRun(engine.store, 'r', { type: 'approve', by: 'ada' });
    await using last = engine;
    const ended = await untilItEnds(last);
    assert.equal(ended.status, 'succeeded');
    assert.deepEqual(stage.acts, ['ship']);
  },

  async 'a sub-team is a run of its own; its parent sees the deliverable'(open) {
    const stage = new Stage();
    await using engine = await stage.open(open);
    const result = await engine.start(planned([step('a'), step('both', ['a'], 'pair'), step('end', ['both'])]));
    assert.equal(result.deliverable, 'worker did end with [both]');
    const runs = await engine.store.listRuns({ rootRunId: 'r' });
    assert.equal(runs.length, 2);
    assert.equal(runs.find(({ parentRunId }) => parentRunId === 'r')?.status, 'succeeded');
    assert.equal(result.ledger.calls, (await engine.store.listCalls('r')).filter(({ kind }) => kind === 'model').length);
  },

  async 'a rejected result is a new attempt, told of the verdict; then another role; then a new plan'(open) {
    const stage = new Stage();
    await using engine = await stage.open(open);
    // A plan that is given is never rewritten, so this one is the planner's.
    stage.plan = [step('a'), step('weak', ['a'], 'checker'), step('end', ['weak'])];
    const { plan: _given, ...run } = planned([]);
    const result = await engine.start({ ...run, strategy: 'team', limits: { retries: 1, reroutes: 1, replans: 1 } });
    assert.equal(result.status, 'succeeded');
    assert.equal(result.deliverable, 'worker did end-2 with [instead]');
    assert.deepEqual(
      (await engine.store.listCalls('r')).filter(({ key }) => key.startsWith('r/weak/')).map(({ key, role }) => `${key} ${role}`),
      ['r/weak/1/1 checker', 'r/weak/2/1 checker', 'r/weak/3/1 weak-worker'],
    );
  },

  async 'limits hold: of the run, of a role, of a model'(open) {
    for (const [limits, role, most] of [
      [{ concurrency: 2 }, 'worker', 2],
      [{ concurrency: 8 }, 'single', 1],
      [{ concurrency: 8, perModel: { '*': { concurrency: 3 } } }, 'worker', 3],
    ] as [Partial<RunLimits>, string, number][]) {
      const stage = new Stage({ latencyMs: 30 });
      await using engine = await stage.open(open);
      const width = Array.from({ length: 8 }, (_, at) => step(`s${at}`, [], role));
      const result = await engine.start({
        ...planned([
          ...width,
          step(
            'end',
            width.map(({ id }) => id),
          ),
        ]),
        limits,
      });
      assert.equal(result.status, 'succeeded');
      assert.equal(stage.mostAtOnce, most, JSON.stringify(limits));
    }
  },

  async 'a rate holds over all runs of the store'(open) {
    const stage = new Stage();
    await using engine = await stage.open(open);
    const limits = { perModel: { '*': { requestsPerMinute: 3 } } };
    await engine.start({ ...planned([step('a'), step('b', ['a'])]), limits });
    const second = engine.start({ ...planned([step('c'), step('d', ['c'])]), runId: 'r2', limits });
    await eventually(() => stage.callsOf('c') === 1, 'the third call of the minute was made');
    await pause(300);
    assert.equal(stage.callsOf('d'), 0);
    await cancelRun(engine.store, 'r2');
    assert.equal((await second).status, 'cancelled');
  },

  async 'a budget holds, and a run that has spent it ends with what it has'(open) {
    const stage = new Stage();
    await using engine = await stage.open(open);
    const width = Array.from({ length: 6 }, (_, at) => step(`s${at}`));
    const result = await engine.start({
      ...planned([
        ...width,
        step(
          'end',
          width.map(({ id }) => id),
        ),
      ]),
      limits: { calls: 4, retries: 0, reroutes: 0, replans: 0 },
    });
    assert.equal(result.endReason, 'budget');
    assert.equal(stage.calls, 4);
    assert.equal(result.ledger.calls, 4);
  },

  async 'with one slot, what more waits for goes first'(open) {
    const stage = new Stage();
    await using engine = await stage.open(open);
    const plan = [
      step('short'),
      step('long-1'),
      step('long-2', ['long-1']),
      step('long-3', ['long-2']),
      step('end', ['short', 'long-3']),
    ];
    await engine.start({ ...planned(plan), limits: { concurrency: 1 } });
    assert.deepEqual(stage.order.slice(0, 2), ['long-1', 'long-2']);
  },

  async 'a fork goes on from a prefix of its parent, and leaves the parent as it is'(open) {
    const stage = new Stage();
    await using engine = await stage.open(open);
    const parent = await engine.start(planned([step('a'), step('b', ['a']), step('c', ['b'])]));
    const before = await engine.store.readEvents('r');
    const fork = await forkRun(engine.store, 'r', { before: 'b', runId: 'f' });
    assert.deepEqual(fork.forkedFrom?.runId, 'r');
    const result = await engine.resume('f');
    assert.equal(result.deliverable, parent.deliverable);
    assert.deepEqual([stage.callsOf('a'), stage.callsOf('b'), stage.callsOf('c')], [1, 2, 2]);
    assert.deepEqual(await engine.store.readEvents('r'), before);
    assert.equal(result.ledger.calls, 2);
  },

  async 'a run can be deleted when it has ended, not while it is driven'(open) {
    const stage = new Stage();
    await using engine = await stage.open(open);
    await engine.start(planned([step('both', [], 'pair')]));
    stage.holdAt('slow');
    const held = engine.start({ ...planned([step('slow')]), runId: 'held' });
    await stage.reached('slow');
    await assertRefuses(engine.store.deleteRun('held'), 'run-busy');
    stage.letGo();
    await held;
    assert.equal(await engine.store.deleteRun('r'), true);
    assert.deepEqual(
      (await engine.store.listRuns()).map(({ runId }) => runId),
      ['held'],
    );
    assert.deepEqual(await engine.store.listCalls('r'), []);
    assert.equal(await engine.store.deleteRun('r'), false);
  },

  async 'a large result is stored once, and no event holds it'(open) {
    const stage = new Stage({ answerCharacters: 100_000 });
    await using engine = await stage.open(open);
    const result = await engine.start(planned([step('a'), step('b', ['a'])]));
    assert.equal(typeof result.deliverable === 'string' && result.deliverable.length, 100_000);
    const longest = Math.max(...(await engine.store.readEvents('r')).map((entry) => JSON.stringify(entry).length));
    assert.ok(longest < 5_000, `an event has ${longest} characters`);
  },
};

/** Where workers drive, they may have taken the answer up already. */
async function untilItWaitsFor(engine: Engine, subtaskId: string): Promise<RunResult> {
  for (;;) {
    const result = await engine.resume('r');
    if (result.status !== 'waiting' || result.waiting.some((item) => item.subtaskId === subtaskId)) return result;
    await pause(20);
  }
}

async function untilItEnds(engine: Engine): Promise<RunResult> {
  for (let tries = 0; tries < 200; tries++) {
    const result = await engine.resume('r');
    if (result.status !== 'waiting') return result;
    await pause(20);
  }
  throw new Error('The run goes on waiting.');
}

async function assertRefuses(promise: PromiseLike<unknown>, code: string): Promise<void> {
  await assert.rejects(Promise.resolve(promise), (thrown) => thrown instanceof PlanwrightError && thrown.code === code);
}
