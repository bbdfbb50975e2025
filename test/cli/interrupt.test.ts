import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommand, startCommand } from './command-process.ts';

const plan = {
  version: 1,
  task: 't',
  subtasks: [
    { id: 'first', role: 'writer', instruction: 'Say one.', dependsOn: [] },
    { id: 'second', role: 'writer', instruction: 'Say two.', dependsOn: ['first'] },
  ],
};
/** The preset's writer has checks; a bare team answers as it likes. */
const team = 'version: 1\nname: bare\nroles:\n  writer:\n    description: Writes.\n    instructions: You write.\n';

let folder = '';
let server: ScriptedServer;
/** The second subtask's call hangs until it is set. */
let isFreed = false;

beforeEach(async () => {
  folder = makeTemporaryFolder();
  isFreed = false;
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
  writeFileSync(join(folder, 'team.yaml'), team);
  server = await startScriptedServer(({ text }) => {
    if (!text.includes('Say two.')) return 'one';
    return isFreed ? 'one and two' : { hang: true };
  });
});

afterEach(() => server.close());

const runPlan = (...more: string[]) =>
  startCommand(folder, ['run', '--plan', 'plan.json', '--team', 'team.yaml', '--model', server.spec, ...more]);
const planwright = (...args: string[]) => runCommand(folder, args);

describe('interruption', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s stops the run where it can be resumed, and nothing is done twice',
    async (signal) => {
      const running = runPlan();
      await running.untilSaid('second  writer  started');
      await server.received(2);
      running.child.kill(signal);
      const { code, stdout, stderr } = await running.ended;
      expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
      const [, runId = ''] = /\nInterrupted\. Resume with: planwright resume (\S+)\n$/.exec(stderr) ?? [];
      expect(runId).toMatch(/^\d{8}-/);
      expect(JSON.parse((await planwright('runs', '--json')).stdout)).toMatchObject({ runId, status: 'interrupted' });
      expect(JSON.parse((await planwright('show', runId, '--json')).stdout)).toMatchObject({
        status: 'interrupted',
        deliverable: null,
      });

      isFreed = true;
      const resumed = await planwright('resume', runId);
      expect(resumed).toMatchObject({ code: 0, stdout: 'one and two\n' });
      expect(server.requests.map(({ text }) => text.includes('Say two.'))).toEqual([false, true, true]);
    },
  );

  test('with --json the interrupted run is the one document', async () => {
    const running = runPlan('--json');
    await running.untilSaid('second  writer  started');
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'interrupted',
      endReason: null,
      subtasks: [{ status: 'succeeded' }, { id: 'second' }],
    });
  });

  test('a killed run is resumed by the beginning of its id', async () => {
    const running = runPlan();
    await running.untilSaid('second  writer  started');
    await server.received(2);
    running.child.kill('SIGKILL');
    await running.ended;
    isFreed = true;
    expect(await planwright('resume', '2')).toMatchObject({ code: 0, stdout: 'one and two\n' });
    expect(server.requests).toHaveLength(3);
  });
});

describe('a run that another process drives', () => {
  test('is cancelled from outside and ends with 5', async () => {
    const running = runPlan('--json');
    await running.untilSaid('second  writer  started');
    const cancelled = await planwright('cancel', 'last');
    expect(cancelled.stdout).toMatch(/^Asked the process that drives \S+ to cancel it\.\n$/);
    const { code, stdout } = await running.ended;
    expect(code).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'cancelled', endReason: 'cancelled' });
  });

  test('can’t be driven by a second one', async () => {
    const running = runPlan();
    await running.untilSaid('second  writer  started');
    const second = await planwright('resume', 'last', '--json');
    expect({ code: second.code, error: JSON.parse(second.stdout).error.code }).toEqual({ code: 2, error: 'run-busy' });
  });
});

test('time that is up ends with 3 and what was finished', async () => {
  const { code, stdout } = await runPlan('--timeout-s', '1', '--json').ended;
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'partial',
    endReason: 'time',
    subtasks: [{ status: 'succeeded', output: 'one' }, { output: null }],
  });
});

test('a model of one’s own costs nothing, and no word is said of rules', async () => {
  isFreed = true;
  const { code, stderr } = await runPlan().ended;
  expect(code).toBe(0);
  expect(stderr).toContain('\ncost       $0\n');
  expect(stderr).not.toContain('offline');
});
