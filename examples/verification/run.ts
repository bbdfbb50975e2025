/**
 * A function that fails its tests, one that passes them and is refuted by a critic, and one that stands.
 * node scripts/with-node.js examples/verification/run.ts
 */
import { fileURLToPath } from 'node:url';
import { loadTeam, MemoryStore, runTask } from 'planwright';
import { playTeam } from './play-team.ts';

const task = 'Write median(numbers), for a list of at least one.';
const run = runTask({
  task,
  plan: { version: 1, task, subtasks: [{ id: 'median', role: 'coder', instruction: task, dependsOn: [] }] },
  team: await loadTeam(fileURLToPath(new URL('team.yaml', import.meta.url))),
  model: playTeam(),
  store: new MemoryStore(),
});
for await (const { event } of run.events) {
  if (event.type !== 'verdict-given') continue;
  console.log(`attempt ${event.attempt}: ${event.verdict.kind}`);
  for (const { check, passed, detail, receipts = [] } of event.verdict.evidence) {
    const [reason] = detail.split('\nIn ');
    console.log(`  ${check} ${passed ? 'passed' : 'did not pass'}: ${reason}`);
    for (const key of receipts) console.log(`  receipt: ${key.replace(run.runId, 'RUN')}`);
  }
}
const { status, ledger } = await run;
console.log(`${status}, ${ledger.calls} calls, ${ledger.callsByPurpose.verify ?? 0} of them to verify`);
