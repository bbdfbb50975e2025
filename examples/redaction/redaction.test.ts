/** The example as its header runs it. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('neither the model nor the store sees what the team redacts; docs/redaction.md shows it', async () => {
  const script = fileURLToPath(new URL('run.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=planwright:source', script]);
  expect(stdout.trimEnd().split('\n')).toEqual([
    'task: What does [customer] want? Report to [email].',
    'result: [customer] wants 30 EUR on [iban]. Answer to [email], with a copy to [email].',
    ...['K-104417', 'DE89 3704', 'ann@example.org', 'bob@example.org', 'office@example.org'].map(
      (secret) => `${secret}: not in the store, not shown to the model`,
    ),
  ]);
  expect(await readFile(new URL('../../docs/redaction.md', import.meta.url), 'utf8')).toContain(stdout.trimEnd());
});
