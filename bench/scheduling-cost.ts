/** What the run loop costs a subtask whose work costs nothing, beside a bare dependency counter. */
import { MemoryStore } from '../src/engine/memory-store.ts';
import { runVirtually, succeedAtOnce } from '../src/testing/virtual-run.ts';
import { runDependencyCounter } from './dependency-counter.ts';
import { createRun, drivePlan, planSettings } from './drive-plan.ts';
import { atMost, type Figure } from './figure.ts';
import { generateDag, type Shape, shapes } from './generate-dag.ts';
import { measureInTurns } from './measure.ts';

/** Linear in N: memory no longer fits the processor's caches at 100,000, a factor that a quadratic step (100) is far beyond. */
const linearBound = 4;

/** The sizes are ascending; 1,000 is among them. */
export async function measureSchedulingCost(sizes: readonly number[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const shape of shapes) {
    const costsUs = new Map<number, number>();
    for (const size of sizes) {
      const { counterMs, loopMs, virtualMs } = await measureOne(shape, size);
      const us = (ms: number): number => (1000 * ms) / size;
      costsUs.set(size, us(loopMs));
      const what = `${shape}, ${size.toLocaleString('en')} subtasks`;
      figures.push(
        { what: `${what}: the loop, a subtask`, measured: us(loopMs), unit: ' µs' },
        { what: `${what}: in virtual time`, measured: us(virtualMs), unit: ' µs' },
        { what: `${what}: a dependency counter`, measured: us(counterMs), unit: ' µs' },
        { what: `${what}: loop ÷ counter`, measured: loopMs / counterMs, unit: ' ×', bound: atMost(8) },
      );
    }
    const largest = sizes.at(-1) ?? 0;
    const growth = (costsUs.get(largest) ?? Number.NaN) / (costsUs.get(1000) ?? Number.NaN);
    const what = `${shape}: cost a subtask at ${largest.toLocaleString('en')} ÷ at 1,000`;
    figures.push({ what, measured: growth, unit: ' ×', bound: atMost(linearBound) });
  }
  return figures;
}

/** Subtasks of one timed turn at least: a small plan runs many times over, for a clock that reads in microseconds. */
const turnSubtasks = 20_000;

async function measureOne(shape: Shape, size: number) {
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
