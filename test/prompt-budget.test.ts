import { MemoryStore, runTask } from 'planwright';
import { expect, test } from 'vitest';
import { readReportFixture } from '../bench/report-task.ts';
import { playModel } from './support/small-team.ts';

test('the report task takes five calls, whose prompts cost at most 1.2 × the instructions and dependencies alone', async () => {
  const { task, plan, outputs } = readReportFixture();
  let characters = 0;
  const model = playModel(({ schema, text }) => {
    characters += text.length;
    if (schema === 'plan') return JSON.stringify(plan);
    const subtask = plan.subtasks.find(({ instruction }) => text.includes(instruction));
    return outputs[subtask?.role ?? ''] ?? '';
  });
  const result = await runTask({ task, team: 'report', model, strategy: 'team', store: new MemoryStore() });
  expect(result).toMatchObject({ status: 'succeeded', ledger: { calls: 5, callsByPurpose: { plan: 1, execute: 4 } } });
  const alone = plan.subtasks.flatMap(({ instruction, dependsOn }) => [
    instruction.length,
    ...dependsOn.map((id) => outputs[plan.subtasks.find((other) => other.id === id)?.role ?? '']?.length ?? 0),
  ]);
  expect(characters / alone.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(1.2);
});
