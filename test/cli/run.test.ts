import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommand, writeDocuments } from './command-process.ts';

const task = 'What are the risks? What are the costs?';
const offlineLine =
  'The model is "offline": rules, not a language model. It searches and quotes the given files and evaluates arithmetic; --model names another.';

let folder = '';
const planwright = (...args: string[]) => runCommand(folder, args);

beforeEach(() => {
  folder = makeTemporaryFolder();
  writeDocuments(folder);
});

describe('run', () => {
  test('the deliverable alone is on stdout, what happened on stderr', async () => {
    const { code, stdout, stderr } = await planwright('run', 'What is 6 times 7?');
    expect(code).toBe(0);
    expect(stdout).toMatch(/= 42\n$/);
    const lines = stderr.split('\n');
    expect(lines[0]).toBe(offlineLine);
    expect(lines.slice(1, 6).map((line) => line.replace(/^ +\d+\.\ds/, 'T').replace(/ {2}[\d,]+ tokens/, '  N tokens'))).toEqual([
      expect.stringMatching(/^T {2}gate {2}single {2}One expertise/),
      'T  @task  generalist  started',
      'T  @task  generalist  checking',
      'T  @task  generalist  succeeded  N tokens',
      'T  deliverable  accepted',
    ]);
    expect(lines.slice(6).map((line) => line.split(' ')[0])).toEqual([
      '',
      'succeeded',
      'gate',
      'calls',
      'tokens',
      'cost',
      'time',
      'tax',
      'stored',
      '',
    ]);
    expect(stderr).toContain('\ncost       $0\n');
    expect(stderr).not.toContain('\x1b');
  });

  test('its JSON has the keys of the contract, and show tells the same', async () => {
    const { code, stdout } = await planwright('run', task, '--strategy', 'team', '--files', 'docs', '--json');
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining(['runId', 'status', 'strategy', 'deliverable', 'subtasks', 'ledger', 'citations']),
    );
    expect(report).toMatchObject({
      runId: expect.stringMatching(/^\d{8}-\d{6}-[a-z0-9]{6}$/),
      status: 'succeeded',
      strategy: 'team',
      endReason: 'completed',
    });
    for (const subtask of report.subtasks) {
      expect(subtask).toEqual(
        expect.objectContaining({
          id: expect.any(String),
          role: expect.any(String),
          status: 'succeeded',
          attempts: 1,
          dependsOn: expect.any(Array),
          output: expect.any(String),
          startedMs: expect.any(Number),
          endedMs: expect.any(Number),
        }),
      );
      expect(subtask.startedMs).toBeGreaterThanOrEqual(0);
      expect(subtask.endedMs).toBeLessThanOrEqual(report.ledger.makespanMs + 1000);
    }
    expect(report.ledger).toMatchObject({ costUsd: 0, unpricedCalls: 0, wasteTokens: 0 });
    const counted = [
      'calls',
      'inputTokens',
      'outputTokens',
      'handoffs',
      'turnOverhead',
      'tokenOverhead',
      'makespanMs',
      'serialMs',
      'criticalPathMs',
    ];
    for (const key of counted) expect({ [key]: report.ledger[key] }).toEqual({ [key]: expect.any(Number) });
    const byPurpose: number[] = Object.values(report.ledger.callsByPurpose);
    expect(byPurpose.reduce((sum, calls) => sum + calls, 0)).toBe(report.ledger.calls);
    expect(report.citations).toContainEqual({
      file: 'costs.md',
      line: 3,
      quote: 'The harbor bridge costs 40 million crowns to build.',
    });
    const shown = await planwright('show', report.runId.slice(0, 18), '--json');
    expect(JSON.parse(shown.stdout)).toEqual(report);
  });

  test('a task comes in on stdin', async () => {
    const { stdout } = await runCommand(folder, ['run', '-', '--json'], { input: 'What is 6 times 7?\n' });
    expect(JSON.parse(stdout).task).toBe('What is 6 times 7?');
  });

  test('a spent budget ends with 3', async () => {
    const { code, stdout } = await planwright(
      'run',
      task,
      '--strategy',
      'team',
      '--files',
      'docs',
      '--budget-tokens',
      '700',
      '--json',
    );
    expect({ code, endReason: JSON.parse(stdout).endReason }).toEqual({ code: 3, endReason: 'budget' });
  });

  test('a path given for a store is used and repeated in the hints', async () => {
    const { stderr } = await planwright('run', 'What is 6 times 7?', '--store', 'runs.db');
    const hint = /planwright (show \S+ --store runs\.db)/.exec(stderr)?.[1] ?? '';
    expect((await planwright(...hint.split(' '))).code).toBe(0);
    expect((await planwright('runs')).stderr).toBe('No runs: there is no store at .planwright.\n');
  });
});

describe('plans', () => {
  test('what plan prints as YAML and as JSON is run as written', async () => {
    for (const format of ['--yaml', '--json']) {
      const printed = await planwright('plan', task, '--files', 'docs', format);
      expect(printed.code).toBe(0);
      writeFileSync(join(folder, 'plan.yaml'), printed.stdout);
      const checked = JSON.parse((await planwright('check', 'plan.yaml', '--team', 'research', '--json')).stdout);
      expect(checked).toMatchObject({ ok: true, problems: [] });
      const { code, stdout } = await planwright('run', '--plan', 'plan.yaml', '--files', 'docs', '--json');
      const report = JSON.parse(stdout);
      expect({ code, task: report.task, strategy: report.strategy }).toEqual({ code: 0, task, strategy: 'team' });
      expect(report.subtasks).toHaveLength(checked.shape.subtasks);
    }
  });

  test('the single agent’s plan can be run too, though its id is Planwright’s own', async () => {
    writeFileSync(join(folder, 'plan.yaml'), (await planwright('plan', 'What is 6 times 7?', '--yaml')).stdout);
    expect((await planwright('run', '--plan', 'plan.yaml')).code).toBe(0);
  });

  test('a plan is shown as lines and as Mermaid', async () => {
    const tree = await planwright('plan', task, '--files', 'docs');
    const mermaid = await planwright('plan', task, '--files', 'docs', '--mermaid');
    expect(tree.stdout.split('\n').filter((line) => /^\d/.test(line)).length).toBeGreaterThan(1);
    expect(tree.stderr).toMatch(/^\d+ subtasks · 1 call, [\d,]+ tokens\nforecast right with \d+\.\d %, [\d.]+ calls\n$/);
    expect(mermaid.stdout).toMatch(/^flowchart TD\n {2}n0\["/);
  });

  test('every problem of a given plan is named with its place', async () => {
    writeFileSync(
      join(folder, 'plan.yaml'),
      'version: 1\ntask: t\nsubtasks:\n  - { id: a, role: writer, instruction: i, dependsOn: [x] }\n  - { id: a, role: writer, instruction: i }\n',
    );
    const plain = await planwright('run', '--plan', 'plan.yaml');
    expect(plain).toMatchObject({ code: 2, stdout: '' });
    expect(plain.stderr.split('\n').map((line) => line.trim().split(' ').slice(0, 2).join(' '))).toEqual([
      'The plan',
      'plan.yaml:5:11 duplicate-id',
      'plan.yaml:4:56 unknown-dependency',
      '',
    ]);
    const { error } = JSON.parse((await planwright('run', '--plan', 'plan.yaml', '--json')).stdout);
    expect(error).toMatchObject({ code: 'plan-invalid', file: 'plan.yaml', line: 5, column: 11 });
    expect(error.problems).toHaveLength(2);
  });
});

describe('a person’s approval', () => {
  test('the run waits, shows its plan, and goes on when it is approved', async () => {
    const waiting = await planwright('run', task, '--strategy', 'team', '--files', 'docs', '--approve', '--json');
    const { runId, status, deliverable } = JSON.parse(waiting.stdout);
    expect({ code: waiting.code, status, deliverable }).toEqual({ code: 4, status: 'waiting', deliverable: null });
    expect(waiting.stderr).toContain(`\nwaiting    planwright approve ${runId}  (or refuse it: --deny "why")\n\n1  `);
    const approved = await planwright('approve', 'last', '--json');
    expect(approved.code).toBe(0);
    expect(JSON.parse(approved.stdout)).toMatchObject({ runId, status: 'succeeded' });
    expect(await planwright('approve', runId)).toMatchObject({ code: 2, stderr: `Run "${runId}" has ended: succeeded.\n` });
  });

  test('a refused plan ends the run as failed, with the reason', async () => {
    await planwright('run', task, '--strategy', 'team', '--files', 'docs', '--approve');
    const { code, stdout } = await planwright('approve', 'last', '--deny', 'Too many.', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'failed',
      endReason: 'plan-refused',
      detail: expect.stringContaining('Too many.'),
    });
  });

  test('a waiting run is cancelled at once, and says so from then on', async () => {
    await planwright('run', task, '--strategy', 'team', '--approve');
    const cancelled = await planwright('cancel', 'last', '--reason', 'No time.', '--json');
    expect(cancelled).toMatchObject({ code: 0, stderr: '' });
    const { runId, outcome } = JSON.parse(cancelled.stdout);
    expect(outcome).toBe('cancelled');
    const resumed = await planwright('resume', runId, '--json');
    expect(resumed.code).toBe(5);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ status: 'cancelled', detail: 'No time.' });
  });
});

describe('stored runs', () => {
  test('runs are listed newest first, as a table and as one line of JSON each', async () => {
    await planwright('run', 'What is 6 times 7?');
    await planwright('run', 'What is 2 plus 2?', '--strategy', 'team', '--approve');
    const { stdout } = await planwright('runs', '--json');
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(rows.map((row) => row.task))).toEqual(new Set(['What is 2 plus 2?', 'What is 6 times 7?']));
    expect(Object.keys(rows[0])).toEqual(['runId', 'status', 'strategy', 'task', 'endReason', 'createdMs', 'endedMs']);
    expect(rows[0].createdMs).toBeGreaterThanOrEqual(rows[1].createdMs);
    const table = (await planwright('runs')).stdout.trimEnd().split('\n');
    expect(table.map((line) => line.split(/ {2,}/)[0])).toEqual(['RUN', ...rows.map((row) => row.runId)]);
    expect((await planwright('runs', '--limit', '1', '--json')).stdout.trimEnd().split('\n')).toHaveLength(1);
  });

  test('show tells the figures, the subtasks and the deliverable; --events the journal', async () => {
    const { stdout: deliverable } = await planwright('run', task, '--strategy', 'team', '--files', 'docs');
    const { code, stdout } = await planwright('show', 'last');
    expect(code).toBe(0);
    expect(stdout.endsWith(`\n\n${deliverable}`)).toBe(true);
    expect(stdout).toMatch(/^run +\d{8}-\d{6}-\w{6}\ntask +What are the risks\? What are the costs\?\nsucceeded {2}team/);
    const events = (await planwright('show', 'last', '--events', '--json')).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
    expect([events[0].event.type, events.at(-1).event.type]).toEqual(['run-started', 'run-ended']);
    expect((await planwright('show', 'last', '--events')).stdout.trimEnd().split('\n')).toHaveLength(events.length);
  });

  test('the beginning of an id that several runs share is refused', async () => {
    await planwright('run', 'What is 6 times 7?');
    await planwright('run', 'What is 2 plus 2?');
    const { code, stderr } = await planwright('show', '2');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^"2" begins 2 runs: \S+, \S+\. Give more of the id\.\n$/);
  });

  test('a store that is damaged is refused and left as it is', async () => {
    writeFileSync(join(folder, 'broken.db'), 'x'.repeat(5000));
    const { code, stdout } = await planwright('runs', '--store', 'broken.db', '--json');
    expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: 2, error: 'store-corrupt' });
    expect(readFileSync(join(folder, 'broken.db'), 'utf8')).toBe('x'.repeat(5000));
  });
});

describe('start', () => {
  test('the team’s report, then one line that compares the team with one agent', async () => {
    const { code, stdout } = await planwright('start', task, '--files', 'docs');
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.at(-1)).toMatch(
      /^team: \d+ calls, [\d,]+ tokens, \d+\.\d s, [1-9]\d* checked citations · one agent: \d+ calls?, [\d,]+ tokens, \d+\.\d s, \d+ checked citations? → .+$/,
    );
    expect(stdout).toContain('"The harbor bridge costs 40 million crowns to build." [costs.md:3]');
    const runs = (await planwright('runs', '--json')).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).strategy);
    expect(runs).toHaveLength(2);
    expect(new Set(runs)).toEqual(new Set(['single', 'team']));
  });

  test('its JSON holds both reports and the figures of both', async () => {
    const { stdout } = await planwright('start', 'What are the risks?', '--files', 'docs', '--json');
    const { team, single, comparison } = JSON.parse(stdout);
    expect([team.strategy, single.strategy]).toEqual(['team', 'single']);
    expect(comparison).toMatchObject({
      team: { calls: team.ledger.calls, tokens: team.ledger.inputTokens + team.ledger.outputTokens },
      single: { calls: single.ledger.calls },
      verdict: expect.any(String),
    });
  });
});
