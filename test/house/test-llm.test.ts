import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startLlamaServer } from '../../scripts/llm/llama-server.ts';
import { measurePlan, totalPlans } from '../../scripts/llm/measure-plans.ts';
import { planningTasks } from '../../scripts/llm/planning-tasks.ts';
import { tellPlan, tellTotals } from '../../scripts/llm/tell.ts';
import { scriptedModel } from '../../src/testing/index.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const docs = fileURLToPath(new URL('../../docs', import.meta.url));

const subtask = (id: string, dependsOn: string[]) => ({
  id,
  role: 'writer',
  instruction: `Write ${id}.`,
  dependsOn,
  assumes: [],
});
const good = JSON.stringify({ subtasks: [subtask('a', []), subtask('b', ['a'])], deliverable: 'b' });
const cyclic = JSON.stringify({ subtasks: [subtask('a', ['b']), subtask('b', ['a', 'c'])], deliverable: 'b' });

function measure(answers: string[]) {
  const model = scriptedModel((_, index) => answers[index] ?? 'no plan');
  return measurePlan({ team: 'report', task: 'Two lines.' }, { model, files: docs, signal: new AbortController().signal });
}

describe('npm run test:llm', () => {
  test('a plan is counted at the try at which it was valid, each refused try with its problems', async () => {
    const measured = [await measure([good]), await measure([cyclic, good]), await measure([cyclic, 'no plan'])];
    expect(measured.map(({ validTry, refused, subtasks }) => ({ validTry, refused, subtasks }))).toEqual([
      { validTry: 1, refused: [], subtasks: 2 },
      { validTry: 2, refused: [['unknown-dependency', 'cycle']], subtasks: 2 },
      { validTry: null, refused: [['unknown-dependency', 'cycle'], ['malformed']], subtasks: 0 },
    ]);
    expect(tellTotals(totalPlans(measured))).toBe(
      'Valid plans: 1 of 3 at the first try, 1 more at the second (2 of 3), 1 never.\n' +
        'Refused tries by problem: cycle 2, unknown-dependency 2, malformed 1.',
    );
  });

  test('a line of the table says why a try was refused', () => {
    const line = { team: 'report', task: 'Two\nlines.', validTry: 2, refused: [['cycle']], subtasks: 1, seconds: 1.25 };
    expect(tellPlan(7, line)).toBe(' 7  report    2nd try  1 subtask       1.3 s  Two lines.  (1: cycle)');
  });

  test('the list holds 30 different tasks', () => {
    expect(new Set(planningTasks.map(({ task }) => task)).size).toBe(30);
  });

  test('without a model it says what it needs and exits with 2', () => {
    const { status, stdout, stderr } = runScript({});
    expect({ status, stdout, first: stderr.split('\n')[0] }).toEqual({
      status: 2,
      stdout: '',
      first: 'npm run test:llm needs a real model. Give one of:',
    });
  });

  test('a server that is not there is not counted as one that plans badly', () => {
    const { status, stderr } = runScript({ PLANWRIGHT_LLM_URL: 'http://127.0.0.1:1/v1#m' });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'No server answers at http://127.0.0.1:1/v1. Start it, or name another with --url.\n',
    });
  });
});

describe.skipIf(process.platform === 'win32')(
  'llama-server (the stand-in is a script with a #! line, which Windows does not run)',
  () => {
    const { signal } = new AbortController();

    test('it is waited for, and stopped when the measurement ends', async () => {
      const { gguf, server } = standIn(`
      let isLoaded = false;
      const answer = (request, response) => response.writeHead(isLoaded ? 200 : 503).end(String(process.pid), () => (isLoaded = true));
      require('node:http').createServer(answer).listen(Number(process.argv[process.argv.indexOf('--port') + 1]), '127.0.0.1');`);
      const started = await startLlamaServer({ gguf, server, signal });
      expect(started.spec).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1#tiny$/);
      const pid = Number(await (await fetch(started.spec)).text());
      await started.stop();
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    });

    test('one that ends at once is an error with its last words, not a wait', async () => {
      const { gguf, server } = standIn(`console.error('no such architecture'); process.exitCode = 3;`);
      await expect(startLlamaServer({ gguf, server, signal })).rejects.toThrow(
        `${server} ended (3). It said last:\nno such architecture`,
      );
    });

    test('a file that is no GGUF is refused before anything starts', async () => {
      const { server } = standIn('');
      await expect(startLlamaServer({ gguf: server, server, signal })).rejects.toThrow(`${server} is not a GGUF file.`);
    });
  },
);

function standIn(code: string): { gguf: string; server: string } {
  const folder = makeTemporaryFolder();
  const gguf = join(folder, 'tiny.gguf');
  writeFileSync(gguf, 'GGUF');
  const server = join(folder, 'llama-server');
  writeFileSync(server, `#!${process.execPath}\n${code}\n`);
  chmodSync(server, 0o755);
  return { gguf, server };
}

function runScript(env: Record<string, string>) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const script = ['--conditions=planwright:source', 'scripts/test-llm.ts'];
  const { PLANWRIGHT_LLM_URL: _, PLANWRIGHT_LLM_GGUF: __, ...rest } = process.env;
  return spawnSync(process.execPath, script, { cwd: root, env: { ...rest, ...env }, encoding: 'utf8' });
}
