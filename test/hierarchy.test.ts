/** Teams within teams, against a real HTTP server that counts for itself. */
import { defineTeam, MemoryStore, runTask } from 'planwright';
import { startScriptedServer } from 'planwright/testing';
import { expect, test } from 'vitest';
import { planText, step } from './support/small-team.ts';

const leafRoles = {
  finder: { description: 'Finds.', instructions: 'You are the finder.' },
  writer: { description: 'Writes.', instructions: 'You are the writer.' },
};
const lower = { name: 'lower', roles: leafRoles };
const middle = { name: 'middle', roles: { lower: { description: 'A team.', team: lower }, writer: leafRoles.writer } };
const top = defineTeam({
  name: 'top',
  roles: { middle: { description: 'A team of teams.', team: middle }, writer: leafRoles.writer },
  limits: { depth: 3 },
});

/** Each level hands the work down once and writes it up; the lowest has two finders. */
function planFor(text: string): string {
  if (text.includes('- middle:')) return planText(step('down-1', 'middle'), step('up-1', 'writer', ['down-1']));
  if (text.includes('- lower:')) return planText(step('down-2', 'lower'), step('up-2', 'writer', ['down-2']));
  return planText(step('find-1'), step('find-2'), step('up-3', 'writer', ['find-1', 'find-2']));
}

test('three levels: the ledger equals the server’s own count, with streaming, retries and failures', async () => {
  let refusals = 0;
  await using server = await startScriptedServer(({ body, text, index }) => {
    if (index % 4 === 1 && refusals < 3) {
      refusals += 1;
      return { status: refusals === 2 ? 500 : 429, retryAfterMs: 1 };
    }
    return body.response_format === undefined ? 'a result' : { text: planFor(text).match(/.{1,20}/g) ?? [] };
  });
  const result = await runTask({ task: 'the task', team: top, model: server.spec, strategy: 'team', store: new MemoryStore() });
  expect(result).toMatchObject({ status: 'succeeded', deliverable: 'a result' });
  const counts = server.counts();
  expect(result.ledger).toMatchObject({
    calls: counts.requests,
    inputTokens: counts.promptTokens,
    outputTokens: counts.completionTokens,
    callsByPurpose: { plan: expect.any(Number), execute: expect.any(Number) },
  });
  const { plan = 0, execute = 0 } = result.ledger.tokensByPurpose;
  expect(plan + execute).toBe(counts.promptTokens + counts.completionTokens);
  expect(Math.min(plan, execute)).toBeGreaterThan(0);
  expect(counts.requests).toBe(8 + 3);
  const nested = result.subtasks.map(({ id, subtasks }) => [
    id,
    subtasks?.map((inner) => [inner.id, inner.subtasks?.map((leaf) => leaf.id)]),
  ]);
  expect(nested).toEqual([
    [
      'down-1',
      [
        ['down-2', ['find-1', 'find-2', 'up-3']],
        ['up-2', undefined],
      ],
    ],
    ['up-1', undefined],
  ]);
});

test('a limit of one attempt at once does not deadlock on composites', { timeout: 10_000 }, async () => {
  await using server = await startScriptedServer(({ body, text }) => (body.response_format === undefined ? 'r' : planFor(text)), {
    latencyMs: 5,
  });
  const result = await runTask({
    task: 't',
    team: top,
    model: server.spec,
    strategy: 'team',
    limits: { concurrency: 1 },
    store: new MemoryStore(),
  });
  expect(result.status).toBe('succeeded');
  expect(server.peakConcurrency()).toBe(1);
});

test('a team deeper than the limit is refused before anything is spent', async () => {
  await using server = await startScriptedServer(() => 'r');
  const run = runTask({
    task: 't',
    team: top,
    model: server.spec,
    strategy: 'team',
    limits: { depth: 2 },
    store: new MemoryStore(),
  });
  await expect(run).rejects.toMatchObject({ code: 'depth-exceeded', message: expect.stringContaining('limits.depth is 2') });
  expect(server.counts().requests).toBe(0);
});

test('one budget holds for the whole tree', async () => {
  await using server = await startScriptedServer(({ body, text }) => (body.response_format === undefined ? 'r' : planFor(text)));
  const result = await runTask({
    task: 't',
    team: top,
    model: server.spec,
    strategy: 'team',
    limits: { calls: 4, replans: 0 },
    store: new MemoryStore(),
  });
  expect(result).toMatchObject({ endReason: 'budget', ledger: { calls: 4 } });
  expect(server.counts().requests).toBe(4);
});

test('the report rolls up every level and holds it against the flat plan', async () => {
  await using server = await startScriptedServer(({ body, text }) => (body.response_format === undefined ? 'r' : planFor(text)));
  const result = await runTask({ task: 't', team: top, model: server.spec, strategy: 'team', store: new MemoryStore() });
  const { hierarchy, ledger } = result;
  expect(hierarchy?.levels.map(({ level, runs, leaves, calls }) => [level, runs, leaves, calls])).toEqual([
    [1, 1, 1, 2],
    [2, 1, 1, 2],
    [3, 1, 3, 4],
  ]);
  expect(hierarchy?.levels.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(ledger.inputTokens + ledger.outputTokens);
  // Three plans and a chain of a find and three writers; the flat plan has one plan and the same chain.
  expect(hierarchy).toMatchObject({ latencyLevels: 3 + 4, flat: { calls: 1 + 5, latencyLevels: 1 + 4 } });
  const [down, up] = result.subtasks;
  expect(down?.promptTokens).toBe(Math.max(...(hierarchy?.levels.slice(1).map((level) => level.largestPromptTokens) ?? [])));
  expect(up?.promptTokens).toBeGreaterThan(0);
});

const brief = { name: 'brief', roles: leafRoles, limits: { calls: 2, replans: 0 } };

test('a sub-team that uses up its own limit fails its subtask; the team above it goes on', async () => {
  await using server = await startScriptedServer(({ body, text }) => {
    if (body.response_format === undefined) return 'a result';
    if (text.includes('- brief:')) return planText(step('deep', 'brief'), step('beside', 'writer'));
    return planText(step('find-1'), step('find-2', 'finder', ['find-1']), step('up', 'writer', ['find-2']));
  });
  const team = defineTeam({
    name: 'above',
    roles: { brief: { description: 'A team.', team: brief }, writer: leafRoles.writer },
    limits: { retries: 0, reroutes: 0, replans: 0 },
  });
  const result = await runTask({ task: 't', team, model: server.spec, strategy: 'team', store: new MemoryStore() });
  expect(result.subtasks.map(({ id, status, error }) => [id, status, error?.code])).toEqual([
    ['deep', 'failed', 'share-spent'],
    ['beside', 'succeeded', undefined],
  ]);
  expect(result.subtasks[0]?.error?.message).toContain('The sub-team "brief" has used 2 calls of its 2 calls');
  expect(result).toMatchObject({ endReason: 'failed-subtasks', ledger: { calls: 4 } });
});

test('a share of the budget is carved from the team above, at every level', async () => {
  await using server = await startScriptedServer(({ body, text }) => (body.response_format === undefined ? 'r' : planFor(text)));
  const shared = defineTeam({
    name: 'top',
    roles: {
      middle: {
        description: 'A team of teams.',
        share: 0.5,
        team: { name: 'middle', roles: { lower: { description: 'A team.', team: lower, share: 0.4 }, writer: leafRoles.writer } },
      },
      writer: leafRoles.writer,
    },
    limits: { depth: 3, calls: 20, retries: 0, reroutes: 0, replans: 0 },
  });
  const result = await runTask({ task: 't', team: shared, model: server.spec, strategy: 'team', store: new MemoryStore() });
  // 20 calls; 10 for the middle; 4 for the lowest, which is what it needs.
  expect(result.status).toBe('succeeded');
  const tight = await runTask({
    task: 't',
    team: shared,
    model: server.spec,
    strategy: 'team',
    limits: { calls: 15 },
    store: new MemoryStore(),
  });
  expect(tight.subtasks[0]?.subtasks?.[0]?.error?.message).toContain('The sub-team "lower" has used 2 calls of its 2 calls');
  expect(tight.endReason).not.toBe('budget');
});
