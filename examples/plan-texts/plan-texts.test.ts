/** The texts of this folder, read as docs/importing.md shows it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { planDialects, readPlanText } from 'planwright';
import { expect, test } from 'vitest';

const expected = {
  rewoo: ['E1 search ← ', 'E2 search ← E1', 'E3 llm ← E1 E2'],
  llmcompiler: ['1 search ← ', '2 search ← ', '3 math ← 1 2'],
  qdmr: ['1 worker ← ', '2 worker ← 1', '3 worker ← 2'],
};

test.each(planDialects)('%s.txt', (dialect) => {
  const text = readFileSync(fileURLToPath(new URL(`${dialect}.txt`, import.meta.url)), 'utf8');
  const reading = readPlanText(text, { dialect });
  const subtasks = reading.kind === 'plan' ? reading.plan.subtasks : [];
  expect(subtasks.map(({ id, role, dependsOn }) => `${id} ${role} ← ${dependsOn.join(' ')}`)).toEqual(expected[dialect]);
});
