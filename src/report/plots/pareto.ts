/**
 * Cost against success, a point an arm, with the Pareto front: the arms that no other beats on both. Arms are named beside
 * their points, or in a legend when these are too close to each other.
 */
import type { Proportion } from '../../measure/statistics/interval.ts';
import { cleanText } from '../html.ts';
import { formatPercent, formatPlain, formatProportion, formatUsd } from '../numbers.ts';
import { drawPlot } from './draw-plot.ts';
import { layOutLegend } from './legend.ts';
import { fitText } from './measure-text.ts';
import { lookOf, paper, placeArms, quiet } from './palette.ts';
import { type PlacedLabel, placeLabels } from './place-labels.ts';
import { defaultWidth, type PlotSize } from './plot-size.ts';
import { nameArm } from './success.ts';

export interface ArmCost {
  arm: string;
  /** Mean of a run, in the unit. */
  cost: number;
  success: Proportion;
}

export type CostUnit = 'usd' | 'tokens';

/** Arms that no other arm beats: none is as cheap and as successful and better in one of the two. Cheapest first. */
export function findParetoFront(arms: readonly ArmCost[]): ArmCost[] {
  const shareOf = ({ success: { k, n } }: ArmCost) => (n === 0 ? Number.NaN : k / n);
  return arms
    .filter((arm) => arm.success.n > 0)
    .filter(
      (arm, _, others) =>
        !others.some(
          (other) =>
            other.cost <= arm.cost && shareOf(other) >= shareOf(arm) && (other.cost < arm.cost || shareOf(other) > shareOf(arm)),
        ),
    )
    .toSorted((a, b) => a.cost - b.cost);
}

export function formatCost(cost: number, unit: CostUnit): string {
  return unit === 'usd' ? formatUsd(cost) : `${formatPlain(Math.round(cost))} tokens`;
}

/** Arms without a run (n = 0) are left out. @returns an SVG element. */
export async function plotPareto(
  arms: readonly ArmCost[],
  unit: CostUnit,
  { width = defaultWidth }: PlotSize = {},
): Promise<string> {
  const known = arms.filter(({ success }) => success.n > 0);
  const places = placeArms(arms.map(({ arm }) => arm));
  const look = ({ arm }: ArmCost) => lookOf(places.get(arm) ?? 0);
  const share = ({ success: { k, n } }: ArmCost) => k / n;
  const title = (arm: ArmCost) =>
    `${cleanText(nameArm(arm.arm))}: ${formatCost(arm.cost, unit)} a run, ${formatProportion(arm.success)} succeeded`;
  const most = (Math.max(...known.map(({ cost }) => cost), 0) || 1) * 1.12;
  const frame = { left: 52, right: width - 16, top: 12, bottom: width < 500 ? 252 : 320 };
  const toX = (cost: number) => frame.left + (cost / most) * (frame.right - frame.left);
  const toY = (value: number) => frame.bottom - value * (frame.bottom - frame.top);
  const labels = placeLabels(
    known.map((arm) => ({
      x: toX(arm.cost),
      y: toY(share(arm)),
      top: toY(arm.success.high),
      bottom: toY(arm.success.low),
      label: fitText(nameArm(arm.arm), 150),
    })),
    frame,
  );
  const legend = layOutLegend(
    labels === null ? known.map(({ arm }) => ({ name: nameArm(arm), place: places.get(arm) ?? 0, kind: 'symbol' })) : [],
    width,
  );
  const front = findParetoFront(known);
  return drawPlot({
    width,
    height: legend.height + frame.bottom + 44,
    label: `Cost against success. ${known.map((arm) => `${title(arm)}.`).join(' ')} On the Pareto front: ${front.map(({ arm }) => nameArm(arm)).join(', ')}.`,
    options: (plot) => ({
      marginTop: legend.height + frame.top,
      marginBottom: 44,
      marginLeft: frame.left,
      marginRight: width - frame.right,
      x: {
        type: 'linear',
        domain: [0, most],
        label: unit === 'usd' ? 'Cost of a run, US dollars' : 'Tokens a run',
        labelArrow: 'none',
        labelAnchor: 'center',
        labelOffset: 38,
        tickFormat: formatPlain,
        ticks: width < 500 ? 4 : 7,
      },
      y: { type: 'linear', domain: [0, 1], label: null, tickFormat: formatPercent, ticks: 5, grid: true },
      marks: [
        plot.line(front, {
          x: 'cost',
          y: share,
          curve: 'step-after',
          stroke: quiet,
          strokeDasharray: '5 4',
          strokeWidth: 1.5,
          className: 'front',
        }),
        plot.link(known, {
          x1: 'cost',
          x2: 'cost',
          y1: ({ success }: ArmCost) => success.low,
          y2: ({ success }: ArmCost) => success.high,
          stroke: (arm: ArmCost) => look(arm).color,
          strokeWidth: 2,
          className: 'interval',
        }),
        plot.dot(known, {
          x: 'cost',
          y: share,
          r: 6.5,
          symbol: (arm: ArmCost) => look(arm).symbol,
          fill: (arm: ArmCost) => look(arm).color,
          stroke: paper,
          strokeWidth: 1,
          title,
          className: 'point',
        }),
        ...(['start', 'middle', 'end'] as const).map((anchor) =>
          plot.text(
            (labels ?? []).filter((label) => label.anchor === anchor),
            {
              x: { value: (label: PlacedLabel) => label.x, scale: null },
              y: { value: (label: PlacedLabel) => label.y + legend.height, scale: null },
              text: 'text',
              textAnchor: anchor,
              fill: 'currentColor',
              stroke: paper,
              className: 'name',
            },
          ),
        ),
        ...legend.marks(plot),
      ],
    }),
  });
}
