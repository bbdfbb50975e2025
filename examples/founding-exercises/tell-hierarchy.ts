/** The figures of hierarchy.ts in words. */
import {
  contexts,
  countRounds,
  fewSlots,
  findLargestFlat,
  type LimitedRun,
  measureShapes,
  runWithLimit,
  type ShapeFigures,
  sizes,
} from './hierarchy.ts';
import type { Levels } from './leaf-work.ts';
import { firstTokenMs, resultTokens, tokenMs } from './pace.ts';
import { type Exercise, seconds, whole } from './sheet.ts';

const limited = { n: 30, contextTokens: contexts[0] } as const;
const names: Record<Levels, string> = { 1: 'flat', 2: 'two levels', 3: 'three levels' };

/** Nothing in it is left to chance. */
export async function exerciseHierarchy(): Promise<Exercise> {
  const shapes = await measureShapes();
  const rounds = await countRounds();
  const runs: LimitedRun[] = [];
  for (const levels of [1, 2] as const) runs.push(await runWithLimit(limited.n, levels, limited.contextTokens));
  return {
    title: 'When the hierarchy pays',
    declared: [
      `n independent leaf subtasks; every result, synthesized ones too, has ${resultTokens} tokens. They are split evenly: of two levels each planner has about √n subtasks, of three about ∛n.`,
      `A call takes ${firstTokenMs} ms and ${tokenMs} ms for each token of its answer; plans are streamed; time is virtual.`,
    ],
    sheets: [
      {
        title: 'Calls, and the largest of them.',
        columns: ['n', 'team', 'calls: plan + execute + synthesize', 'turn overhead', 'tokens', 'largest prompt, tokens'],
        rows: shapes.map(tellShape),
      },
      {
        title: 'Makespan in seconds.',
        columns: [
          'n',
          ...[1, 2, 3].map((levels) => `${tellLevels(levels)}, slots for all`),
          ...[1, 2, 3].map((levels) => `${tellLevels(levels)}, ${fewSlots} slots`),
        ],
        rows: sizes.map((n) => {
          const same = shapes.filter((shape) => shape.n === n);
          const many = same.map(({ makespanMs }) => seconds(makespanMs.manySlots));
          const few = same.map(({ makespanMs }) => (makespanMs.fewSlots === null ? 'not run' : seconds(makespanMs.fewSlots)));
          return [String(n), ...many, ...few];
        }),
      },
      {
        title: 'The most leaf subtasks of a flat team whose largest call fits.',
        columns: ['context, tokens', 'leaf subtasks'],
        rows: contexts.map((tokens) => [whole(tokens), String(findLargestFlat(shapes, tokens))]),
      },
    ],
    findings: [
      `Calls one after another: ${rounds[0]} in a flat team, ${rounds[1]} with two levels, ${rounds[2]} with three.`,
      ...runs.map(tellLimited),
      tellFaster(shapes),
      tellSmallest(shapes),
    ],
    figures: { shapes, rounds, limited: runs },
  };
}

function tellShape({ n, levels, calls, turnOverhead, inputTokens, outputTokens, largestPrompt }: ShapeFigures): string[] {
  const { plan, execute, synthesize } = calls;
  return [
    String(n),
    names[levels],
    `${plan + execute + synthesize}: ${plan} + ${execute} + ${synthesize}`,
    turnOverhead.toFixed(2),
    whole(inputTokens + outputTokens),
    `${whole(largestPrompt.tokens)} (${largestPrompt.purpose})`,
  ];
}

function tellLevels(levels: number): string {
  return levels === 1 ? names[1] : levels === 2 ? names[2] : names[3];
}

function tellLimited({ n, levels, contextTokens, status, tokensNeeded, calls }: LimitedRun): string {
  const team = levels === 1 ? 'A flat team' : `A team of ${names[levels]}`;
  const why = tokensNeeded === null ? '' : `: one of them needs ${whole(tokensNeeded)} tokens`;
  return `${team} with ${n} subtasks and a model of ${whole(contextTokens)} tokens ended ${status} after ${calls} calls${why}.`;
}

function tellSmallest(shapes: readonly ShapeFigures[]): string {
  const [flat, two] = shapes;
  if (flat === undefined || two === undefined) return '';
  const times = (measure: (shape: ShapeFigures) => number) => (measure(two) / measure(flat)).toFixed(2);
  return `At n = ${flat.n} two levels make ${times(countCalls)} times the calls, use ${times(countTokens)} times the tokens and take ${times(({ makespanMs }) => makespanMs.manySlots)} times as long.`;
}

function countCalls({ calls: { plan, execute, synthesize } }: ShapeFigures): number {
  return plan + execute + synthesize;
}

function countTokens({ inputTokens, outputTokens }: ShapeFigures): number {
  return inputTokens + outputTokens;
}

function tellFaster(shapes: readonly ShapeFigures[]): string {
  const many = sizesWhereTwoLead(shapes, ({ makespanMs }) => makespanMs.manySlots);
  const few = sizesWhereTwoLead(shapes, ({ makespanMs }) => makespanMs.fewSlots);
  return `Two levels are faster than one ${many} with slots for all, and ${few} with ${fewSlots} slots.`;
}

function sizesWhereTwoLead(shapes: readonly ShapeFigures[], measure: (shape: ShapeFigures) => number | null): string {
  const found = sizes.filter((n) => {
    const [flat, two] = shapes.filter((shape) => shape.n === n).map(measure);
    return typeof flat === 'number' && typeof two === 'number' && two < flat;
  });
  return found.length === 0 ? 'at no n that was run' : `at n = ${found.join(', ')}`;
}
