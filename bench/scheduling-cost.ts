/** What the run loop costs a subtask whose work costs nothing, beside a bare dependency counter. */
import { MemoryStore } from '../src/engine/memory-store.ts';
import { runVirtually, succeedAtOnce } from '../src/engine/virtual-run.ts';
import { runDependencyCounter } from './dependency-counter.ts';
import { createRun, drivePlan, planSettings } from './drive-plan.ts';
import { atMost, type Figure } from './figure.ts';
import { generateDag, type Shape, shapes } from './generate-dag.ts';
import { measureInTurns } from './measure.ts';

/**
 * Linear in N: memory no longer fits the processor's caches at 100,000, which the counter, linear beyond doubt, pays for
 * too. The loop's cost a subtask may grow so many times more than the counter's; a quadratic step would make it 100.
 */
const growthBound = 2;

/** The sizes are ascending; 1,000 is among them. */
export async function measureSchedulingCost(sizes: readonly number[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const shape of shapes) {
    const costs = new Map<number, Cost>();
    for (const size of sizes) {
      const cost = await measureOne(shape, size);
      const { counterMs, loopMs, virtualMs } = cost;
      const us = (ms: number): number => (1000 * ms) / size;
      costs.set(size, cost);
      const what = `${shape}, ${size.toLocaleString('en')} subtasks`;
      figures.push(
        { what: `${what}: the loop, a subtask`, measured: us(loopMs), unit: ' µs' },
        { what: `${what}: in virtual time`, measured: us(virtualMs), unit: ' µs' },
        { what: `${what}: a dependency counter`, measured: us(counterMs), unit: ' µs' },
        { what: `${what}: loop ÷ counter`, measured: loopMs / counterMs, unit: ' ×', bound: atMost(8) },
      );
    }
    const largest = sizes.at(-1) ?? 0;
    const growthOf = (part: keyof Cost): number => growth(costs, part, largest);
    const what = `${shape}: cost a subtask at ${largest.toLocaleString('en')} ÷ at 1,000`;
    figures.push(
      { what: `${what}, the loop`, measured: growthOf('loopMs'), unit: ' ×' },
      {
        what: `${what}, loop ÷ counter`,
        measured: growthOf('loopMs') / growthOf('counterMs'),
        unit: ' ×',
        bound: atMost(growthBound),
      },
    );
  }
  return figures;
}

interface Cost {
  counterMs: number;
  loopMs: number;
  virtualMs: number;
}

function growth(costs: ReadonlyMap<number, Cost>, part: keyof Cost, largest: number): number {
  return (costs.get(largest)?.[part] ?? Number.NaN) / largest / ((costs.get(1000)?.[part] ?? Number.NaN) / 1000);
}

/** Subtasks of one timed turn at least: a small plan runs many times over, for a clock that reads in microseconds. */
const turnSubtasks = 20_000;

async function measureOne(shape: Shape, size: number): Promise<Cost> {
  const subtasks = generateDag(shape, size, 1);
  const settings = planSettings(subtasks);
  const repeats = Math.max(1, Math.round(turnSubtasks / size));
  const contestants = [
    () => {
      for (let done = 0; done < repeats; done++) runDependencyCounter(subtasks);
    },
    async () => {
      for (let done = 0; done < repeats; done++) {
        const store = new MemoryStore();
        await createRun(store, 'r');
        await drivePlan(subtasks, { runId: 'r', store });
      }
    },
    () => {
      for (let done = 0; done < repeats; done++) runVirtually({ settings, respond: succeedAtOnce });
    },
  ];
  const isLarge = size >= 100_000;
  const times = await measureInTurns(contestants, { warmUps: isLarge ? 2 : 5, rounds: isLarge ? 7 : 15, collects: isLarge });
  const [counterMs = Number.NaN, loopMs = Number.NaN, virtualMs = Number.NaN] = times.map((ms) => ms / repeats);
  return { counterMs, loopMs, virtualMs };
}
