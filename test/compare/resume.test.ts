/** An interrupted comparison, taken up by the same command: nothing that was answered is asked again. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareTeams, openSqliteStore } from 'planwright';
import { type ScriptedServer, startScriptedServer } from 'planwright/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCommand } from '../cli/command-process.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { makeTasks, pairTeam, pairTeamYaml, plan } from './scripted-comparison.ts';

const taskCount = 4;
/** A planner, a finder and a writer; one call of the single agent. */
const callsPerPair = 4;

let folder = '';
let server: ScriptedServer;
/** The call that never gets an answer; what hangs counts as asked. */
let hangsAt: number | null = null;

beforeEach(async () => {
  folder = makeTemporaryFolder();
  hangsAt = null;
  server = await startScriptedServer(({ body, text }, index) => {
    if (index === hangsAt) return { hang: true };
    if (body.response_format?.type === 'json_schema') return plan;
    const question = /Question (q\d+)/.exec(text)?.[1] ?? '';
    return text.includes('You are the finder') ? 'found' : `right ${question}`;
  });
});

afterEach(() => server.close());

const options = () => ({ tasks: makeTasks(taskCount), team: pairTeam, model: server.spec, store: join(folder, 'runs.db') });

describe('interrupted by its signal', () => {
  test.each([0, 2, 5, 6, 15])('in call %d', async (call) => {
    hangsAt = call;
    const interrupt = new AbortController();
    const comparing = compareTeams({ ...options(), signal: interrupt.signal });
    await server.received(call + 1);
    interrupt.abort();
    const halted = await comparing;
    expect(halted.stopped).toBe('interrupted');
    expect(halted.pairsRun).toBe(Math.floor(call / callsPerPair));
    expect(halted.notes).toEqual([
      `It was interrupted after ${halted.pairsRun} of ${taskCount} pairs; the same command goes on from there.`,
    ]);
    hangsAt = null;
    const resumed = await compareTeams(options());
    expect(resumed).toMatchObject({ stopped: 'exhausted', pairsRun: taskCount, comparisonId: halted.comparisonId });
    // One more than without the interruption: the call that was under way.
    expect(server.requests).toHaveLength(taskCount * callsPerPair + 1);
    expect(resumed.rows.every(({ success }) => success)).toBe(true);
    const again = await compareTeams(options());
    expect(again).toEqual(resumed);
    expect(server.requests).toHaveLength(taskCount * callsPerPair + 1);
  });
});

test('interrupted before it began, nothing is asked and nothing kept', async () => {
  const result = await compareTeams({ ...options(), signal: AbortSignal.abort() });
  expect(result).toMatchObject({ stopped: 'interrupted', pairsRun: 0, rows: [] });
  expect(server.requests).toEqual([]);
});

test('more tasks go on from those that are there', async () => {
  await compareTeams({ ...options(), tasks: makeTasks(3) });
  await compareTeams(options());
  expect(server.requests).toHaveLength(taskCount * callsPerPair);
  const twice = await compareTeams({ ...options(), repeats: 2 });
  expect(twice.pairsRun).toBe(2 * taskCount);
  expect(server.requests).toHaveLength(2 * taskCount * callsPerPair);
});

test('another seed, team or task is asked anew', async () => {
  await compareTeams({ ...options(), tasks: makeTasks(1) });
  await compareTeams({ ...options(), tasks: makeTasks(1), seed: 2 });
  await compareTeams({ ...options(), tasks: makeTasks(1), team: { ...pairTeam, name: 'renamed' } });
  expect(server.requests).toHaveLength(3 * callsPerPair);
});

test('kill -9 of the command, and the same command again', async () => {
  const lines = makeTasks(taskCount).map(({ id, task }) => JSON.stringify({ id, task, check: { exact: `right ${id}` } }));
  writeFileSync(join(folder, 'tasks.jsonl'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'team.yaml'), pairTeamYaml);
  const args = ['compare', 'tasks.jsonl', '--team', 'team.yaml', '--model', server.spec, '--json'];
  hangsAt = 6;
  const killed = startCommand(folder, args);
  await server.received(7);
  killed.child.kill('SIGKILL');
  await killed.ended;
  expect(killed.output.stderr).toContain('1/4  q0: ');
  hangsAt = null;
  const { code, stdout } = await startCommand(folder, args).ended;
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ stopped: 'exhausted', pairs: 4, both: 4, tasksRun: 4 });
  expect(server.requests).toHaveLength(taskCount * callsPerPair + 1);
  const store = await openSqliteStore(join(folder, '.planwright'));
  expect((await store.listRuns()).map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'succeeded'));
  await store.close();
});
