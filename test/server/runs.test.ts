/** Runs by the API: started, answered, cancelled, resumed, forked, listed and told. */
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cancelRun, MemoryStore, openStore, type RunReport, runTask, type SubtaskHistory } from 'planwright';
import { followRun } from 'planwright/client';
import { describe, expect, test } from 'vitest';
import { lookTool, storingModel, storingTeam } from '../support/storing-team.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { nestedDefinition, pacedModel, planOf, smallDefinition, step, wide } from './played-team.ts';
import { type Serving, serve, token, until } from './serving.ts';

const reportOf = async ({ ask }: Serving, runId: string) => (await ask('GET', `/api/runs/${runId}`)).json as RunReport;
const codeOf = ({ status, json }: { status: number; json: unknown }) =>
  `${status} ${(json as { error: { code: string } }).error.code}`;

async function start(serving: Serving, body: object): Promise<string> {
  const { status, json, text } = await serving.ask('POST', '/api/runs', { body });
  expect({ status, text: status === 201 ? '' : text }).toEqual({ status: 201, text: '' });
  const { runId, drivenBy } = json as { runId: string; drivenBy: string };
  expect(drivenBy).toBe('server');
  return runId;
}

const ended = (serving: Serving, runId: string) =>
  until(async () => !['running', 'waiting', 'interrupted'].includes((await reportOf(serving, runId)).status));

describe('a run', () => {
  test('is started, followed, approved with an edited plan, and ends', async () => {
    const { model } = pacedModel();
    await using serving = await serve({ means: { model } });
    const runId = await start(serving, {
      task: 'the task',
      team: smallDefinition,
      plan: planOf(step('a'), step('b', 'writer', ['a'])),
      approve: true,
    });
    await until(async () => (await reportOf(serving, runId)).status === 'waiting');
    expect((await reportOf(serving, runId)).waiting).toMatchObject([{ kind: 'plan', id: 'plan' }]);
    const edited = planOf(step('a'), step('c', 'checker', ['a']), step('b', 'writer', ['c']));
    const wrong = await serving.ask('POST', `/api/runs/${runId}/approve`, {
      body: { decision: 'approve', plan: planOf(step('a', 'nobody', ['a'])) },
    });
    expect(codeOf(wrong)).toBe('422 plan-invalid');
    expect((wrong.json as { error: { problems: { code: string }[] } }).error.problems.map(({ code }) => code)).toEqual([
      'unknown-role',
      'self-dependency',
    ]);
    const answered = await serving.ask('POST', `/api/runs/${runId}/approve`, { body: { decision: 'approve', plan: edited } });
    expect(answered).toMatchObject({ status: 202, json: { runId, drivenBy: 'server', answered: [{ kind: 'plan' }] } });
    await ended(serving, runId);
    const report = await reportOf(serving, runId);
    expect(report).toMatchObject({ status: 'succeeded', deliverable: 'writer did b' });
    expect(report.subtasks.map(({ id, status }) => [id, status])).toEqual([
      ['a', 'succeeded'],
      ['c', 'succeeded'],
      ['b', 'succeeded'],
    ]);
    const events = (await serving.server.store.readEvents(runId)).map(({ event }) => event);
    expect(events.find(({ type }) => type === 'plan-approved')).toMatchObject({ by: 'a person at the web app' });
    expect(codeOf(await serving.ask('POST', `/api/runs/${runId}/approve`, { body: { decision: 'approve' } }))).toBe(
      '409 run-ended',
    );
    expect(serving.errors).toEqual([]);
  });

  test('is refused by a person, with a reason', async () => {
    await using serving = await serve({ means: { model: pacedModel().model } });
    const runId = await start(serving, { task: 'the task', team: smallDefinition, plan: planOf(step('a')), approve: true });
    await until(async () => (await reportOf(serving, runId)).status === 'waiting');
    const path = `/api/runs/${runId}/approve`;
    expect(codeOf(await serving.ask('POST', path, { body: { decision: 'deny' } }))).toBe('400 malformed');
    expect(codeOf(await serving.ask('POST', path, { body: { decision: 'deny', reason: 'no', only: 'nothing' } }))).toBe(
      '400 usage',
    );
    expect((await serving.ask('POST', path, { body: { decision: 'deny', reason: 'too dear' } })).status).toBe(202);
    await ended(serving, runId);
    expect(await reportOf(serving, runId)).toMatchObject({
      status: 'failed',
      endReason: 'plan-refused',
      detail: expect.stringContaining('too dear'),
    });
  });

  test('is cancelled while it runs, and cannot be cancelled twice', async () => {
    await using serving = await serve({ means: { model: pacedModel({ held: ['b'] }).model } });
    const runId = await start(serving, {
      task: 'the task',
      team: smallDefinition,
      plan: planOf(step('a'), step('b', 'writer', ['a'])),
    });
    expect(codeOf(await serving.ask('POST', `/api/runs/${runId}/resume`))).toBe('409 run-busy');
    expect(await serving.ask('POST', `/api/runs/${runId}/cancel`, { body: { reason: 'enough' } })).toMatchObject({
      status: 202,
      json: { runId, outcome: 'requested' },
    });
    await ended(serving, runId);
    expect(await reportOf(serving, runId)).toMatchObject({ status: 'cancelled', endReason: 'cancelled' });
    expect(codeOf(await serving.ask('POST', `/api/runs/${runId}/cancel`))).toBe('409 run-ended');
    expect(codeOf(await serving.ask('POST', `/api/runs/${runId}/resume`))).toBe('409 run-ended');
  });

  test('that its server left is interrupted, and goes on at the next one', async () => {
    const path = makeTemporaryFolder();
    const first = await serve({ store: path, means: { model: pacedModel({ held: ['b'] }).model } });
    const runId = await start(first, {
      task: 'the task',
      team: smallDefinition,
      plan: planOf(step('a'), step('b', 'writer', ['a'])),
    });
    await until(async () => (await reportOf(first, runId)).subtasks[0]?.status === 'succeeded');
    const messages: string[] = [];
    const leaving = new AbortController();
    const following = (async () => {
      for await (const { name } of followRun({ url: first.url, runId, token, signal: leaving.signal, retryMs: 50 }))
        messages.push(name);
    })().catch((thrown: unknown) => thrown);
    await until(() => messages.length > 3);
    await first.server.close();
    leaving.abort();
    const store = await openStore(path);
    expect((await store.getRun(runId))?.status).toBe('running');
    expect(await store.isDriven(runId)).toBe(false);
    await store.close();

    const paced = pacedModel();
    await using second = await serve({ store: path, means: { model: paced.model } });
    const listed = await second.ask('GET', '/api/runs');
    expect(listed.json).toMatchObject({ runs: [{ runId, status: 'interrupted' }], next: null });
    expect(await second.ask('POST', `/api/runs/${runId}/resume`)).toMatchObject({
      status: 202,
      json: { runId, drivenBy: 'server' },
    });
    await ended(second, runId);
    expect(await reportOf(second, runId)).toMatchObject({ status: 'succeeded', deliverable: 'writer did b' });
    // What was done before is not done again.
    expect(paced.model.requests).toHaveLength(1);
    expect(first.errors).toEqual([]);
    await following;
  });

  test('that is forked runs next to its parent, and what differs is told', async () => {
    await using serving = await serve({ means: { model: pacedModel().model } });
    const runId = await start(serving, {
      task: 'the task',
      team: smallDefinition,
      plan: planOf(step('a'), step('b', 'checker', ['a']), step('c', 'writer', ['b'])),
    });
    await ended(serving, runId);
    const forked = await serving.ask('POST', `/api/runs/${runId}/fork`, { body: { before: 'b' } });
    expect(forked).toMatchObject({ status: 201, json: { drivenBy: 'server', forkedFrom: { runId, seq: expect.any(Number) } } });
    const { runId: forkId, forkedFrom } = forked.json as { runId: string; forkedFrom: { seq: number } };
    await ended(serving, forkId);
    const { json } = await serving.ask('GET', `/api/runs/${runId}/diff/${forkId}`);
    expect(json).toMatchObject({
      sharedEvents: forkedFrom.seq,
      runs: { one: { runId, calls: 3 }, other: { runId: forkId, calls: 2 } },
      subtasks: [
        { id: 'a', differs: false, other: { tokens: 0 } },
        { id: 'b', differs: false },
        { id: 'c', differs: false },
      ],
    });
    const left = await serving.ask('POST', `/api/runs/${runId}/fork`, { body: { atSeq: 2, resume: false } });
    expect(left).toMatchObject({ status: 201, json: { drivenBy: 'nobody', forkedFrom: { runId } } });
    const changed = await serving.ask('POST', `/api/runs/${runId}/fork`, {
      body: { before: 'b', change: { instruction: 'do otherwise', role: 'finder' } },
    });
    const { runId: changedId } = changed.json as { runId: string };
    await ended(serving, changedId);
    expect((await serving.ask('GET', `/api/runs/${runId}/diff/${changedId}`)).json).toMatchObject({
      subtasks: [
        { id: 'a', differs: false },
        { id: 'b', differs: true, other: { role: 'finder', instruction: 'do otherwise' } },
        { id: 'c' },
      ],
    });
    const lost = { before: 'b', change: { model: 'nobody:nothing' } };
    const runsBefore = (await serving.server.store.listRuns()).length;
    expect(codeOf(await serving.ask('POST', `/api/runs/${runId}/fork`, { body: lost }))).toBe('422 model-unknown');
    expect((await serving.server.store.listRuns()).length).toBe(runsBefore);
    for (const body of [
      { atSeq: 999 },
      { before: 'nothing' },
      { atSeq: 2, before: 'b' },
      {},
      { atSeq: 2, change: { role: 'writer' } },
      { before: 'b', change: {} },
      { before: 'b', change: { role: 'stranger' } },
    ]) {
      expect({ body, code: codeOf(await serving.ask('POST', `/api/runs/${runId}/fork`, { body })) }).toEqual({
        body,
        code: '400 usage',
      });
    }
    expect(codeOf(await serving.ask('GET', `/api/runs/${runId}/diff/none`))).toBe('404 run-unknown');
  });

  test('that another process drives is told as driven elsewhere', async () => {
    const path = makeTemporaryFolder();
    const store = await openStore(path);
    const { model, release } = pacedModel({ held: ['a'] });
    await using serving = await serve({ store: path });
    const running = runTask({
      task: 'the task',
      team: storingTeam,
      plan: planOf(step('a')) as never,
      model,
      tools: [lookTool],
      store,
      runId: 'elsewhere',
    });
    await until(async () => (await serving.ask('GET', '/api/runs/elsewhere')).status === 200);
    expect(codeOf(await serving.ask('POST', '/api/runs/elsewhere/resume'))).toBe('409 run-busy');
    release();
    await running;
    expect((await reportOf(serving, 'elsewhere')).status).toBe('succeeded');
    await store.close();
  });
});

const costIn = (files: string) => ({ task: 'What is the cost?', files, strategy: 'single' });

describe('what can be asked for', () => {
  test('a wrong start is an answer, not a run', async () => {
    await using serving = await serve();
    const wrong: [object, string][] = [
      [{}, '400 usage'],
      [{ task: '  ' }, '400 usage'],
      [{ task: '' }, '400 malformed'],
      [{ task: 'x', team: 'nobody' }, '422 team-invalid'],
      [{ task: 'x', team: '/etc/passwd' }, '422 team-invalid'],
      [{ task: 'x', team: { roles: {} } }, '422 team-invalid'],
      [{ task: 'x', team: { roles: { a: { team: '../other.yaml' } } } }, '422 team-invalid'],
      [{ task: 'x', team: { roles: { a: { tools: ['mcp:sh/run'] } }, mcp: { sh: { command: 'sh' } } } }, '422 team-invalid'],
      [
        {
          task: 'x',
          team: { roles: { b: { team: { roles: { a: { tools: ['mcp:sh/run'] } }, mcp: { sh: { command: 'sh' } } } } } },
        },
        '422 team-invalid',
      ],
      [{ task: 'x', model: 'nobody:nothing' }, '422 model-unknown'],
      [{ task: 'x', strategy: 'best' }, '400 malformed'],
      [{ task: 'x', limits: { usd: -1 } }, '400 malformed'],
      [{ task: 'x', limits: { forever: true } }, '400 malformed'],
      [{ task: 'x', plan: planOf(step('a', 'finder', ['b'])) }, '422 plan-invalid'],
      [{ task: 'x', team: smallDefinition, plan: planOf(step('a', 'stranger')) }, '422 plan-invalid'],
      [{ task: 'x', plan: planOf(step('a')), strategy: 'single' }, '400 usage'],
      [{ task: 'x', priority: -1 }, '400 malformed'],
      [{ task: 'x', runId: 'mine' }, '400 malformed'],
      [{ task: 'x', files: '.' }, '400 path-outside-root'],
    ];
    for (const [body, code] of wrong) {
      expect({ body, code: codeOf(await serving.ask('POST', '/api/runs', { body })) }).toEqual({ body, code });
    }
    expect((await serving.ask('GET', '/api/runs')).json).toEqual({ runs: [], next: null });
    expect(serving.errors).toEqual([]);
  });

  test('files lie below the operator’s folders, links followed', async () => {
    const outside = makeTemporaryFolder();
    const roots = [join(makeTemporaryFolder(), 'one'), join(makeTemporaryFolder(), 'two')];
    for (const root of roots) mkdirSync(join(root, 'docs'), { recursive: true });
    writeFileSync(join(roots[1] ?? '', 'docs/a.md'), 'The cost is 3 EUR.\n');
    mkdirSync(join(roots[1] ?? '', 'only-here'));
    symlinkSync(outside, join(roots[0] ?? '', 'way-out'));
    await using serving = await serve({ filesRoots: roots });
    for (const files of ['..', '../three', '/etc', outside, 'way-out', 'docs/../../x', 'docs/\0']) {
      const answer = await serving.ask('POST', '/api/runs', { body: costIn(files) });
      expect({ files, status: answer.status }).toEqual({ files, status: 400 });
    }
    // What a link leads to is not told.
    const followed = await serving.ask('POST', '/api/runs', { body: costIn('way-out') });
    expect(followed.text).not.toContain(realpathSync(outside));
    for (const files of ['docs', 'only-here', join(roots[1] ?? '', 'docs')]) {
      const runId = await start(serving, costIn(files));
      await ended(serving, runId);
      expect((await reportOf(serving, runId)).status).not.toBe('running');
    }
  });

  test('an operator’s team goes by its name', async () => {
    const folder = makeTemporaryFolder();
    writeFileSync(join(folder, 'own.json'), JSON.stringify({ ...smallDefinition, name: 'own' }));
    await using serving = await serve({ teams: [join(folder, 'own.json')], means: { model: pacedModel().model } });
    expect((await serving.ask('GET', '/api/server')).json).toMatchObject({
      version: '1.2.3',
      model: 'custom:model',
      store: 'memory',
      app: false,
      teams: [
        { name: 'own', roles: [{ name: 'finder' }, { name: 'checker' }, { name: 'writer' }] },
        { name: 'report' },
        { name: 'research' },
      ],
    });
    const runId = await start(serving, { plan: planOf(step('a')), team: 'own' });
    await ended(serving, runId);
    expect(await reportOf(serving, runId)).toMatchObject({ task: 'the task', deliverable: 'finder did a' });
  });

  test('no more runs at once than allowed', async () => {
    const { model, release } = pacedModel({ held: ['a'] });
    await using serving = await serve({ maxRuns: 1, means: { model } });
    const body = { plan: planOf(step('a')), team: smallDefinition };
    const runId = await start(serving, body);
    expect(codeOf(await serving.ask('POST', '/api/runs', { body }))).toBe('503 busy');
    release();
    await ended(serving, runId);
    await until(async () => (await serving.ask('POST', '/api/runs', { body })).status === 201);
  });
});

describe('the list', () => {
  test('goes page by page, and finds by text and status', async () => {
    const store = new MemoryStore();
    await using serving = await serve({ store, means: { model: pacedModel().model } });
    const ids: string[] = [];
    for (const task of ['Count the SHEEP', 'Count the goats', 'Feed the sheep', 'Sleep']) {
      ids.unshift(await start(serving, { task, team: smallDefinition, plan: planOf(step('a')), approve: task === 'Sleep' }));
      await until(async () => (await reportOf(serving, ids[0] ?? '')).status !== 'running');
    }
    const list = async (query: string) => {
      const { runs, next } = (await serving.ask('GET', `/api/runs?${query}`)).json as {
        runs: { runId: string }[];
        next: string | null;
      };
      return { runs: runs.map(({ runId }) => ids.indexOf(runId)), next };
    };
    expect((await list('')).runs.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    const { runs: order } = await list('');
    const first = await list('limit=3');
    expect(first).toEqual({ runs: order.slice(0, 3), next: ids[order[2] ?? 0] });
    expect(await list(`limit=3&before=${first.next ?? ''}`)).toEqual({ runs: order.slice(3), next: null });
    expect((await list('search=sheep')).runs.toSorted((a, b) => a - b)).toEqual([1, 3]);
    expect((await list('status=waiting')).runs).toEqual([0]);
    await cancelRun(store, ids[0] ?? '');
    expect((await list('status=waiting')).runs).toEqual([]);
    expect((await list('status=cancelled&search=SLEEP')).runs).toEqual([0]);
  });
});

describe('a subtask', () => {
  test('is told attempt by attempt: what it was told to the letter, what it called, the verdict', async () => {
    const model = storingModel();
    const store = new MemoryStore();
    await runTask({ task: 'Store it.', team: storingTeam, tools: [lookTool], model, strategy: 'team', store, runId: 'stored' });
    await using serving = await serve({ store });
    const detail = async (...path: string[]) =>
      (await serving.ask('GET', `/api/runs/stored/subtasks?${path.map((id) => `path=${id}`).join('&')}`)).json as SubtaskHistory;
    const prompts = model.requests.map(({ prompt }) => prompt);
    const wasSent = (context: { instructions: string; prompt: string } | null) =>
      prompts.some(
        ([system, user]) =>
          system?.content === context?.instructions &&
          Array.isArray(user?.content) &&
          user.content.some((part) => part.type === 'text' && part.text === context?.prompt),
      );

    const check = await detail('check-a');
    expect(check.attempts.map(({ attempt, role, outcome }) => [attempt, role, outcome])).toEqual([
      [1, 'checker', 'rejected'],
      [2, 'writer', 'accepted'],
    ]);
    expect(check.attempts[0]?.verdict).toMatchObject({ kind: 'rejected', evidence: [{ check: 'predicate', passed: false }] });
    expect(check.attempts.map(({ context }) => wasSent(context))).toEqual([true, true]);
    expect(check.attempts[1]?.context?.prompt).toContain('<feedback>');
    expect(check.attempts[0]?.handoffs).toMatchObject([{ from: 'find-a', mode: 'whole' }]);

    const find = await detail('find-a');
    expect(find.attempts[0]?.calls.map(({ kind, name, input }) => [kind, name, input])).toEqual([
      ['model', expect.any(String), null],
      ['tool', 'look', { at: 'find-a' }],
      ['model', expect.any(String), null],
    ]);

    const together = await detail('together');
    expect(together.attempts).toMatchObject([{ context: null, calls: [], subRunId: 'stored.together.1' }]);
    const part = await detail('together', 'part-2');
    expect(part).toMatchObject({ runId: 'stored.together.1', path: ['together', 'part-2'], status: 'succeeded' });
    expect(part.attempts.map(({ context }) => wasSent(context))).toEqual([true]);

    for (const path of ['path=nothing', 'path=find-a&path=x', 'path=__proto__']) {
      expect({ path, code: codeOf(await serving.ask('GET', `/api/runs/stored/subtasks?${path}`)) }).toEqual({
        path,
        code: '404 not-found',
      });
    }
    expect(codeOf(await serving.ask('GET', '/api/runs/stored/subtasks'))).toBe('400 malformed');
    const below = '/api/runs/stored.together.1';
    expect(codeOf(await serving.ask('GET', `${below}/events`))).toBe('400 usage');
    expect((await serving.ask('GET', below)).json).toMatchObject({ runId: 'stored.together.1', status: 'succeeded' });
    for (const what of ['cancel', 'fork']) expect(codeOf(await serving.ask('POST', `${below}/${what}`))).toBe('400 usage');

    const { calls } = (await serving.ask('GET', '/api/runs/stored/calls')).json as { calls: { runId: string; kind: string }[] };
    expect(calls).toHaveLength((await store.listCalls('stored')).length);
    expect(new Set(calls.map(({ runId }) => runId))).toEqual(new Set(['stored', 'stored.together.1']));
    expect(codeOf(await serving.ask('GET', '/api/runs/none/calls'))).toBe('404 run-unknown');
  });
});

describe('plans', () => {
  test('are checked as the command checks them, against a team’s roles or a run’s', async () => {
    await using serving = await serve({ means: { model: pacedModel().model } });
    const check = async (body: object) => (await serving.ask('POST', '/api/plans/check', { body })).json;
    expect(await check({ plan: wide(6), workers: 2 })).toMatchObject({
      ok: true,
      problems: [],
      shape: { subtasks: 6, depth: 2, makespanMs: { workers: 0 } },
    });
    expect(await check({ plan: planOf(step('a', 'cook')), team: smallDefinition })).toMatchObject({
      ok: false,
      problems: [{ code: 'unknown-role', subtaskId: 'a', path: 'subtasks.0.role' }],
    });
    expect(await check({ plan: planOf(step('a', 'cook')), team: 'research' })).toMatchObject({ ok: false });
    expect(await check({ plan: 7 })).toMatchObject({ ok: false, problems: [{ code: 'malformed' }], shape: null });
    expect(await check({ plan: null })).toMatchObject({ ok: false });
    const runId = await start(serving, { plan: planOf(step('a')), team: nestedDefinition });
    expect(await check({ plan: planOf(step('a', 'pair')), runId })).toMatchObject({ ok: true });
    expect(await check({ plan: planOf(step('a', 'checker')), runId })).toMatchObject({ ok: false });
    for (const [body, code] of [
      [{ plan: {}, runId: 'none' }, '404 run-unknown'],
      [{ plan: {}, team: 'none' }, '422 team-invalid'],
      [{ plan: {}, team: 'research', runId }, '400 malformed'],
      [{ plan: {}, workers: 0 }, '400 malformed'],
    ] as const) {
      expect(codeOf(await serving.ask('POST', '/api/plans/check', { body }))).toBe(code);
    }
  });
});
