/** The example as its header runs it, on the offline model. */
import { fileURLToPath } from 'node:url';
import { compareTeams, MemoryStore } from 'planwright';
import { expect, test } from 'vitest';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

test('both arms answer all ten questions, the team for more tokens', async () => {
  const { report, stopped, notes } = await compareTeams({
    tasks: here('tasks.jsonl'),
    team: here('team.yaml'),
    store: new MemoryStore(),
  });
  const { verdict, pairs, both, cost, verdicts, classes } = report;
  expect({ stopped, verdict, pairs, both, cheaper: verdicts.cost }).toEqual({
    stopped: 'exhausted',
    verdict: 'undecided',
    pairs: 10,
    both: 10,
    cheaper: 'single',
  });
  expect(cost).toMatchObject({ unit: 'tokens' });
  expect(cost?.ratio).toBeGreaterThan(1.5);
  expect(classes.map(({ class: name, pairs: count }) => [name, count])).toEqual([
    ['arithmetic', 3],
    ['one-question', 4],
    ['several-questions', 3],
  ]);
  expect(notes[0]).toBe('The model "offline" is rules, not a language model: the verdict is about what these rules do.');
});
