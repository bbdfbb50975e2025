/** `planwright store …` and `planwright fork` as a user calls them. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommand, writeDocuments } from './command-process.ts';

const task = 'What are the risks? What are the costs?';

async function makeStore(): Promise<{ folder: string; runId: string }> {
  const folder = makeTemporaryFolder();
  writeDocuments(folder);
  const { stdout } = await runCommand(folder, [
    'run',
    task,
    '--files',
    'docs',
    '--strategy',
    'team',
    '--priority',
    '7',
    '--json',
  ]);
  return { folder, runId: JSON.parse(stdout).runId };
}

test('what is exported by one command is imported by another, from stdin or from a file', async () => {
  const { folder, runId } = await makeStore();
  const exported = await runCommand(folder, ['store', 'export']);
  expect(exported).toMatchObject({ code: 0, stderr: '' });
  const kinds = exported.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).kind);
  expect([kinds[0], kinds[1], kinds.at(-2), kinds.at(-1)]).toEqual(['archive', 'run', 'tree-end', 'end']);
  expect(JSON.parse(exported.stdout.split('\n')[1] ?? '').record.priority).toBe(7);

  const toFile = await runCommand(folder, ['store', 'export', 'last', '--out', 'runs.jsonl']);
  expect(toFile).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(readFileSync(join(folder, 'runs.jsonl'), 'utf8')).toBe(exported.stdout);
  expect(statSync(join(folder, 'runs.jsonl')).mode & 0o777).toBe(0o600);

  const imported = await runCommand(folder, ['store', 'import', '-', '--store', 'copy.db', '--json'], { input: exported.stdout });
  expect(imported).toEqual({
    code: 0,
    stdout: `${JSON.stringify({ imported: [runId], skipped: [] }, null, 2)}\n`,
    stderr: `imported  ${runId}\n`,
  });
  const again = await runCommand(folder, ['store', 'import', 'runs.jsonl', '--store', 'copy.db']);
  expect(again.stdout).toMatch(/^Imported 0 runs into .*copy\.db; 1 run there already\.\n$/);
  const shown = async (store: string[]) => (await runCommand(folder, ['show', runId, '--json', ...store])).stdout;
  expect(await shown(['--store', 'copy.db'])).toBe(await shown([]));
}, 60_000);

test('a damaged archive is refused with file and line, one that can’t be read makes no store', async () => {
  const { folder } = await makeStore();
  await runCommand(folder, ['store', 'export', '--out', 'runs.jsonl']);
  const lines = readFileSync(join(folder, 'runs.jsonl'), 'utf8').split('\n');
  writeFileSync(join(folder, 'cut.jsonl'), lines.slice(0, 4).join('\n'));
  const cut = await runCommand(folder, ['store', 'import', 'cut.jsonl', '--store', 'copy.db', '--json']);
  expect(cut.code).toBe(2);
  expect(JSON.parse(cut.stdout)).toMatchObject({ error: { code: 'archive-invalid', file: 'cut.jsonl', line: 4 } });
  expect((await runCommand(folder, ['runs', '--store', 'copy.db'])).stdout).toBe('');
  await runCommand(folder, ['store', 'import', 'none.jsonl', '--store', 'none.db']);
  await runCommand(folder, ['store', 'import', 'docs', '--store', 'none.db']);
  expect(existsSync(join(folder, 'none.db'))).toBe(false);
}, 60_000);

test('check says what is wrong and where, and ends with 1', async () => {
  const { folder, runId } = await makeStore();
  const well = await runCommand(folder, ['store', 'check']);
  expect(well).toMatchObject({ code: 0, stderr: '' });
  expect(well.stdout).toMatch(/planwright\.db: 1 run, \d+ events, \d+ calls, \d+ values?, 0 files; nothing is wrong\.\n$/);

  const database = new DatabaseSync(join(folder, '.planwright/planwright.db'));
  database.exec("DELETE FROM events WHERE seq = 3; UPDATE calls SET response = '{' WHERE call_key LIKE '%/@plan/1/1'");
  database.close();
  const told = await runCommand(folder, ['store', 'check', '--json']);
  expect(told.code).toBe(1);
  expect(JSON.parse(told.stdout)).toMatchObject({
    ok: false,
    problems: [
      { code: 'events', runId, seq: 4, message: 'event 4 stands where event 3 is due' },
      { code: 'call', runId, callKey: `${runId}/@plan/1/1`, message: 'has a response that is no JSON' },
    ],
  });
  expect((await runCommand(folder, ['store', 'check'])).stdout).toMatch(
    new RegExp(`^events \\(run ${runId}, event 4\\): event 4 stands where event 3 is due\n`),
  );
  writeFileSync(join(folder, 'no.db'), 'this is no store');
  const noStore = await runCommand(folder, ['store', 'check', '--store', 'no.db', '--json']);
  expect(noStore.code).toBe(1);
  expect(JSON.parse(noStore.stdout)).toMatchObject({ ok: false, problems: [{ code: 'file' }] });
}, 60_000);

test('gc removes what ended long ago when it is told to, and says what it would remove', async () => {
  const { folder, runId } = await makeStore();
  const kept = await runCommand(folder, ['store', 'gc', '--keep-days', '1', '--json']);
  expect(JSON.parse(kept.stdout)).toMatchObject({ runs: [], kept: 1, garbage: { values: 0, blobs: 0, bytes: 0 } });
  const dry = await runCommand(folder, ['store', 'gc', '--keep-days', '0', '--dry-run']);
  expect(dry).toMatchObject({ code: 0, stdout: expect.stringMatching(`^Would remove 1 run\\.\n  ${runId}\n`) });
  expect((await runCommand(folder, ['runs', '--json'])).stdout).not.toBe('');
  const gone = await runCommand(folder, ['store', 'gc', '--keep-days', '0']);
  expect(gone).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Removed 1 run\.\nRemoved \d+ values? and 0 files/) });
  expect((await runCommand(folder, ['runs', '--json'])).stdout).toBe('');
}, 60_000);

test('fork goes on from where it is told to, and the report says where that was', async () => {
  const { folder, runId } = await makeStore();
  const unsaid = await runCommand(folder, ['fork', 'last']);
  expect(unsaid).toMatchObject({ code: 2, stderr: expect.stringMatching(/succeeded: say where the fork leaves it/) });
  const made = await runCommand(folder, ['fork', 'last', '--at', '2', '--no-resume', '--json']);
  expect(made.code).toBe(0);
  const { forkedFrom, runId: forkId } = JSON.parse(made.stdout);
  expect(forkedFrom.runId).toBe(runId);
  const listed = await runCommand(folder, ['runs', '--json', '--limit', '1']);
  expect(JSON.parse(listed.stdout)).toMatchObject({ runId: forkId, status: 'interrupted' });
  const driven = await runCommand(folder, ['resume', forkId, '--json']);
  expect(driven.code).toBe(0);
  expect(JSON.parse(driven.stdout)).toMatchObject({ runId: forkId, status: 'succeeded', forkedFrom });
  const whole = await runCommand(folder, ['fork', runId, '--at', '2', '--json']);
  expect(whole.code).toBe(0);
  expect(JSON.parse(whole.stdout)).toMatchObject({ status: 'succeeded', forkedFrom: { runId } });
}, 60_000);

test('a run on SQLite loads nothing of PostgreSQL', async () => {
  const folder = makeTemporaryFolder();
  const hook = join(folder, 'loaded.mjs');
  writeFileSync(
    hook,
    `import { registerHooks } from 'node:module';
     registerHooks({ load: (url, context, next) => { process.stderr.write('loaded ' + url + '\\n'); return next(url, context); } });`,
  );
  const { code, stderr } = await runCommand(folder, ['run', 'What is 6 times 7?'], { env: { NODE_OPTIONS: `--import=${hook}` } });
  expect(code).toBe(0);
  const loaded = stderr.split('\n').filter((line) => line.startsWith('loaded '));
  expect(loaded.length).toBeGreaterThan(100);
  const ofPostgres =
    /node_modules\/(?:pg|pg-[a-z]+|@dbos-inc)\/|src\/engine\/(?:dbos\/|postgres\/(?:index|postgres-(?:connection|store))\.ts)/;
  expect(loaded.filter((line) => ofPostgres.test(line))).toEqual([]);
}, 60_000);

test('without the packages for PostgreSQL its address is an error that says what to install', async () => {
  const folder = makeTemporaryFolder();
  const hook = join(folder, 'without.mjs');
  writeFileSync(
    hook,
    `import { registerHooks } from 'node:module';
     registerHooks({ resolve: (name, context, next) => {
       if (name === 'pg' || name.startsWith('@dbos-inc/')) {
         throw Object.assign(new Error("Cannot find package '" + (name === 'pg' ? name : '@dbos-inc/dbos-sdk') + "' imported from here"), { code: 'ERR_MODULE_NOT_FOUND' });
       }
       return next(name, context);
     } });`,
  );
  const env = { NODE_OPTIONS: `--import=${hook}` };
  for (const args of [
    ['runs', '--store', 'postgres://h/d'],
    ['store', 'init', 'postgres://h/d'],
  ]) {
    const { code, stdout } = await runCommand(folder, [...args, '--json'], { env });
    expect(JSON.parse(stdout).error).toEqual({
      code: 'usage',
      message: 'A store on PostgreSQL needs two packages that are not installed: npm install pg @dbos-inc/dbos-sdk',
    });
    expect(code).toBe(2);
  }
  expect((await runCommand(folder, ['run', 'What is 6 times 7?'], { env })).code).toBe(0);
}, 60_000);

test('a database that can’t be reached is said so, without the password', async () => {
  const folder = makeTemporaryFolder();
  const store = 'postgres://ada:s3cret@127.0.0.1:1/none';
  // Each tries for a while: all at once.
  const asked = [['runs'], ['store', 'check'], ['show', 'last'], ['run', 'What is 6 times 7?']].map(async (args) => {
    const { code, stdout, stderr } = await runCommand(folder, [...args, '--store', store]);
    expect({ args, ok: code === 0 }).toEqual({ args, ok: false });
    expect(`${stdout}${stderr}`).not.toContain('s3cret');
    expect(stderr).toContain('127.0.0.1:1');
  });
  await Promise.all(asked);
}, 120_000);
