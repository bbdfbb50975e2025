/**
 * node scripts/with-node.js examples/founding-exercises/run.ts --help. What it finds: docs/exercises.md.
 * Exit codes: 0 done; 1 a run went wrong; 2 a wrong part or option.
 */
import { PlanwrightError } from 'planwright';
import { readOptions, usage } from './options.ts';
import { runParts } from './parts.ts';
import { tellExercise } from './sheet.ts';

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) console.log(usage);
  else {
    const { names, seed, json } = options;
    const done = await runParts(names, seed, (_, exercise) => {
      if (!json) console.log(tellExercise(exercise));
    });
    if (json) console.log(JSON.stringify({ seed, parts: done }, null, 2));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof PlanwrightError && error.code === 'usage' ? 2 : 1;
}
