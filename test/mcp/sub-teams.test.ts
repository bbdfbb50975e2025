/** Two servers of one name, one in a team and one in its sub-team: each role reaches its own team's. */
import { join } from 'node:path';
import { defineTeam, MemoryStore, runTask } from 'planwright';
import { expect, test } from 'vitest';
import { callingModel, linesOf, serverFile, shownTools } from '../support/mcp-run.ts';
import { planText, playModel, step } from '../support/small-team.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const serverWith = (log: string) => ({ command: process.execPath, args: [serverFile('toolbox')], env: { LOG: log } });

function makeTeam(folder: string) {
  return defineTeam({
    name: 'outer',
    roles: {
      high: { instructions: 'You are the high.', tools: ['mcp:box/echo'] },
      pair: {
        description: 'Two.',
        team: {
          roles: {
            low: { instructions: 'You are the low.', tools: ['mcp:box/echo', 'mcp:box/store'] },
            lower: { instructions: 'You are the lower.' },
          },
          mcp: { box: serverWith(join(folder, 'low')) },
        },
      },
    },
    mcp: { box: serverWith(join(folder, 'high')) },
  });
}

test('each role calls the server of its own team', async () => {
  const folder = makeTemporaryFolder();
  const model = playModel(({ schema, role, request }) => {
    if (schema === 'plan') return planText(step('x', 'low'), step('y', 'lower', ['x']));
    if (role === 'lower' || request.prompt.some((message) => message.role === 'tool')) return `${role} is done`;
    return { toolCalls: [{ name: 'box_echo', input: { text: role } }] };
  });
  const plan = { version: 1 as const, task: 't', subtasks: [step('a', 'high'), step('b', 'pair', ['a'])] };
  const result = await runTask({ task: 't', team: makeTeam(folder), model, plan, store: new MemoryStore() });
  expect(result).toMatchObject({ status: 'succeeded', deliverable: 'lower is done' });
  expect(linesOf(join(folder, 'high')).slice(1)).toEqual(['echo high']);
  expect(linesOf(join(folder, 'low')).slice(1)).toEqual(['echo low']);
});

test('one agent alone has the tools of all, and knows the servers apart', async () => {
  const folder = makeTemporaryFolder();
  const model = callingModel({ name: 'box_echo', input: { text: 'up' } }, { name: 'pair_box_echo', input: { text: 'down' } });
  const result = await runTask({ task: 't', team: makeTeam(folder), model, strategy: 'single', store: new MemoryStore() });
  expect(result.status).toBe('succeeded');
  expect(Object.keys(shownTools(model))).toEqual(['box_echo', 'pair_box_echo', 'pair_box_store']);
  expect(linesOf(join(folder, 'high')).slice(1)).toEqual(['echo up']);
  expect(linesOf(join(folder, 'low')).slice(1)).toEqual(['echo down']);
});

test('what a sub-team wants approved is asked about when one agent does all, too', async () => {
  const folder = makeTemporaryFolder();
  const team = makeTeam(folder);
  const model = callingModel({ name: 'pair_box_store', input: { text: 'it' } });
  const careful = { ...team, approvals: { tools: ['mcp:box/store'] } };
  const waiting = await runTask({ task: 't', team: careful, model, strategy: 'single', store: new MemoryStore() });
  expect(waiting).toMatchObject({ status: 'waiting', waiting: [{ kind: 'tool', tool: 'pair_box_store' }] });
  expect(linesOf(join(folder, 'low')).slice(1)).toEqual([]);
});
