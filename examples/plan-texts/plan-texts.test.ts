/** The texts of this folder, read as docs/importing.md shows it, and run as docs/patterns/ does. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
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

test.each([
  [
    'rewoo',
    [
      'E1 (search) ← nothing: "Ines Marlow (1881)"',
      'E2 (search) ← E1: "the lighthouse (1878), the grain store (1890)"',
      'E3 (llm) ← E1 E2: "The lighthouse, since 1878."',
      'solve (solver) ← E1 E2 E3: "The lighthouse of 1878 stands longest."',
      'succeeded: "The lighthouse of 1878 stands longest."',
      '3 model calls, 2 tool calls',
    ],
  ],
  [
    'llmcompiler',
    [
      '1 (search) ← nothing: 134',
      '2 (search) ← nothing: 33.5',
      '3 (math) ← 1 2: 4',
      'join-1 (joiner) ← 1 2 3: "Four times as high (134 m)."',
      'succeeded: "Four times as high (134 m)."',
      '2 model calls, 3 tool calls',
    ],
  ],
])('run.ts %s', async (pattern, lines) => {
  const script = fileURLToPath(new URL('run.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=planwright:source', script, pattern], {
    timeout: 15_000,
  });
  expect(stdout.trimEnd().split('\n')).toEqual(lines);
});
