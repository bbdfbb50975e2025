import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// 'planwright' means the sources here, as it does for node and tsc. Not `import`: it would hold for `require` too, and pg's
// CommonJS half would get the other half of its pool.
const conditions = ['planwright:source', 'node', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['src/**/*.test.ts', 'web/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/fixtures/**'],
    pool: 'forks',
    // Files of tests mostly wait for processes of their own: on two cores vitest would run one at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 20_000,
    // Pages and processes on a machine that is busy with others.
    expect: { poll: { timeout: 10_000 } },
    hookTimeout: 20_000,
  },
});
