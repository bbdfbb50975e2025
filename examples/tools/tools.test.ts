/** The example as its header runs it. */
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('the clerk sees prices, the buyer orders once a person has approved', async () => {
  const script = fileURLToPath(new URL('run.ts', import.meta.url));
  // The server is started with the `node` that is found on the PATH.
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` };
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=planwright:source', script], {
    env,
    timeout: 15_000,
  });
  expect(stdout.trimEnd().split('\n')).toEqual([
    'waits for a person: shop_order {"thing":"cup","count":4}',
    'clerk was shown: calc, shop_price',
    'buyer was shown: shop_order',
    'offer: "2 × tea and 4 × cup: 57 EUR."',
    'order: "Ordered: 4 × cup."',
    'succeeded, 5 model calls, 5 tool calls',
  ]);
});
