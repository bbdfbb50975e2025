/**
 * Plans as authors and annotators wrote them for other systems. The data are not part of the repository: they are read from
 * shared/data/plans beside one of the folders above this one, and these tests are skipped where there is none.
 */
import { join } from 'node:path';
import { checkPlan, readPlanText } from 'planwright';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findSharedData, readRows } from '../support/shared-data.ts';

const folder = findSharedData('plans');
const rowsOf = <T>(file: string, schema: z.ZodType<T>): T[] => readRows(join(folder ?? '', file), schema);

/** Read from the lines by eye: for each step the numbers of the steps that its line names. */
const expected: number[][][] = [
  [[], [1], [], [3], [3, 4]],
  [[], [1], [], [3]],
  [[], [], [1, 2]],
  [[], []],
  [[], [1], [], [3], [], [5], [2, 4, 6]],
  [[], [1]],
  [[], [], [1, 2]],
  [[], [1], [2]],
  [[], [], [1, 2]],
  [[], [], [1, 2]],
];

describe.skipIf(folder === undefined)('plan texts (skipped where shared/data/plans is not there to be read)', () => {
  it('the authors’ examples of LLMCompiler and ReWOO, unbalanced ones included, have the dependencies of their lines', () => {
    const rows = rowsOf(
      'plan_text_examples.jsonl',
      z.object({ dialect: z.enum(['rewoo', 'llmcompiler']), question: z.string(), plan: z.string() }),
    );
    const read = rows.map(({ dialect, question, plan: text }) => {
      const reading = readPlanText(text, { dialect, task: question });
      expect(reading).toMatchObject({ kind: 'plan', plan: { task: question } });
      return reading.steps.map(({ references }) => references.map((id) => Number(id.replace('E', ''))));
    });
    expect(read).toEqual(expected);
    // And by a count that knows nothing of calls and brackets: the numbers that a line names, without its own.
    const counted = rows.map(({ plan: text }) =>
      text
        .split('\n')
        .filter((line) => /^(?:#E)?\d+(?:\.| =)/.test(line) && !line.includes('join('))
        .map((line) => [...new Set(line.slice(4).match(/(?<=\$|#E)\d+/g) ?? [])].map(Number).toSorted((a, b) => a - b)),
    );
    expect(counted).toEqual(expected);
  });

  it('600 decompositions of Break become valid plans with an edge for each step that a step names', () => {
    const rows = rowsOf('break_qdmr.jsonl', z.object({ question: z.string(), decomposition: z.string() }));
    expect(rows).toHaveLength(600);
    for (const { question, decomposition } of rows) {
      const reading = readPlanText(decomposition, { dialect: 'qdmr', task: question });
      const check = checkPlan(reading.kind === 'plan' ? reading.plan : null);
      const named = decomposition.split(';').map((step) => new Set(step.match(/#\d+/g) ?? []).size);
      expect({ decomposition, problems: check.problems, subtasks: check.shape?.subtasks, edges: check.shape?.edges }).toEqual({
        decomposition,
        problems: [],
        subtasks: named.length,
        edges: named.reduce((sum, count) => sum + count, 0),
      });
    }
  });

  it('the same decompositions are refused when a step names itself or a later one', () => {
    const rows = rowsOf('break_qdmr.jsonl', z.object({ decomposition: z.string() }));
    for (const { decomposition } of rows.slice(0, 100)) {
      const steps = decomposition.split(';');
      const last = steps.length;
      const changed = [`${steps[0]} of #${last}`, ...steps.slice(1)].join(';');
      const reading = readPlanText(changed, { dialect: 'qdmr' });
      expect(reading.kind === 'problems' && reading.problems.map(({ code }) => code)).toEqual([
        last === 1 ? 'self-reference' : 'forward-reference',
      ]);
    }
  });
});
