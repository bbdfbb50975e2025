/**
 * A team of teams: what each level had to hold, and what one flat plan would have cost.
 * node scripts/with-node.js examples/hierarchy/run.ts [FIELDS] [QUESTIONS]
 */
import { fileURLToPath } from 'node:url';
import { loadTeam, MemoryStore, runTask } from 'planwright';
import { playTeam } from './play-team.ts';

const [fields = 6, questions = 8] = process.argv.slice(2).map(Number);
const { status, deliverable, hierarchy } = await runTask({
  task: 'A survey of all fields.',
  strategy: 'team',
  team: await loadTeam(fileURLToPath(new URL('team.yaml', import.meta.url))),
  model: playTeam(fields, questions),
  store: new MemoryStore(),
});
console.log(`${status}: ${typeof deliverable === 'string' ? deliverable : 'no survey'}`);
for (const { level, runs, leaves, calls, tokens, largestPromptTokens } of hierarchy?.levels ?? [])
  console.log(
    `level ${level}: ${runs} runs, ${leaves} leaves, ${calls} calls, ${tokens} tokens, largest prompt ${largestPromptTokens}`,
  );
if (hierarchy !== undefined) {
  const calls = hierarchy.levels.reduce((sum, level) => sum + level.calls, 0);
  console.log(
    `${calls} calls in ${hierarchy.latencyLevels} rounds; one flat plan: ${hierarchy.flat.calls} in ${hierarchy.flat.latencyLevels}`,
  );
}
