/** The example as its header runs it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('the trace is sent while the run goes on and again from the store, and the page is written', async () => {
  const script = fileURLToPath(new URL('run.ts', import.meta.url));
  const page = join(mkdtempSync(join(tmpdir(), 'planwright-')), 'run.html');
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=planwright:source', script, page]);
  const [status, sent] = stdout.split('\n');
  expect(status).toBe('succeeded');
  expect(sent).toMatch(/^live: sent; from the store: [1-9]\d* spans, 0 lost$/);
  expect(readFileSync(page, 'utf8')).toContain('<h2 id="plan-title">Plan</h2>');
});
