/** The whole measurement, from the command line's words to what is said and the exit code. */
import { writeFile } from 'node:fs/promises';
import { PlanwrightError, systemClock } from 'planwright';
import { writeHeader } from '../support/recording-header.ts';
import type { RecordingHeader } from './header.ts';
import { measureArms } from './measure.ts';
import { openSource } from './open-source.ts';
import { type CrossoverOptions, readOptions, usage } from './options.ts';
import { renderCrossover } from './page.ts';
import { markLeniently } from './questions.ts';
import { summarize } from './summarize.ts';
import { tellFindings, tellTable } from './tell.ts';

export interface Surroundings {
  signal: AbortSignal;
  /** The result, to stdout. */
  say: (text: string) => void;
  /** Progress and errors, to stderr. */
  tell: (text: string) => void;
}

/** @returns the exit code: 0 measured; 1 a call failed; 2 a wrong option, model or file; 130 interrupted. */
export async function runCommand(args: string[], around: Surroundings): Promise<number> {
  try {
    const options = readOptions(args);
    around.say(options === null ? usage : await measure(options, around));
    return 0;
  } catch (error) {
    if (around.signal.aborted) return 130;
    around.tell(error instanceof Error ? error.message : String(error));
    return error instanceof PlanwrightError && ['usage', 'model-unknown', 'secret-missing'].includes(error.code) ? 2 : 1;
  }
}

async function measure(options: CrossoverOptions, { signal, tell }: Surroundings): Promise<string> {
  const { model, design, blocks, ...source } = await openSource(options);
  const label = options.lenient ? `${source.label} Marked leniently.` : source.label;
  const onBlock = (done: number) => {
    if (options.source.kind === 'spec') tell(`${done} of ${design.repeats} blocks`);
  };
  const marked = options.lenient ? blocks.map((block) => block.map(markLeniently)) : blocks;
  const results = await measureArms({ model, blocks: marked, sizes: design.sizes, signal, onBlock });
  if (options.record !== undefined) {
    const recorded = new Date(systemClock.now()).toISOString().slice(0, 10);
    const header: RecordingHeader = { version: 1, model: model.modelId, recorded, ...design, temperature: 0 };
    await writeHeader(options.record, header);
  }
  const summary = summarize(results, design.seed);
  if (options.html !== undefined) await writeFile(options.html, await renderCrossover(summary, label));
  return [label, '', tellTable(summary), '', ...tellFindings(summary)].join('\n');
}
