/** The crew of this folder, imported and run offline as docs/importing.md shows it. */
import { fileURLToPath } from 'node:url';
import { fillInputs, fillTeam, importCrew, loadCrewFiles, MemoryStore, runTask } from 'planwright';
import { expect, test } from 'vitest';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

test('the crew runs offline, and its report holds what each task found', async () => {
  const { plan: written, team, unresolved } = importCrew(loadCrewFiles(here('.')));
  expect(unresolved.map(({ code, path }) => `${code} ${path}`)).toEqual(['differs report.output_file']);
  const { plan, fill } = fillInputs(written, { subject: 'harbor bridge' });
  const run = await runTask({
    task: plan.task,
    plan,
    team: fillTeam(team, fill),
    files: here('notes'),
    model: 'offline',
    store: new MemoryStore(),
  });
  expect(run.status).toBe('succeeded');
  expect(run.subtasks.map(({ id, dependsOn, attempts }) => ({ id, dependsOn, attempts }))).toEqual([
    { id: 'find_risks', dependsOn: [], attempts: 1 },
    { id: 'find_costs', dependsOn: [], attempts: 1 },
    { id: 'report', dependsOn: ['find_risks', 'find_costs'], attempts: 1 },
    { id: 'crew-output', dependsOn: ['find_risks', 'find_costs', 'report'], attempts: 1 },
  ]);
  const quotes = run.subtasks
    .slice(0, 2)
    .flatMap(({ output }) => (typeof output === 'string' ? output.match(/^- ".*$/gm) : null) ?? []);
  expect(quotes.length).toBeGreaterThanOrEqual(2);
  for (const quote of quotes) expect(run.deliverable).toContain(quote);
  for (const { output } of run.subtasks) expect(run.deliverable).toContain(output);
  expect(run.ledger.calls).toBeGreaterThanOrEqual(3);
});
