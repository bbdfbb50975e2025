/**
 * node scripts/with-node.js examples/crossover/run.ts --help. What it measures and found: docs/crossover.md.
 * Exit codes: 0 measured; 1 a call failed; 2 a wrong option, model or file; 130 interrupted.
 */
import { PlanwrightError, systemClock } from 'planwright';
import { writeHeader } from './header.ts';
import { measureArms } from './measure.ts';
import { openSource } from './open-source.ts';
import { type CrossoverOptions, readOptions, usage } from './options.ts';
import { summarize } from './summarize.ts';
import { tellFindings, tellTable } from './tell.ts';

async function run(options: CrossoverOptions, signal: AbortSignal): Promise<void> {
  const { model, design, blocks, label } = await openSource(options);
  const onBlock = (done: number) => {
    if (options.source.kind === 'spec') console.error(`${done} of ${design.repeats} blocks`);
  };
  const results = await measureArms({ model, blocks, sizes: design.sizes, signal, onBlock });
  if (options.record !== undefined) {
    const recorded = new Date(systemClock.now()).toISOString().slice(0, 10);
    await writeHeader(options.record, { version: 1, model: model.modelId, recorded, ...design, temperature: 0 });
  }
  const summary = summarize(results, design.seed);
  console.log([label, '', tellTable(summary), '', ...tellFindings(summary)].join('\n'));
}

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) console.log(usage);
  else await run(options, interrupt.signal);
} catch (error) {
  if (interrupt.signal.aborted) process.exitCode = 130;
  else {
    console.error(error instanceof Error ? error.message : String(error));
    const misused = error instanceof PlanwrightError && ['usage', 'model-unknown', 'secret-missing'].includes(error.code);
    process.exitCode = misused ? 2 : 1;
  }
}
