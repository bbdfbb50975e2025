/**
 * A process that holds a run on PostgreSQL: `node postgres-holder.ts URL RUN_ID LIFETIME_MS`. It says `held`, then, at each line
 * that it reads, appends the next event and says `appended` or the error's code.
 */
import { createInterface } from 'node:readline';
import { openPostgresStore } from '../../src/engine/postgres/index.ts';
import { makeEntries } from '../../src/engine/store-records.ts';
import { PlanwrightError } from '../../src/errors.ts';

const [url = '', runId = '', lifetimeMs = ''] = process.argv.slice(2);
const store = await openPostgresStore(url, { lifetimeMs: Number(lifetimeMs) });
const lease = await store.acquireLease(runId);
lease.lost.addEventListener('abort', () => process.stdout.write('lost\n'));
process.stdout.write('held\n');

for await (const line of createInterface({ input: process.stdin })) {
  const seq = Number(line);
  const said = await store.appendEvents(runId, makeEntries(seq, seq)).then(
    () => 'appended',
    (thrown: unknown) => (thrown instanceof PlanwrightError ? thrown.code : String(thrown)),
  );
  process.stdout.write(`${said}\n`);
}
await store.close();
