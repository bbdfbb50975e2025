/** The description of the API is a valid one, is whole, and types the client. */
import { Validator } from '@seriousme/openapi-schema-validator';
import type { Hono } from 'hono';
import { MemoryStore, type RunReport } from 'planwright';
import { type ApiFailure, createClient } from 'planwright/client';
import { expect, test } from 'vitest';
import { apiRoutes } from '../../src/server/app.ts';
import { describeApi } from '../../src/server/openapi-document.ts';
import { operations } from '../../src/server/operations.ts';
import { pacedModel, planOf, smallDefinition, step } from './played-team.ts';
import { serve, token, until } from './serving.ts';

test('the document is valid OpenAPI', async () => {
  const document = describeApi('1.2.3');
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  const text = JSON.stringify(document);
  const named = new Set([...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
  for (const name of named) expect(document.components.schemas).toHaveProperty(name ?? '');
  expect([...text.matchAll(/"\$ref":"([^"]+)"/g)].filter(([, ref]) => ref?.startsWith('#/components/schemas/') !== true)).toEqual(
    [],
  );
});

test('every route is described, and everything described is a route', async () => {
  const context = { store: new MemoryStore(), info: {}, teams: new Map(), filesRoots: [] } as unknown as Parameters<
    typeof apiRoutes
  >[0];
  const sessions = { credentials: {}, cookieName: () => '' } as unknown as Parameters<typeof apiRoutes>[1];
  const routes: Hono['routes'] = apiRoutes(context, sessions).routes;
  const served = new Set(routes.map(({ method, path }) => `${method} ${path}`));
  const described = new Set(operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`));
  expect([...served].toSorted()).toEqual([...described].toSorted());
  expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
});

test('the typed client starts a run, answers for it, and reads it', async () => {
  await using serving = await serve({ means: { model: pacedModel().model } });
  const { api } = createClient(serving.url, { token });
  const started = await api.runs.$post({ json: { plan: planOf(step('a')), team: smallDefinition, approve: true } });
  const { runId } = await started.json();
  const read = async (): Promise<RunReport> => (await api.runs[':runId'].$get({ param: { runId } })).json();
  await until(async () => (await read()).status === 'waiting');
  const answered = await api.runs[':runId'].approve.$post({ param: { runId }, json: { decision: 'approve' } });
  expect((await answered.json()).answered.map(({ kind }) => kind)).toEqual(['plan']);
  await until(async () => (await read()).status === 'succeeded');
  const detail = await api.runs[':runId'].subtasks.$get({ param: { runId }, query: { path: ['a'] } });
  expect((await detail.json()).attempts.map(({ outcome }) => outcome)).toEqual(['accepted']);
  const { runs } = await (await api.runs.$get({ query: { limit: '5', status: 'succeeded' } })).json();
  expect(runs.map((run) => run.runId)).toEqual([runId]);
  const { ok } = await (await api.plans.check.$post({ json: { plan: planOf(step('a')) } })).json();
  expect(ok).toBe(true);

  const stranger = createClient(serving.url, { token: 'not-the-right-token' });
  const refused = await stranger.api.runs.$get({ query: {} });
  expect(refused.ok).toBe(false);
  const failure: ApiFailure = JSON.parse(await refused.text());
  expect(failure.error.code).toBe('unauthorized');
});
