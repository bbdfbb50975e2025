/**
 * A release that a person watches over. The run ends its drive whenever nothing can go on without an answer; each
 * `resumeRun` could be another process, days later. Run it: node scripts/with-node.js examples/approvals/run.ts
 */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { answerRun, checkPlanText, loadTeam, MemoryStore, resumeRun, runTask, type WaitingItem } from 'planwright';
import { deploy, deployments, playTeam } from './release.ts';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const describe = ({ id, role, tool, input }: WaitingItem): string =>
  tool === undefined ? `${id}: ${role} wants to begin` : `${id}: ${role} wants to call ${tool} with ${JSON.stringify(input)}`;

const { plan } = checkPlanText(readFileSync(here('plan.yaml'), 'utf8'), 'plan.yaml');
if (plan === undefined) throw new Error('plan.yaml is not valid.');
const store = new MemoryStore();
const surroundings = { store, tools: [deploy], model: playTeam() };

let result = await runTask({ ...surroundings, task: plan.task, plan, team: await loadTeam(here('team.yaml')) });
while (result.status === 'waiting') {
  console.log(`waiting\n${result.waiting.map((item) => `  ${describe(item)}`).join('\n')}`);
  for (const item of result.waiting) {
    const isLive = JSON.stringify(item.input ?? null).includes('live');
    const by = 'ada';
    const only = item.id;
    if (isLive) await answerRun(store, result.runId, { type: 'deny', by, only, reason: 'not before Monday' });
    else await answerRun(store, result.runId, { type: 'approve', by, only });
    console.log(`  ${item.id}: ${isLive ? 'refused' : 'approved'}`);
  }
  result = await resumeRun({ ...surroundings, runId: result.runId });
}
console.log(`${result.status}: ${JSON.stringify(result.deliverable)}`);
console.log(`deployed to: ${deployments.join(', ')}`);
