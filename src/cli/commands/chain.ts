import { type ChainLength, chainLength } from '../../index.ts';
import { exitCodes } from '../exit-code.ts';
import { formatNumber } from '../figures.ts';
import type { CliIo } from '../io.ts';
import { printJson } from '../tell-run.ts';

export interface ChainFlags {
  p: number;
  q: number;
  json?: boolean;
}

export async function runChain(io: CliIo, { p, q, json }: ChainFlags): Promise<number> {
  const chain = chainLength(p, q);
  if (json === true) await printJson(io, chain);
  else await io.print(`${describeChain(chain).join('\n')}\n`);
  return exitCodes.succeeded;
}

function describeChain({ p, q, n }: ChainLength): string[] {
  const model = 'This takes the steps as independent and equally reliable; real chains can do worse or better.';
  if (n === null) return [`A chain of any length beats one agent: ${p}^n stays above ${q}.`, model];
  const power = (steps: number): string => `${p}^${steps} = ${Number((p ** steps).toPrecision(4))}`;
  const beyond = `${power(n + 1)} is not more than ${q}`;
  if (n === 0) return [`No chain beats one agent, not even one step: ${beyond}.`, model];
  return [
    `At most ${formatNumber(n, 'step')} in a row beat${n === 1 ? 's' : ''} one agent: ${power(n)} is more than ${q}, ${beyond}.`,
    model,
  ];
}
