/** Where an arm's tokens went. */
import type { CallPurpose } from '../../model/call-record.ts';
import { formatPlain } from '../numbers.ts';
import type { PlotSize } from './plot-size.ts';
import { drawStacks } from './stacks.ts';
import { nameArm } from './success.ts';

/** Mean input + output tokens of a run, by the purpose of the call. */
export interface ArmTokens {
  arm: string;
  tokens: Partial<Record<CallPurpose, number>>;
}

/** The work itself first, then what coordinates it; the places in the palette are fixed. */
export const purposes: readonly { purpose: CallPurpose; place: number }[] = [
  { purpose: 'execute', place: 0 },
  { purpose: 'verify', place: 2 },
  { purpose: 'plan', place: 4 },
  { purpose: 'replan', place: 1 },
  { purpose: 'synthesize', place: 3 },
  { purpose: 'gate', place: 5 },
  { purpose: 'manage', place: 6 },
];

/** A bar an arm. @returns an SVG element. */
export async function plotTokensByPurpose(arms: readonly ArmTokens[], size: PlotSize = {}): Promise<string> {
  const rows = arms.map(({ arm, tokens }) => ({
    label: nameArm(arm),
    amounts: purposes.map(({ purpose }) => tokens[purpose] ?? 0),
  }));
  const parts = purposes.map(({ purpose, place }) => ({ name: purpose, place }));
  return drawStacks({ rows, parts, axisLabel: 'Tokens a run', format: formatPlain }, size);
}
