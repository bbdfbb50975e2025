/** A case of the suite of faults: its seed is printed when it starts and when it fails, and what it did in one line at its end. */
import { writeSync } from 'node:fs';
import { type Random, seededRandom } from 'planwright';

/** `quick` is what fits into 4 minutes together, `full` everything. */
export const part = process.env['PLANWRIGHT_FAULTS_PART'] === 'quick' ? 'quick' : 'full';
const seed = Number(process.env['PLANWRIGHT_FAULTS_SEED'] ?? '1');

export interface FaultCase {
  seed: number;
  random: Random;
  /** For loops that do as much as there is time for. */
  startMs: number;
}

/** @param body Injects and checks. Returns one line: what was injected, how often, and what was checked. */
export async function expectToHold(title: string, body: (given: FaultCase) => Promise<string>): Promise<void> {
  const startMs = performance.now();
  tell(`  … ${title} (seed ${seed})`);
  try {
    const line = await body({ seed, random: seededRandom(seed), startMs });
    tell(`  ✓ ${title}: ${line} [${seconds(startMs)}]`);
  } catch (thrown) {
    tell(`  ✗ ${title}: failed with seed ${seed} [${seconds(startMs)}]`);
    tell(`    again: npm run test:faults -- --part ${part} --seed ${seed} -t "${title.replace(/ \(.*/, '')}"`);
    throw thrown;
  }
}

/** Straight to the terminal: the test runner would collect it. */
export function tell(line: string): void {
  writeSync(2, `${line}\n`);
}

function seconds(startMs: number): string {
  return `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
}
