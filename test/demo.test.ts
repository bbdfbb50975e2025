/** The founding document's demonstration, to the letter, through the command. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = join(fileURLToPath(new URL('..', import.meta.url)), 'src/cli/main.ts');
const lines = execFileSync(process.execPath, ['--conditions=planwright:source', main, 'demo'], { encoding: 'utf8' }).split('\n');
const part = (n: number) => {
  const start = lines.findIndex((line) => line.startsWith(`=== ${n}.`));
  const end = lines.findIndex((line, at) => at > start && line === '');
  return lines.slice(start + 1, end);
};

const report =
  'REPORT << coder:api: delegate(role, instruction) -> result | critic:risk: the planner is a single point of failure and a bottleneck | researcher:facts=[planners decompose, executors specialize, decomposition is exact] >>';

test('the report task: four subtasks, and the deliverable word for word', () => {
  expect(part(1)).toEqual([
    'task: Produce a short report on planner-executor agents.',
    'planner: 4 subtasks',
    '  1 researcher: facts=[planners decompose, executors specialize, decomposition is exact]',
    '  2 coder: api: delegate(role, instruction) -> result',
    '  3 critic (uses 1): risk: the planner is a single point of failure and a bottleneck',
    `  4 writer (uses 1, 2, 3): ${report}`,
    `deliverable: ${report}`,
  ]);
});

test('the sum collapses to one agent', () => {
  expect(part(2)).toEqual([
    'task: What is 2 plus 2?',
    'planner: 1 subtask',
    '  1 writer: [direct] Answer directly: What is 2 plus 2?',
    'deliverable: [direct] Answer directly: What is 2 plus 2?',
  ]);
});

test('an executor that answers FAILED is detected, and its subtask re-routed', () => {
  expect(part(3).slice(0, 2)).toEqual([
    String.raw`monitor: subtask 2 was rejected: Your result does not meet a condition. The text matches "^FAILED\\b", which it must not.`,
    'monitor: subtask 2 is re-routed to researcher (attempt 2)',
  ]);
  expect(part(3).at(-1)).toBe(
    `deliverable: ${report.replace('coder:api', 'researcher:api').replace(/<< (researcher:api[^|]*\| )(critic[^|]*\| )/, '<< $2$1')}`,
  );
});

test('the hierarchy: calls of both shapes side by side', () => {
  expect(part(4).some((line) => line.startsWith('    1 researcher: facts'))).toBe(true);
  expect(lines).toContain('model calls: flat 5 (1 plan, 4 execute) · two levels 8 (3 plan, 4 execute, 1 synthesize)');
});
