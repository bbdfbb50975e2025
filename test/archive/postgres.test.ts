/** Runs go to PostgreSQL and back, and nothing of them changes on the way. */
import { join } from 'node:path';
import {
  checkStore,
  exportRuns,
  importRuns,
  initStore,
  MemoryStore,
  openSqliteStore,
  openStore,
  retainRuns,
  type Store,
} from 'planwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../cli/command-process.ts';
import { keepRuns, keptRuns } from '../support/kept-runs.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { readAll } from './read-all.ts';

const { skip, because } = postgresAvailability();

async function move(from: Store, to: Store): Promise<void> {
  const lines = exportRuns(from);
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const line of lines) yield Buffer.from(line);
  }
  expect((await importRuns(to, bytes())).imported).toEqual(keptRuns);
}

describe.skipIf(skip)(`with PostgreSQL${because}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(async () => server.remove());

  test('memory → SQLite → PostgreSQL → SQLite', async () => {
    const first = new MemoryStore();
    await keepRuns(first);
    const kept = await readAll(first);
    const folder = makeTemporaryFolder();
    const second = await openSqliteStore(join(folder, 'second.db'));
    await move(first, second);
    const url = server.urlOf('moved');
    expect(await initStore(url)).toMatchObject({ fromVersion: 0, version: expect.any(Number) });
    const third = await openStore(url);
    await move(second, third);
    expect(await readAll(third)).toEqual(kept);
    expect(await checkStore(third)).toMatchObject({ ok: true, problems: [], counts: { runs: kept.length } });
    const fourth = await openSqliteStore(join(folder, 'fourth.db'));
    await move(third, fourth);
    expect(await readAll(fourth)).toEqual(kept);

    const { removed } = await retainRuns(third, { keepDays: 0 });
    expect(removed).toEqual(['stored', 'ported']);
    await third.collectGarbage({ minAgeMs: 0 });
    expect(await checkStore(third)).toMatchObject({ ok: true, problems: [] });
    for (const store of [second, third, fourth]) await store.close();
  }, 120_000);

  test('every command takes its address, after `store init` and not before; no password is shown', async () => {
    const folder = makeTemporaryFolder();
    const url = server.urlOf('commands').replace('postgres://postgres@', 'postgres://postgres:s3cret@');
    const at = (...args: string[]) => runCommand(folder, [...args, '--store', url]);
    const missing = await at('runs');
    expect(missing.code).toBe(2);
    expect(missing.stderr).toMatch(/planwright store init/);
    const made = await runCommand(folder, ['store', 'init', url]);
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Made postgres:\/\/postgres@.*, a store of version \d+\.\n$/),
    });
    const again = await runCommand(folder, ['store', 'init', url]);
    expect(again.stdout).toMatch(/is a store of this version \(\d+\) already\.\n$/);
    const said = [made, again];
    for (const args of [
      ['run', 'What is 6 times 7?', '--priority', '3'],
      ['runs'],
      ['show', 'last'],
      ['resume', 'last'],
      ['store', 'check'],
      ['store', 'gc'],
      ['gate', 'explain', 'What is 6 times 7?'],
      ['gate', 'label', 'last', 'right'],
      ['fork', 'last', '--at', '1'],
      ['store', 'export', '--out', 'runs.jsonl'],
    ]) {
      const ended = await at(...args);
      expect({ args, ...ended }).toMatchObject({ args, code: 0 });
      said.push(ended);
    }
    expect(JSON.stringify(said)).not.toContain('s3cret');
  }, 180_000);
});
