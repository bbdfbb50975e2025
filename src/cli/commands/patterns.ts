/** `planwright patterns`: the published ways of working as a team that a run can follow. */
import { listPatterns } from '../../index.ts';
import { exitCodes } from '../exit-code.ts';
import type { CliIo } from '../io.ts';

export async function runPatterns(io: CliIo, { json }: { json?: boolean }): Promise<number> {
  const patterns = listPatterns();
  const width = patterns.reduce((widest, { name }) => Math.max(widest, name.length), 0);
  for (const pattern of patterns) {
    const { name, summary, source, calls } = pattern;
    const indent = ' '.repeat(width + 2);
    const text = `${name.padEnd(width)}  ${summary}\n${indent}${source}. Model calls: ${calls}.\n`;
    if (!(await io.print(json === true ? `${JSON.stringify(pattern)}\n` : text))) break;
  }
  return exitCodes.succeeded;
}
