/**
 * A team of one's own that follows a pattern.
 * node scripts/with-node.js examples/patterns/run.ts [ROUNDS]
 */
import { fileURLToPath } from 'node:url';
import { loadTeam, MemoryStore, runTask } from 'planwright';
import { playTeam } from './play-team.ts';

const team = await loadTeam(fileURLToPath(new URL('team.yaml', import.meta.url)));
const [, , rounds] = process.argv;
const { status, subtasks, deliverable, ledger } = await runTask({
  task: 'Write a notice: the lift is out of service.',
  team,
  // The team file's own, unless other options are wanted.
  ...(rounds === undefined
    ? { strategy: 'team' }
    : { pattern: { name: 'self-refine', rounds: Number(rounds), author: 'clerk', critic: 'editor' } }),
  model: playTeam(),
  store: new MemoryStore(),
});

for (const { id, role, output } of subtasks) console.log(`${id} (${role}): ${JSON.stringify(output)}`);
console.log(`${status}: ${ledger.calls} calls, ${JSON.stringify(ledger.callsByPurpose)}`);
console.log(deliverable);
