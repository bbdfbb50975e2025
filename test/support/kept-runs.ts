/** Runs of every kind in one store: sub-teams, a replan, large values, workspaces, what waits for a person, a fork. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineTeam, forkRun, runTask, type Store } from 'planwright';
import { acts, idOf, isFirstStep, planOf, tools } from '../approvals/setting.ts';
import { playModel, readCall, step } from './small-team.ts';
import { lookTool, storingModel, storingTeam } from './storing-team.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

/** Ids of the outermost runs that `keepRuns` makes, oldest first. */
export const keptRuns = ['stored', 'ported', 'asked', 'forked'];

export async function keepRuns(store: Store): Promise<void> {
  const stored = { team: storingTeam, tools: [lookTool], model: storingModel(), strategy: 'team' as const, store };
  await runTask({ ...stored, task: 'Store it.', runId: 'stored' });
  await keepWorkspaceRun(store);
  await keepWaitingRun(store);
  await forkRun(store, 'stored', { before: 'report-2', runId: 'forked' });
}

async function keepWorkspaceRun(store: Store): Promise<void> {
  const files = join(makeTemporaryFolder(), 'files');
  mkdirSync(files);
  writeFileSync(join(files, 'a.txt'), 'one\ntwo\n');
  const coder = { description: 'Codes.', instructions: 'You are the coder.', tools: ['workspace', 'files'] };
  const team = defineTeam({ name: 'porting', workspace: {}, roles: { coder }, limits: { replans: 0 } });
  const model = playModel((call) => {
    if (!isFirstStep(call)) return 'done';
    const input = { path: `${idOf(call)}.txt`, content: `made by ${idOf(call)}\n` };
    return { toolCalls: [{ name: 'write_file', input }] };
  });
  const plan = planOf(step('first', 'coder'), step('second', 'coder', ['first']));
  await runTask({ task: 'the task', team, plan, files, model, store, runId: 'ported' });
}

async function keepWaitingRun(store: Store): Promise<void> {
  const operator = { description: 'Operates.', instructions: 'You are the operator.', tools: ['deploy'] };
  const builder = { description: 'Builds.', instructions: 'You are the builder.' };
  const crew = { name: 'crew', roles: { operator, builder }, limits: { replans: 0 } };
  const team = defineTeam({
    name: 'top',
    roles: { crew: { description: 'A crew.', team: crew }, operator },
    approvals: { tools: ['deploy'] },
    limits: { replans: 0 },
  });
  const model = playModel((call) => {
    if (call.schema === 'plan')
      return JSON.stringify({ subtasks: [step('live', 'operator'), step('tell', 'builder')], deliverable: '' });
    if (readCall(call.request).role === 'operator' && isFirstStep(call)) {
      return { toolCalls: [{ name: 'deploy', input: { to: idOf(call) } }] };
    }
    return `${call.role} did ${idOf(call)}`;
  });
  const plan = planOf(step('outer', 'crew'), step('own', 'operator'));
  await runTask({ task: 'the task', team, tools, store, model, plan, runId: 'asked' });
  await store.sendSignal('asked', { type: 'approve', by: 'ada', request: { subtaskId: 'own', attempt: 1, call: '1/0' } });
  acts.length = 0;
}
