import { describe, expect, it } from 'vitest';
import { openDocumentFolder } from '../../documents/document-folder.ts';
import { loadTeam } from '../../team/load-team.ts';
import { parseCitations } from '../../verify/citations.ts';
import { checkQuotes, documentLineReader } from '../../verify/quotes.ts';
import { handbook } from './fixtures/handbook.ts';
import { planOffline, runSubtask, runTeam, writeFolder } from './fixtures/run-offline.ts';
import { service } from './fixtures/service.ts';

const team = await loadTeam('research');

async function quotesThatFail(report: string, root: string): Promise<string[]> {
  const { failed } = await checkQuotes(report, documentLineReader(await openDocumentFolder(root)));
  return failed.map(({ reason }) => reason);
}

describe('a team on the offline model', () => {
  it('researches in parallel, checks, and reports with quotes that stand in their files', async () => {
    const root = await writeFolder(service.files);
    const task = 'Write a report on webhook retries and pagination. How much is 12 * 8? What is the uptime guarantee?';
    const plan = await planOffline(team, task, Object.keys(service.files));
    expect(plan.subtasks.map(({ id, role, dependsOn }) => [id, role, dependsOn])).toEqual([
      ['research-webhook-retries', 'researcher', []],
      ['research-pagination', 'researcher', []],
      ['research-uptime-guarantee', 'researcher', []],
      ['calculate-12-8', 'researcher', []],
      ['check', 'critic', ['research-webhook-retries', 'research-pagination', 'research-uptime-guarantee']],
      [
        'report',
        'writer',
        ['research-webhook-retries', 'research-pagination', 'research-uptime-guarantee', 'calculate-12-8', 'check'],
      ],
    ]);
    const results = await runTeam(team, plan, root);
    expect(results.get('check')?.text).toMatch(/^Checked (\d+) citations: \1 confirmed, 0 rejected\.$/m);
    expect(results.get('report')?.modelCalls).toBe(1);
    const report = results.get(plan.deliverable ?? '')?.text ?? '';
    expect(report.split('\n').filter((line) => line.startsWith('#'))).toEqual([
      '# Webhook retries and pagination',
      '## Webhook retries',
      '## Pagination',
      '## Calculations',
      '## Not found',
    ]);
    expect(report).toContain('- "Lists return 50 items by default and at most 200 with limit." [docs/limits.md:13]');
    expect(report).toContain('- 12 * 8 = 96');
    expect(report).toContain('- Not found in the files: What is the uptime guarantee?');
    expect(await quotesThatFail(report, root)).toEqual([]);
  });

  it('cites nothing when the files hold nothing', async () => {
    const root = await writeFolder(handbook.files);
    const plan = await planOffline(team, 'Who wrote the opera Aida?', Object.keys(handbook.files));
    const results = await runTeam(team, plan, root);
    expect(results.get('check')?.text).toBe('Checked 0 citations: nothing to confirm.');
    expect(results.get('report')?.text).toBe(
      '# Who wrote the opera Aida?\n\nNot found: the files do not hold an answer.\n\n- Not found in the files: Who wrote the opera Aida?',
    );
  });

  it('reads every cited line again, once for each citation', async () => {
    const root = await writeFolder(handbook.files);
    const plan = await planOffline(team, 'What are the incident levels?', Object.keys(handbook.files));
    const results = await runTeam(team, plan, root);
    const found = parseCitations(results.get('research-incident-levels')?.text ?? '');
    expect(found.map(({ quote, line }) => [quote.slice(0, 4), line])).toEqual([
      ['SEV1', 14],
      ['SEV2', 15],
      ['SEV3', 16],
    ]);
    expect(results.get('check')?.calls).toEqual(['files_read', 'files_read', 'files_read']);
  });

  it('surveys every file when nothing in particular is asked', async () => {
    const root = await writeFolder(handbook.files);
    const plan = await planOffline(team, 'Summarize these documents.', Object.keys(handbook.files));
    const report = (await runTeam(team, plan, root)).get('report')?.text ?? '';
    expect(report).toMatch(/^# Summarize these documents\n/);
    expect([...report.matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual(['expenses.md', 'security.md', 'time-off.md']);
    expect(parseCitations(report).length).toBeGreaterThanOrEqual(9);
    expect(await quotesThatFail(report, root)).toEqual([]);
  });
});

describe('one agent on the offline model', () => {
  it('does the whole task in three calls and cites only what it has read', async () => {
    const root = await writeFolder(service.files);
    const task = 'When do cursors expire? What is a webhook? How much is 15% of 80? Who is the president of Peru?';
    const run = await runSubtask({ root, role: team.generalist, task, instruction: task });
    expect(run.modelCalls).toBe(3);
    expect(run.calls.filter((name) => name === 'calc').length).toBe(1);
    expect(run.text).toContain('- "Cursors expire after 24 hours." [docs/limits.md:14]');
    expect(run.text).toContain('- 15 / 100 * 80 = 12');
    expect(run.text).toContain('- Not found in the files: Who is the president of Peru?');
    expect(await quotesThatFail(run.text, root)).toEqual([]);
  });

  it('surveys a folder it knows nothing about', async () => {
    const root = await writeFolder(handbook.files);
    const task = 'What is this folder about?';
    const run = await runSubtask({ root, role: team.generalist, task, instruction: task });
    expect(run.calls).toEqual(['files_list', 'files_read', 'files_read', 'files_read']);
    expect(parseCitations(run.text).length).toBeGreaterThanOrEqual(6);
  });

  it('leaves out what a verdict on its first attempt named', async () => {
    const root = await writeFolder(service.files);
    const task = 'When do cursors expire?';
    const feedback = 'The answer was not accepted: "Cursors expire after 24 hours." [docs/limits.md:14] is not there.';
    const run = await runSubtask({ root, role: team.generalist, task, instruction: task, feedback });
    expect(parseCitations(run.text)).toEqual([]);
  });
});
