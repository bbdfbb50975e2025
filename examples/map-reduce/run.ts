/**
 * A list that comes at run time, one subtask for each of its items, and a subtask that puts their results together.
 * node scripts/with-node.js examples/map-reduce/run.ts [PARTS]
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkPlanText, loadTeam, MemoryStore, runTask } from 'planwright';
import { playTeam } from './play-team.ts';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const { plan } = checkPlanText(readFileSync(here('plan.yaml'), 'utf8'), 'plan.yaml');
if (plan === undefined) throw new Error('plan.yaml is not valid.');
const team = await loadTeam(here('team.yaml'));
const parts = Number(process.argv[2] ?? 12);
const { status, subtasks, deliverable, ledger } = await runTask({
  task: plan.task,
  plan,
  team,
  model: playTeam(parts),
  store: new MemoryStore(),
});

const items = subtasks.filter(({ itemOf }) => itemOf === 'each');
console.log(`${status}: ${subtasks.length - items.length} subtasks and ${items.length} items, ${ledger.calls} calls`);
for (const { id, output } of items.slice(0, 2)) console.log(`${id}: ${JSON.stringify(output)}`);
console.log(`deliverable: ${JSON.stringify(deliverable)}`);
for (const [mode, { count, tokens }] of Object.entries(ledger.handoffsByMode))
  console.log(`${mode}: ${count} handoffs, ${tokens} tokens`);
const failure = subtasks.find(({ status: of }) => of === 'failed')?.error?.message;
if (failure !== undefined) console.log(failure);
