import { runDemo as tellDemo } from '../demo.ts';
import type { CliIo } from '../io.ts';

export async function runDemo(io: CliIo): Promise<number> {
  const printing: Promise<boolean>[] = [];
  const exitCode = await tellDemo((line) => {
    printing.push(io.print(`${line}\n`));
  });
  await Promise.all(printing);
  return exitCode;
}
