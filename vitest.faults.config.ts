import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** The suite of faults, one file after another, so that each has the machine. `scripts/test-faults.ts` runs it. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['test/faults/*.fault.ts'], exclude: ['**/node_modules/**'], fileParallelism: false },
});
