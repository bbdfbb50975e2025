/** How often each part does its work: by role, by stage, or by anything else that succeeds or fails. */
import type { Proportion } from '../../measure/statistics/interval.ts';
import { drawIntervals } from './intervals.ts';
import type { PlotSize } from './plot-size.ts';

export interface ReliabilityGroup {
  /** `By role`, `By stage`. */
  title: string;
  parts: { name: string; reliability: Proportion }[];
}

/** A row each; a share is drawn from 0 to 1. @returns an SVG element. */
export async function plotReliability(groups: readonly ReliabilityGroup[], size: PlotSize = {}): Promise<string> {
  const drawn = groups.map(({ title, parts }, group) => ({
    title,
    rows: parts.map(({ name, reliability }) => ({ label: name, proportion: reliability, place: group })),
  }));
  return drawIntervals(drawn, 'Accepted of those attempted', size);
}
