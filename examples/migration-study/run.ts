/**
 * node scripts/with-node.js examples/migration-study/run.ts [--tasks N] [--seed S] [--html FILE] [--json]
 *
 * What it simulates and found: docs/migration-study.md. Exit codes: 0 done; 1 a defect; 2 a wrong option or file.
 */
import { writeFile } from 'node:fs/promises';
import { PlanwrightError } from 'planwright';
import { measureStudy } from './measure.ts';
import { readOptions, type StudyOptions, usage } from './options.ts';
import { renderStudy } from './page.ts';
import { summarizeStudy } from './summarize.ts';
import { tellFindings, tellTables } from './tell.ts';

async function run({ tasks, seed, html, json }: StudyOptions): Promise<void> {
  const study = await measureStudy({ tasks, seed });
  const summary = summarizeStudy(study);
  if (html !== undefined) await writePage(html, await renderStudy(study, summary));
  if (json) console.log(JSON.stringify(summary, null, 2));
  else console.log([`Simulated, no model was asked: ${tasks} migrations, seed ${seed}.`, ...tellTables(summary)].join('\n\n'));
  if (!json) console.log(`\n${tellFindings(summary).join('\n')}`);
}

async function writePage(file: string, page: string): Promise<void> {
  await writeFile(file, page).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PlanwrightError('usage', `--html ${file} can't be written: ${why}`, { cause, location: { file } });
  });
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) console.log(usage);
  else await run(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof PlanwrightError && error.code === 'usage' ? 2 : 1;
}
