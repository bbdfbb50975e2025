/** How long a chain may be: by the model, and by chains that are run. */
import {
  type ChainLength,
  chainLength,
  defineTeam,
  MemoryStore,
  type Plan,
  type Proportion,
  runTask,
  type Team,
  wilsonInterval,
} from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { type Chance, createChance } from './chance.ts';
import { type Asked, readPrompt } from './read-prompt.ts';

/** Of the check that a step's result is put to. */
export interface CheckRates {
  /** Share of wrong results that it passes. */
  falseAccept: number;
  /** Share of right results that it refuses. */
  falseReject: number;
}

export const declaredCheck: CheckRates = { falseAccept: 0.2, falseReject: 0.05 };
/** The single agent on the whole task. */
export const singleReliability = 0.6;

export interface ChainCase {
  /** Steps. */
  n: number;
  p: number;
  /** With it, a refused step has one retry. */
  check: CheckRates | null;
}

export interface ChainFigures extends ChainCase {
  /** Expected share of right deliverables. */
  expected: number;
  right: Proportion;
  /** Deliverables that are wrong, and runs that handed nothing over. */
  wrong: number;
  nothing: number;
  callsPerRun: number;
  /** Where the interval of `right` lies from the single agent's q. */
  against: 'ahead' | 'behind' | 'undecided';
}

export const cases: readonly ChainCase[] = [
  ...[4, 5, 8].map((n) => ({ n, p: 0.9, check: null })),
  { n: 16, p: 0.97, check: null },
  ...[5, 8].map((n) => ({ n, p: 0.9, check: declaredCheck })),
];

export const tableSteps = [0.8, 0.9, 0.95, 0.97, 0.99] as const;
export const tableSingles = [0.5, 0.6, 0.74, 0.9] as const;

/** The model's table, by p. */
export function tabulateLengths(): ChainLength[][] {
  return tableSteps.map((p) => tableSingles.map((q) => chainLength(p, q)));
}

/** Share of steps whose accepted result is right, with one retry after a refusal. */
export function checkedStep(p: number, { falseAccept, falseReject }: CheckRates): number {
  const right = p * (1 - falseReject);
  const refused = 1 - right - (1 - p) * falseAccept;
  return right * (1 + refused);
}

export interface ChainMeasured {
  runs: number;
  single: Proportion;
  chains: ChainFigures[];
}

/** @param runs Of each case. */
export async function measureChains(seed: number, runs: number): Promise<ChainMeasured> {
  const chance = createChance(seed);
  const single = await runMany(runs, (run) => runSingle(chance, run));
  const chains: ChainFigures[] = [];
  for (const one of cases) {
    const { tally, calls } = await runMany(runs, (run) => runChain(one, chance, run));
    const right = wilsonInterval(tally.right, runs);
    const { n, p, check } = one;
    chains.push({
      ...one,
      expected: (check === null ? p : checkedStep(p, check)) ** n,
      right,
      wrong: tally.wrong,
      nothing: tally.nothing,
      callsPerRun: calls / runs,
      against: right.low > singleReliability ? 'ahead' : right.high < singleReliability ? 'behind' : 'undecided',
    });
  }
  return { runs, single: wilsonInterval(single.tally.right, runs), chains };
}

type End = 'right' | 'wrong' | 'nothing';

async function runMany(runs: number, runOne: (run: number) => Promise<{ end: End; calls: number }>) {
  const tally: Record<End, number> = { right: 0, wrong: 0, nothing: 0 };
  let calls = 0;
  for (let run = 0; run < runs; run++) {
    const one = await runOne(run);
    tally[one.end] += 1;
    calls += one.calls;
  }
  return { tally, calls };
}

const adder = { description: 'Adds.', instructions: 'You are the adder.' };
const onceTeam = defineTeam({
  name: 'chain',
  roles: { adder },
  generalist: 'adder',
  limits: { retries: 0, reroutes: 0, replans: 0 },
});
const checkedTeam = defineTeam({
  name: 'checked-chain',
  roles: { adder: { ...adder, accept: [{ kind: 'predicate', matches: String.raw`^total = \d+$` }] } },
  generalist: 'adder',
  limits: { retries: 1, reroutes: 0, replans: 0 },
});

async function runChain({ n, p, check }: ChainCase, chance: Chance, run: number) {
  const plan: Plan = {
    version: 1,
    task: `Add up 1 to ${n}.`,
    subtasks: Array.from({ length: n }, (_, at) => ({
      id: `step-${at + 1}`,
      role: 'adder',
      instruction: `Add ${at + 1} to the total.`,
      dependsOn: at === 0 ? [] : [`step-${at}`],
    })),
  };
  const attempts = new Map<string, number>();
  const answer = ({ instruction, handed }: Asked): string => {
    const attempt = (attempts.get(instruction) ?? 0) + 1;
    attempts.set(instruction, attempt);
    const before = Number(/\d+/.exec(handed[0]?.text ?? '0')?.[0]);
    const words = [check === null ? 'bare' : 'checked', n, p, run, instruction, attempt];
    const isRight = chance('step', ...words) < p;
    const total = before + Number(/\d+/.exec(instruction)?.[0]) + (isRight ? 0 : 1);
    // What the check sees of a result is a flaw in its form.
    const flawed = check === null ? 0 : isRight ? check.falseReject : 1 - check.falseAccept;
    return `total = ${total}${chance('flaw', ...words) < flawed ? ' or so' : ''}`;
  };
  return runWith(check === null ? onceTeam : checkedTeam, { task: plan.task, plan }, answer, n);
}

/** The same sum by one agent in one call. */
async function runSingle(chance: Chance, run: number) {
  const n = 5;
  const right = (n * (n + 1)) / 2;
  const answer = () => `total = ${chance('single', run) < singleReliability ? right : right + 1}`;
  return runWith(onceTeam, { task: `Add up 1 to ${n}.`, strategy: 'single' }, answer, n);
}

async function runWith(
  team: Team,
  work: { task: string; plan?: Plan; strategy?: 'single' },
  answer: (asked: Asked) => string,
  n: number,
): Promise<{ end: End; calls: number }> {
  const model = scriptedModel((request) => answer(readPrompt(request)));
  const { deliverable, ledger } = await runTask({ ...work, team, model, store: new MemoryStore() });
  const end = deliverable === null ? 'nothing' : deliverable === `total = ${(n * (n + 1)) / 2}` ? 'right' : 'wrong';
  return { end, calls: ledger.calls };
}
