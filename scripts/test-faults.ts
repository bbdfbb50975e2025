/**
 * npm run test:faults: what Planwright must survive, injected into real processes, files, networks and servers (docs/faults.md).
 * No part of npm test. Exit codes: 0 all held; 1 something did not, or the quick part took too long; 2 a bad option.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { exitCodeOf } from './exit-code.js';

const usage = `npm run test:faults -- [--part quick|full] [--seed N] [--report FILE] [NAME…]

  --part quick    a part of every case, within 4 minutes on 2 cores; default full: everything
  --seed N        for every choice that is made by chance; default: from the clock, and printed
  --report FILE   vitest's report in JSON
  -t PATTERN      only cases whose title matches
  NAME…           only files of test/faults whose name contains one of these
`;

const root = fileURLToPath(new URL('..', import.meta.url));
const quickLimitMs = 240_000;

const options = {
  part: { type: 'string', default: 'full' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  report: { type: 'string' },
  'test-name-pattern': { type: 'string', short: 't' },
  help: { type: 'boolean', default: false },
} as const;

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const { part, seed, report } = values;
  if (values.help || !['quick', 'full'].includes(part) || !Number.isSafeInteger(Number(seed))) {
    console.error(usage);
    return values.help ? 0 : 2;
  }
  const reporters = ['--reporter=default', ...(report === undefined ? [] : ['--reporter=json', `--outputFile.json=${report}`])];
  const pattern = values['test-name-pattern'];
  const only = pattern === undefined ? [] : ['-t', pattern];
  console.log(`Faults, ${part === 'quick' ? 'the quick part' : 'all of them'}. Seed ${seed}.`);
  const tool = fileURLToPath(new URL('node_modules/vitest/vitest.mjs', `file://${root}/`));
  const child = spawn(
    process.execPath,
    [tool, 'run', '--config', 'vitest.faults.config.ts', ...reporters, ...only, ...positionals],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, PLANWRIGHT_FAULTS_PART: part, PLANWRIGHT_FAULTS_SEED: seed },
    },
  );
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => child.kill(name));
  const startMs = performance.now();
  const code = await exitCodeOf(child);
  const seconds = Math.round((performance.now() - startMs) / 1000);
  console.log(`${code === 0 ? 'All held' : 'Not all held'} after ${seconds} s. Seed ${seed}.`);
  if (part === 'quick' && seconds * 1000 > quickLimitMs) {
    console.error(`The quick part is to take ${quickLimitMs / 1000} s at most.`);
    return 1;
  }
  return code;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = 2;
}
