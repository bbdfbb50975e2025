import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type GateExplanation, openSqliteStore, type RunOutcome } from 'planwright';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommand, writeDocuments } from './command-process.ts';

const twoParts = 'What are the risks? What are the costs?';

async function explain(folder: string, task: string, ...flags: string[]): Promise<GateExplanation> {
  const { stdout, code } = await runCommand(folder, ['gate', 'explain', task, '--json', ...flags]);
  expect(code).toBe(0);
  return JSON.parse(stdout) as GateExplanation;
}

/** Paired held-out outcomes of both arms, so many of ten right. */
async function writeEvidence(folder: string, right: { single: number; team: number }, taskClass: string): Promise<void> {
  const store = await openSqliteStore(join(folder, '.planwright'));
  for (const arm of ['single', 'team'] as const) {
    for (let at = 0; at < 10; at++) {
      const outcome: RunOutcome = {
        version: 1,
        runId: `${arm}-${at}`,
        taskClass,
        team: 'research',
        arm,
        delivered: true,
        ownVerdict: 'none',
        label: { success: at < right[arm], source: 'held-out' },
        propensity: null,
        pair: { comparisonId: 'c', pairId: String(at) },
        calls: 1,
        tokens: 1000,
        costUsd: arm === 'team' ? 0.05 : 0.01,
        durationMs: 1000,
        roles: {},
        forecast: null,
        endedMs: at,
      };
      await store.putOutcome(outcome);
    }
  }
  await store.close();
}

test('an explanation without evidence is the stated prior, and makes no store', async () => {
  const folder = makeTemporaryFolder();
  const told = await explain(folder, twoParts);
  expect(told).toMatchObject({ strategy: 'team', basis: 'prior', outcomes: 0, judged: 0, input: { taskClass: 'several-parts' } });
  expect(told.reasons).toEqual(['The task has 2 parts that could be done at the same time.']);
  expect(told.wouldChange[0]).toMatch(/^3 more judged runs of class "several-parts"/);
  expect(existsSync(join(folder, '.planwright'))).toBe(false);
});

test('evidence of the class decides a run, and its own outcome becomes evidence', { timeout: 30_000 }, async () => {
  const folder = makeTemporaryFolder();
  writeDocuments(folder);
  await writeEvidence(folder, { single: 9, team: 3 }, 'bridges');
  expect(await explain(folder, twoParts, '--class', 'bridges')).toMatchObject({ strategy: 'single', basis: 'evidence' });
  expect(await explain(folder, twoParts, '--class', 'another')).toMatchObject({ strategy: 'team', basis: 'prior' });

  const ran = await runCommand(folder, ['run', twoParts, '--files', 'docs', '--class', 'bridges', '--no-explore', '--json']);
  expect(ran.code).toBe(0);
  const { runId, strategy, gate, forecast } = JSON.parse(ran.stdout);
  expect(strategy).toBe('single');
  expect(gate.reasons[0]).toMatch(/^One agent: right in 0\.8\d of tasks .* The team: right in 0\.\d\d/);
  expect(forecast).toMatchObject({ version: 1, calls: expect.any(Number), success: expect.any(Number) });

  const store = await openSqliteStore(join(folder, '.planwright'));
  const outcome = await store.getOutcome(runId);
  await store.close();
  expect(outcome).toMatchObject({
    taskClass: 'bridges',
    arm: 'single',
    propensity: 1,
    delivered: true,
    ownVerdict: 'accepted',
    label: { success: true, source: 'checks' },
    forecast,
  });
  expect(await explain(folder, twoParts, '--class', 'bridges')).toMatchObject({ outcomes: 21, judged: 21 });
});

test('a person’s label outweighs the checks, and can be taken back', { timeout: 30_000 }, async () => {
  const folder = makeTemporaryFolder();
  writeDocuments(folder);
  await runCommand(folder, ['run', twoParts, '--files', 'docs', '--json']);
  const wrong = await runCommand(folder, ['gate', 'label', 'last', 'wrong', '--json']);
  expect(JSON.parse(wrong.stdout)).toMatchObject({ arm: 'team', label: { success: false, source: 'person' } });
  const right = await runCommand(folder, ['gate', 'label', 'last', 'right']);
  expect(right).toMatchObject({ code: 0, stdout: expect.stringMatching(/is kept as right: team, class several-parts\.\n$/) });
});

test('wrong use is said', async () => {
  const folder = makeTemporaryFolder();
  expect(await runCommand(folder, ['gate'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Say what: planwright gate explain TASK'),
  });
  expect(await runCommand(folder, ['gate', 'label', 'last', 'right'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there is no store'),
  });
  expect(await runCommand(folder, ['gate', 'explain', 'x', '--class', ''])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('A task class is a name of 1 to 200 characters'),
  });
});
