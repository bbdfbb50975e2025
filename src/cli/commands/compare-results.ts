import { writeFile } from 'node:fs/promises';
import { judgeResults, PlanwrightError, readResults, renderComparisonPage, seededRandom } from '../../index.ts';
import { describeReport } from '../comparison-text.ts';
import { exitCodes } from '../exit-code.ts';
import type { CliIo } from '../io.ts';
import { nameInput, readInput } from '../read-input.ts';
import { printJson } from '../tell-run.ts';

export interface CompareResultsFlags {
  results: string;
  alpha?: number;
  seed?: number;
  html?: string;
  json?: boolean;
}

/** How many runs there are was settled before anybody looked at them, as far as a file can tell: the test for a fixed number. */
export async function runCompareResults(io: CliIo, flags: CompareResultsFlags): Promise<number> {
  const { results, alpha = 0.05, seed = 1, html, json } = flags;
  const file = nameInput(results);
  const rows = readResults(await readInput(results, 'results'), file);
  const report = judgeResults(rows, { method: 'fixed', alpha, random: seededRandom(seed) });
  if (html !== undefined) {
    await writePage(html, await renderComparisonPage(report, { title: file, runs: {}, notes: [] }));
    io.note(`Wrote ${html}\n`);
  }
  if (json === true) await printJson(io, report);
  else await io.print(`${describeReport(report).join('\n')}\n`);
  return exitCodes.succeeded;
}

async function writePage(path: string, page: string): Promise<void> {
  try {
    await writeFile(path, page);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new PlanwrightError('usage', `Cannot write the page ${path}: ${reason}.`, { location: { file: path }, cause: thrown });
  }
}
