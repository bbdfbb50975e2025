import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { defineTeam, defineTool, runTask } from 'planwright';
import { startScriptedServer } from 'planwright/testing';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { serveHttp } from './support/mcp-http.ts';
import { playModel, smallTeam, step } from './support/small-team.ts';
import { makeTemporaryFolder } from './support/temporary-folder.ts';

test('a secret is used, but stands in no file of the store, no event and no result', async () => {
  await using server = await startScriptedServer(({ headers }, index) =>
    index === 0 ? { status: 400, message: `bad request by ${String(headers['authorization'])}` } : 'fine',
  );
  const url = new URL(server.url);
  const env = { SERVER_HOST: url.host, OPENAI_COMPATIBLE_API_KEY: 'sk-very-secret-key-123' };
  const model = `http://{env:SERVER_HOST}/v1#${server.spec.split('#')[1]}`;
  const folder = makeTemporaryFolder();
  const run = runTask({ task: 't', team: smallTeam, model, strategy: 'single', env, store: folder });
  const events: unknown[] = [];
  for await (const update of run.events) events.push(update);
  const result = await run;
  expect(result.deliverable).toBe('fine');
  expect(server.requests.at(-1)?.headers['authorization']).toBe('Bearer sk-very-secret-key-123');
  const told = JSON.stringify([events, result]);
  const stored = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
  expect(stored.join('')).toContain('{env:SERVER_HOST}');
  for (const text of [told, ...stored]) {
    expect(text).not.toContain('sk-very-secret-key-123');
    expect(text).not.toContain(url.host);
  }
});

/** Whatever is stored: the bytes of every file of the folder, and every cell of every table. */
function readStored(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const bytes = files.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'));
  const cells = files
    .filter(({ name }) => name.endsWith('.db') || name.endsWith('.sqlite'))
    .flatMap((file) => {
      using database = new DatabaseSync(join(file.parentPath, file.name), { readOnly: true });
      const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
      return tables.map(({ name }) => JSON.stringify(database.prepare(`SELECT * FROM "${String(name)}"`).all()));
    });
  expect(cells.length).toBeGreaterThan(3);
  return [...bytes, ...cells];
}

test('what tools, servers and errors echo of keys, headers, passwords and the environment is not stored', async () => {
  await using server = await serveHttp(({ headers }, response) => {
    response.writeHead(500, { 'content-type': 'text/plain' });
    response.end(`refused ${String(headers['authorization'])}`);
  });
  const env = {
    SHOP_TOKEN: 'shop-token-aaaa1111',
    MODEL_KEY: 'model-value-bbbb2222',
    ANTHROPIC_API_KEY: 'anthropic-key-cccc3333',
  };
  const url = 'postgres://planwright:pg-pass-dddd4444@db.example/runs';
  const proxy = 'http://planwright:proxy-pass-eeee5555@proxy.example:3128';
  const echo = defineTool({
    name: 'echo_environment',
    description: 'Echoes.',
    effect: 'read',
    input: z.object({ how: z.string() }),
    execute: ({ how }) => {
      if (how === 'result') return { env, workspace: JSON.stringify(env) };
      throw new Error(
        `connect ECONNREFUSED ${url} through ${proxy} with ${JSON.stringify(env)} and Authorization: Bearer ${env.SHOP_TOKEN}`,
      );
    },
  });
  const team = defineTeam({
    name: 'echoing',
    mcp: { shop: { url: server.url, headers: { Authorization: 'Bearer {env:SHOP_TOKEN}', 'x-key': '{env:MODEL_KEY}' } } },
    roles: {
      shopper: { instructions: 'You are the shopper.', tools: ['mcp:shop/price'] },
      caller: { instructions: 'You are the caller.', tools: ['echo_environment'] },
    },
    limits: { retries: 0, reroutes: 0, replans: 0 },
    workspace: {},
  });
  const model = playModel(({ request }) => {
    const asked = request.prompt.filter(({ role }) => role === 'tool').length;
    if (asked < 2) return { toolCalls: [{ name: 'echo_environment', input: { how: asked === 0 ? 'result' : 'error' } }] };
    return `seen: ${JSON.stringify(request.prompt.filter(({ role }) => role === 'tool'))}`;
  });
  const folder = makeTemporaryFolder();
  const plan = { version: 1 as const, task: 't', subtasks: [step('shop', 'shopper'), step('call', 'caller')] };
  const run = runTask({ task: 't', team, plan, model, env, tools: [echo], store: folder });
  const events: unknown[] = [];
  for await (const update of run.events) events.push(update);
  const result = await run;
  expect(result.subtasks.map(({ id, status }) => [id, status])).toEqual([
    ['shop', 'failed'],
    ['call', 'succeeded'],
  ]);
  const told = JSON.stringify([events, result, model.requests]);
  const stored = readStored(folder);
  expect(stored.join('')).toContain('{env:SHOP_TOKEN}');
  expect(stored.join('')).toContain('ECONNREFUSED');
  for (const secret of ['shop-token-aaaa', 'model-value-bbbb', 'anthropic-key-cccc', 'pg-pass-dddd', 'proxy-pass-eeee'])
    for (const text of [told, ...stored]) expect(text).not.toContain(secret);
});

test('an error of a run’s own parts that holds a password is stored without it', async () => {
  const folder = makeTemporaryFolder();
  const model = playModel(() => {
    throw new Error('proxy http://me:proxy-pass-ffff6666@proxy.example refused, then postgres://me:pg-pass-gggg7777@db/x');
  });
  const result = await runTask({ task: 't', team: smallTeam, model, strategy: 'single', store: folder });
  expect(result.status).toBe('failed');
  const stored = readStored(folder);
  expect(stored.join('')).toContain('proxy.example refused');
  for (const text of [JSON.stringify(result), ...stored]) expect(text).not.toMatch(/pass-(ffff|gggg)/);
});
