/** The example as its header runs it. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('tests refuse the first, the critic refutes the second with a receipt, the third stands; docs/verification.md shows it', async () => {
  const script = fileURLToPath(new URL('run.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=planwright:source', script]);
  const kinds = stdout.split('\n').filter((line) => /^attempt|^succeeded/.test(line));
  expect(kinds).toEqual([
    'attempt 1: rejected',
    'attempt 2: rejected',
    'attempt 3: accepted',
    'succeeded, 7 calls, 4 of them to verify',
  ]);
  expect(stdout).toContain('receipt: RUN/@critic.0.median/2/1/0');
  const page = await readFile(new URL('../../docs/verification.md', import.meta.url), 'utf8');
  expect(page).toContain(stdout.trimEnd());
});
