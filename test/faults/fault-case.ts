/** A case of the suite of faults: its seed is printed when it starts and when it fails, and what it did in one line at its end. */
import { writeSync } from 'node:fs';
import { type Random, seededRandom } from 'planwright';
import { test } from 'vitest';

/** `quick` is what fits into 4 minutes together, `full` everything. */
export const part = process.env['PLANWRIGHT_FAULTS_PART'] === 'quick' ? 'quick' : 'full';
const seed = Number(process.env['PLANWRIGHT_FAULTS_SEED'] ?? '1');

export interface FaultCase {
  seed: number;
  random: Random;
  /** For loops that do as much as there is time for. */
  startMs: number;
}

export interface FaultCaseOptions {
  /** Why it can't be run on this machine; undefined where it can. */
  skip?: string | undefined;
  /** At most this long. Default 120,000. */
  timeoutMs?: number;
}

/** @param body Returns one line: what was injected, how often, and what was checked. */
export function faultCase(title: string, options: FaultCaseOptions, body: (given: FaultCase) => Promise<string>): void {
  const { skip, timeoutMs = 120_000 } = options;
  test.skipIf(skip !== undefined)(
    skip === undefined ? title : `${title} (skipped: ${skip})`,
    { timeout: timeoutMs },
    async () => {
      const startMs = performance.now();
      tell(`  … ${title} (seed ${seed})`);
      try {
        const line = await body({ seed, random: seededRandom(seed), startMs });
        tell(`  ✓ ${title}: ${line} [${seconds(startMs)}]`);
      } catch (thrown) {
        tell(
          `  ✗ ${title}: failed with seed ${seed} [${seconds(startMs)}]. Again: npm run test:faults -- --seed ${seed} -t "${title}"`,
        );
        throw thrown;
      }
    },
  );
}

/** Straight to the terminal: the test runner would collect it. */
export function tell(line: string): void {
  writeSync(2, `${line}\n`);
}

function seconds(startMs: number): string {
  return `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
}
