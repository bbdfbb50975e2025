/** What a forecast of a large plan costs, what simulating it costs, and how far the two and pⁿ lie apart. */
import { buildForecastBasis } from '../src/measure/build-forecast-basis.ts';
import { simulatePlan } from '../src/measure/simulate.ts';
import { forecastPlan } from '../src/plan/forecast.ts';
import type { Plan } from '../src/plan/plan.ts';
import { atMost, type Figure } from './figure.ts';
import { generateDag, shapes } from './generate-dag.ts';
import { measureInTurns } from './measure.ts';

const largeSize = 100_000;
const smallSize = 50;
/** Chains of 1 to so many subtasks at p = .9 are compared with .9ⁿ. */
const longestChain = 16;

export async function measureForecasts(): Promise<Figure[]> {
  const plans = shapes.map((shape) => toPlan(shape, largeSize));
  const basis = buildForecastBasis();
  const times = await measureInTurns(
    plans.map((plan) => () => forecastPlan(plan, basis)),
    { warmUps: 1, rounds: 5, collects: true },
  );
  const figures = shapes.map(
    (shape, at): Figure => ({
      what: `forecast of ${largeSize.toLocaleString('en')} subtasks, ${shape}`,
      measured: times[at] ?? Number.NaN,
      digits: 0,
      unit: ' ms',
      bound: atMost(1000),
    }),
  );
  const small = toPlan('random', smallSize);
  let trials = 0;
  const simulate = (): void => {
    trials = simulatePlan(small, basis).trials;
  };
  const [simulatedMs = Number.NaN] = await measureInTurns([simulate], { warmUps: 1, rounds: 5 });
  figures.push({
    what: `simulation of ${smallSize} subtasks, one subtask of one trial`,
    measured: (1000 * simulatedMs) / (trials * smallSize),
    unit: ' µs',
  });
  const misses = Array.from({ length: longestChain }, (_, at) => missOfChain(at + 1));
  figures.push({
    what: `|simulated − .9ⁿ|, 1,000 trials, the largest of n = 1 to ${longestChain}`,
    measured: Math.max(...misses),
    digits: 4,
    // Two standard errors of independent trials where they are largest.
    bound: atMost(0.0316),
  });
  return figures;
}

function missOfChain(length: number): number {
  const chain: Plan = { version: 1, task: 'bench', subtasks: generateDag('chain', length, 1) };
  return Math.abs(simulatePlan(chain, buildForecastBasis()).success.mean - 0.9 ** length);
}

/** Every third subtask is checked, so that the ladder counts; durations vary, so that the makespan does. */
function toPlan(shape: (typeof shapes)[number], size: number): Plan {
  const subtasks = generateDag(shape, size, 1).map((subtask, at) => ({
    ...subtask,
    estimate: { durationMs: 100 + (at % 89), tokens: 500 },
    ...(at % 3 === 0 ? { accept: [{ kind: 'quotes' as const }] } : {}),
  }));
  return { version: 1, task: 'bench', subtasks };
}
