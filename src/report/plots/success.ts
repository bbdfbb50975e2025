/** Success with intervals, by arm and class of tasks. */
import type { Proportion } from '../../measure/statistics/interval.ts';
import { drawIntervals } from './intervals.ts';
import { placeArms } from './palette.ts';
import type { PlotSize } from './plot-size.ts';

export interface ArmSuccess {
  arm: string;
  success: Proportion;
}

/** The arms over one set of tasks. */
export interface SuccessGroup {
  /** `All tasks`, a class; without one the rows stand alone. */
  title?: string;
  arms: ArmSuccess[];
}

/** A row each; a share is drawn from 0 to 1. @returns an SVG element. */
export async function plotSuccess(groups: readonly SuccessGroup[], size: PlotSize = {}): Promise<string> {
  const places = placeArms(groups.flatMap(({ arms }) => arms.map(({ arm }) => arm)));
  const drawn = groups.map(({ title, arms }) => ({
    ...(title === undefined ? {} : { title }),
    rows: arms.map(({ arm, success }) => ({ label: nameArm(arm), proportion: success, place: places.get(arm) ?? 0 })),
  }));
  return drawIntervals(drawn, 'Tasks that succeeded', size);
}

/** As a reader knows it: `single` is one agent. */
export function nameArm(arm: string): string {
  return arm === 'single' ? 'one agent' : arm;
}
