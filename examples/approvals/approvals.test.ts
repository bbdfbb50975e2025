/** The example as its header runs it. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('staging is approved, live is refused, and the announcement is approved', async () => {
  const script = fileURLToPath(new URL('run.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=planwright:source', script]);
  expect(stdout.split('\n')).toEqual([
    'waiting',
    '  deploy#1/1/0: operator wants to call deploy with {"servers":"staging"}',
    '  deploy#1/1/1: operator wants to call deploy with {"servers":"live"}',
    '  deploy#1/1/0: approved',
    '  deploy#1/1/1: refused',
    'waiting',
    '  announce#1: announcer wants to begin',
    '  announce#1: approved',
    'succeeded: "Version 2 is on the staging servers; it has two defects less."',
    'deployed to: staging',
    '',
  ]);
});
