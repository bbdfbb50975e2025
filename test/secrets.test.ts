import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTask } from 'planwright';
import { startScriptedServer } from 'planwright/testing';
import { expect, test } from 'vitest';
import { smallTeam } from './support/small-team.ts';
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
