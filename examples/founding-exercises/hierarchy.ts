/** Flat against two and three levels: calls, the largest call, rounds and time; where a planner's context is full. */
import { type LeafRun, type LeafWork, type Levels, runLeafWork } from './leaf-work.ts';

/** 200: the most that a planner may plan by default. */
export const sizes = [8, 30, 100, 200] as const;
export const allLevels = [1, 2, 3] as const;
/** As many as there are, and the default of `limits.concurrency`. */
export const manySlots = 1000;
export const fewSlots = 8;
/** Larger work is not run with few slots. */
const mostWithFewSlots = 100;
/** Of a small local model, of a larger one, and of a hosted one. */
export const contexts = [8192, 32_768, 131_072] as const;

export interface ShapeFigures {
  n: number;
  levels: Levels;
  calls: { plan: number; execute: number; synthesize: number };
  inputTokens: number;
  outputTokens: number;
  /** Calls that are not a leaf's ÷ calls that are. */
  turnOverhead: number;
  /** The call with the largest prompt. */
  largestPrompt: { tokens: number; purpose: string };
  /** Prompt and answer of the call that needs the largest context. */
  largestContext: { tokens: number; purpose: string };
  makespanMs: { manySlots: number; fewSlots: number | null };
}

export async function measureShapes(): Promise<ShapeFigures[]> {
  const figures: ShapeFigures[] = [];
  for (const n of sizes) {
    for (const levels of allLevels) {
      const many = await runWhole({ n, levels, slots: manySlots, streamed: true });
      const few = n <= mostWithFewSlots ? await runWhole({ n, levels, slots: fewSlots, streamed: true }) : null;
      figures.push(measureShape(n, levels, many, few));
    }
  }
  return figures;
}

/** Calls one after another when each takes the same time and slots are free: by `allLevels`. */
export async function countRounds(): Promise<number[]> {
  const rounds: number[] = [];
  for (const levels of allLevels) {
    const { result } = await runWhole({ n: 8, levels, slots: manySlots, streamed: false, callMs: 1000 });
    rounds.push(result.ledger.makespanMs / 1000);
  }
  return rounds;
}

export interface LimitedRun {
  n: number;
  levels: Levels;
  contextTokens: number;
  status: string;
  /** By the call that did not fit; null when all did. */
  tokensNeeded: number | null;
  calls: number;
}

/** The same work with a model that refuses what does not fit its context. */
export async function runWithLimit(n: number, levels: Levels, contextTokens: number): Promise<LimitedRun> {
  const { result } = await runLeafWork({ n, levels, slots: manySlots, streamed: true, contextTokens });
  const needed = /This call needs (\d+) tokens/.exec(result.detail ?? '')?.[1];
  const tokensNeeded = needed === undefined ? null : Number(needed);
  return { n, levels, contextTokens, status: result.status, tokensNeeded, calls: result.ledger.calls };
}

/**
 * The most leaf subtasks for which the largest call fits: by the straight line through two measured sizes, which the
 * largest call of a flat team follows, because each result adds the same to the synthesizer's prompt.
 */
export function findLargestFlat(shapes: readonly ShapeFigures[], contextTokens: number): number {
  const [a, b] = shapes.filter(({ levels, n }) => levels === 1 && n >= 100);
  if (a === undefined || b === undefined) return 0;
  const perSubtask = (b.largestContext.tokens - a.largestContext.tokens) / (b.n - a.n);
  return Math.floor(a.n + (contextTokens - a.largestContext.tokens) / perSubtask);
}

async function runWhole(work: LeafWork): Promise<LeafRun> {
  const run = await runLeafWork(work);
  if (run.result.status !== 'succeeded')
    throw new Error(`The run of ${work.n} parts ended ${run.result.status}: ${run.result.detail}`);
  return run;
}

function measureShape(n: number, levels: Levels, { result, calls }: LeafRun, few: LeafRun | null): ShapeFigures {
  const { ledger } = result;
  const { plan = 0, execute = 0, synthesize = 0 } = ledger.callsByPurpose;
  return {
    n,
    levels,
    calls: { plan, execute, synthesize },
    inputTokens: ledger.inputTokens,
    outputTokens: ledger.outputTokens,
    turnOverhead: ledger.turnOverhead ?? 0,
    largestPrompt: findLargest(calls, ({ inputTokens }) => inputTokens),
    largestContext: findLargest(calls, ({ inputTokens, outputTokens }) => inputTokens + outputTokens),
    makespanMs: { manySlots: ledger.makespanMs, fewSlots: few === null ? null : few.result.ledger.makespanMs },
  };
}

function findLargest(calls: LeafRun['calls'], measure: (call: LeafRun['calls'][number]) => number) {
  return calls.reduce(
    (largest, call) => (measure(call) > largest.tokens ? { tokens: measure(call), purpose: call.purpose } : largest),
    { tokens: 0, purpose: '' },
  );
}
