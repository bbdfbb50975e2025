/**
 * Tools of an MCP server in a team: `node --conditions=planwright:source examples/tools/run.ts`, in a checkout.
 * The model is scripted; give a model spec as the argument for a real one.
 */
import { fileURLToPath } from 'node:url';
import { answerRun, loadTeam, MemoryStore, resumeRun, runTask } from 'planwright';
import { playRoles } from './scripted-roles.ts';

const team = await loadTeam(fileURLToPath(new URL('team.yaml', import.meta.url)));
const { model, shown } = playRoles();
const store = new MemoryStore();
const options = { model: process.argv[2] ?? model, store, runId: 'shopping', env: { ...process.env, SHOP_KEY: 'demo' } };
const plan = {
  version: 1 as const,
  task: 'Buy tea for a party of four.',
  subtasks: [
    { id: 'offer', role: 'clerk', instruction: 'What do 2 tea and 4 cups cost?', dependsOn: [] },
    { id: 'order', role: 'buyer', instruction: 'Order the cups.', dependsOn: ['offer'] },
  ],
};

const asked = await runTask({ ...options, task: plan.task, team, plan });
for (const item of asked.waiting)
  console.log('waits for a person:', item.kind === 'tool' ? `${item.tool} ${JSON.stringify(item.input)}` : item.kind);
await answerRun(store, options.runId, { type: 'approve', by: 'you' });
const { status, subtasks, ledger } = await resumeRun(options);
for (const [role, tools] of shown) console.log(`${role} was shown: ${tools.join(', ')}`);
for (const { id, output } of subtasks) console.log(`${id}: ${JSON.stringify(output)}`);
console.log(`${status}, ${ledger.calls} model calls, ${ledger.toolCalls} tool calls`);
