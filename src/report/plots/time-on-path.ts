/** How long an arm's runs wait for their longest chain, and how much work went on beside it. */
import { formatPlain, formatSeconds } from '../numbers.ts';
import type { PlotSize } from './plot-size.ts';
import { drawStacks } from './stacks.ts';
import { nameArm } from './success.ts';

/** Means of a run, ms. */
export interface ArmTime {
  arm: string;
  /** On the longest chain of observed waiting: no worker more makes it shorter. */
  criticalMs: number;
  /** Work that was done off that chain. */
  otherMs: number;
}

/** A bar an arm. @returns an SVG element. */
export async function plotTimeOnPath(arms: readonly ArmTime[], size: PlotSize = {}): Promise<string> {
  const rows = arms.map(({ arm, criticalMs, otherMs }) => ({
    label: nameArm(arm),
    amounts: [criticalMs / 1000, otherMs / 1000],
  }));
  const parts = [
    { name: 'on the critical path', place: 0 },
    { name: 'off it', place: 4 },
  ];
  return drawStacks({ rows, parts, axisLabel: 'Seconds of work a run', format: formatSeconds, formatTick: formatPlain }, size);
}
