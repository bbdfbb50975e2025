/**
 * Plans from published data sets, judged by checkPlan. The data are not part of the repository: they are read from
 * shared/data/plans beside one of the folders above this one, and these tests are skipped where there is none.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkPlan } from '../../src/plan/check.ts';
import { normalizeElement, readPlannerText } from '../../src/plan/draft.ts';
import { findSharedData, readRows as readFile } from '../support/shared-data.ts';

const plansFolder = findSharedData('plans');

const readRows = <T>(file: string, schema: z.ZodType<T>): T[] => readFile(join(plansFolder ?? '', file), schema);

interface Step {
  id: unknown;
  dependsOn: unknown[];
  durationMs?: number;
}

function toDraft(steps: Step[]): unknown {
  const subtasks = steps.map(({ id, dependsOn, durationMs }) => ({
    id,
    role: 'worker',
    instruction: `Carry out ${String(id)}.`,
    dependsOn,
    ...(durationMs === undefined ? {} : { estimate: { durationMs } }),
  }));
  return { version: 1, task: 'A published plan.', subtasks };
}

/** Edges from START and to END mark the ends and are no dependencies. */
function dependenciesOf(id: string, edges: readonly (readonly [string, string])[]): string[] {
  return edges.filter(([from, to]) => to === id && from !== 'START').map(([from]) => from);
}

describe.skipIf(plansFolder === undefined)('published plans (skipped where shared/data/plans is not there to be read)', () => {
  describe('AsyncHow', () => {
    const range = z.tuple([z.number(), z.number()]);
    const rowSchema = z.object({
      id: z.string(),
      step_count: z.number(),
      edges: z.array(z.tuple([z.string(), z.string()])),
      duration_s: z.record(z.string(), range),
      gold_makespan_s: range,
    });
    /** The published lower bound of async-1113 is that of a path that is not the longest: 60 + 600 + 29,030,400 s, without the syrup's 300 + 3,600. */
    const corrected: Record<string, [number, number]> = { 'async-1113': [29_034_900, 32_145_300] };

    it('400 plans take their gold makespan with unlimited workers and the sum of durations with one', () => {
      const rows = readRows('asynchow.jsonl', rowSchema);
      expect(rows).toHaveLength(400);
      for (const row of rows) {
        for (const end of [0, 1] as const) {
          const ids = Array.from({ length: row.step_count }, (_, at) => String(at + 1));
          const durationOf = (id: string): number => (row.duration_s[id]?.[end] ?? Number.NaN) * 1000;
          const draft = toDraft(ids.map((id) => ({ id, dependsOn: dependenciesOf(id, row.edges), durationMs: durationOf(id) })));
          const check = checkPlan(draft, { workers: 1 });
          const gold = (corrected[row.id] ?? row.gold_makespan_s)[end] * 1000;
          const sum = ids.reduce((total, id) => total + durationOf(id), 0);
          expect({ id: row.id, end, problems: check.problems, ...check.shape?.makespanMs }).toEqual({
            id: row.id,
            end,
            problems: [],
            unlimited: gold,
            workers: sum,
            one: sum,
          });
        }
      }
    });

    it('only the lower bound of async-1113 had to be corrected', () => {
      const row = readRows('asynchow.jsonl', rowSchema).find(({ id }) => id === 'async-1113');
      expect(row?.gold_makespan_s).toEqual([29_031_060, 32_145_300]);
    });
  });

  it('dagbench: 40 graphs have their published depth, width and edges', () => {
    const rows = readRows(
      'dagbench.jsonl',
      z.object({
        id: z.string(),
        graph_stats: z.object({ num_tasks: z.number(), num_edges: z.number(), depth: z.number(), width: z.number() }),
        graph: z.object({
          task_graph: z.object({
            tasks: z.array(z.object({ name: z.string() })),
            dependencies: z.array(z.object({ source: z.string(), target: z.string() })),
          }),
        }),
      }),
    );
    expect(rows).toHaveLength(40);
    for (const { id, graph_stats, graph } of rows) {
      const { tasks, dependencies } = graph.task_graph;
      const steps = tasks.map(({ name }) => ({
        id: name,
        dependsOn: dependencies.filter(({ target }) => target === name).map(({ source }) => source),
      }));
      const { num_tasks: subtasks, num_edges: edges, depth, width } = graph_stats;
      expect({ id, shape: checkPlan(toDraft(steps)).shape }).toMatchObject({ id, shape: { subtasks, edges, depth, width } });
    }
  });

  it('WorFBench: 300 workflow texts are judged, and all are valid', () => {
    const rows = readRows('worfbench.jsonl', z.object({ id: z.string(), gold: z.string() }));
    const judged = rows.map(({ gold }) => {
      const ids = [...gold.matchAll(/^(\d+):/gm)].map(([, id = '']) => id);
      const edges = [...gold.matchAll(/\((\w+),\s*(\w+)\)/g)].map(([, from = '', to = '']): [string, string] => [from, to]);
      return checkPlan(toDraft(ids.map((id) => ({ id, dependsOn: dependenciesOf(id, edges) }))))
        .problems.map(({ code }) => code)
        .join(' ');
    });
    expect(countBy(judged)).toEqual({ '': 300 });
  });

  describe('TaskBench: what language models wrote', () => {
    /** A link to a node that is not in the list (133 of mistral's are) has no subtask to stand at, and is left out. */
    const rowSchema = z.object({
      task_nodes: z.array(z.looseObject({ task: z.string() })),
      task_links: z.array(z.looseObject({ source: z.unknown().optional(), target: z.unknown().optional() })),
    });

    type Row = z.infer<typeof rowSchema>;
    const sourcesOf = (row: Row, task: string): unknown[] =>
      row.task_links.filter(({ target }) => target === task).map(({ source }) => source);
    const stepsOf = (row: Row): Step[] => row.task_nodes.map(({ task }) => ({ id: task, dependsOn: sourcesOf(row, task) }));

    it.each([
      ['taskbench_multimedia_CodeLlama-13b.jsonl', 498],
      ['taskbench_multimedia_mistral-7b.jsonl', 487],
    ])('%s: every plan is judged, and as an independent count judges it', (file, count) => {
      const rows = readRows(file, rowSchema);
      expect(rows).toHaveLength(count);
      for (const row of rows) {
        const steps = stepsOf(row);
        const codes = new Set(checkPlan(toDraft(steps)).problems.map(({ code }) => code));
        expect([...codes].toSorted()).toEqual(judgeIndependently(steps));
      }
    });

    it.each([
      ['taskbench_multimedia_CodeLlama-13b.jsonl', { ok: 491, 'duplicate-id': 7, cycle: 4, 'self-dependency': 1 }],
      [
        'taskbench_multimedia_mistral-7b.jsonl',
        { ok: 454, 'unknown-dependency': 25, cycle: 5, 'duplicate-id': 4, 'self-dependency': 1 },
      ],
    ])('%s: the counts by kind', (file, counts) => {
      const codes = readRows(file, rowSchema).flatMap((row) => {
        const steps = stepsOf(row);
        const check = checkPlan(toDraft(steps));
        return check.ok ? ['ok'] : [...new Set(check.problems.map(({ code }) => code))];
      });
      expect(countBy(codes)).toEqual(counts);
    });

    it.each(['taskbench_multimedia_CodeLlama-13b.jsonl', 'taskbench_multimedia_mistral-7b.jsonl'])(
      '%s: as planner text in other words, every element is a subtask or a problem',
      (file) => {
        for (const row of readRows(file, rowSchema)) {
          const steps = row.task_nodes.map(({ task }) => ({
            id: task,
            role: 'Worker',
            instruction: task,
            depends_on: sourcesOf(row, task),
          }));
          const read = readPlannerText(`My plan:\n\`\`\`json\n${JSON.stringify({ steps }, null, 2)}\n\`\`\``);
          expect(read.kind === 'draft' && read.elements).toEqual(steps);
          for (const step of steps) {
            const isNamed = step.depends_on.every((source) => typeof source === 'string' || Number.isSafeInteger(source));
            expect(normalizeElement(step, ['worker']).kind).toBe(isNamed ? 'subtask' : 'problem');
          }
        }
      },
    );
  });
});

/** The problem codes of a plan, found without the library: by names, and by removing what is free until nothing is. */
function judgeIndependently(steps: Step[]): string[] {
  const codes = new Set<string>();
  const names = steps.map(({ id }) => id);
  if (names.length === 0) codes.add('empty');
  if (new Set(names).size < names.length) codes.add('duplicate-id');
  for (const { id, dependsOn } of steps) {
    for (const source of dependsOn) {
      if (typeof source !== 'string') codes.add('malformed');
      else if (source === id) codes.add('self-dependency');
      else if (!names.includes(source)) codes.add('unknown-dependency');
    }
  }
  let left = steps;
  for (let before = -1; before !== left.length; ) {
    before = left.length;
    const waiting = new Set(left.map(({ id }) => id));
    left = left.filter(({ id, dependsOn }) => dependsOn.some((source) => source !== id && waiting.has(source)));
  }
  if (left.length > 0) codes.add('cycle');
  return [...codes].toSorted();
}

function countBy(keys: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}
