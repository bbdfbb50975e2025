/** The example as its header runs it. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('an office asks an archive over A2A', async () => {
  const script = fileURLToPath(new URL('two-teams.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=planwright:source', script], { timeout: 30_000 });
  expect(stdout.trimEnd().split('\n')).toEqual([
    'the card of: research',
    'the office: succeeded, 1 call, cost unknown',
    'cited: true',
    'the archive: a run of its own, succeeded',
    'journaled: a2a:ARCHIVE/a2a',
  ]);
});
