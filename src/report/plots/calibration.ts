/** Whether forecasts came true: of the runs that were given about this chance, how many succeeded. */
import type { CalibrationBin } from '../../measure/calibration.ts';
import { formatCount, formatPercent, formatPercentRange } from '../numbers.ts';
import { drawPlot } from './draw-plot.ts';
import { lookOf, paper, quiet } from './palette.ts';
import { defaultWidth, type PlotSize } from './plot-size.ts';

/** What is drawn of a bin: `interval` is of k ÷ n. */
export type CalibrationPoint = Pick<CalibrationBin, 'mean' | 'k' | 'n' | 'interval'>;

/** Bins with n = 0 are left out. On the diagonal forecasts are right. @returns an SVG element. */
export async function plotCalibration(
  bins: readonly CalibrationPoint[],
  { width = defaultWidth }: PlotSize = {},
): Promise<string> {
  const known = bins.filter(({ n }) => n > 0);
  const side = Math.min(width, 420);
  const look = lookOf(0);
  const share = ({ k, n }: CalibrationPoint) => k / n;
  const title = (bin: CalibrationPoint) =>
    `forecast ${formatPercent(bin.mean)}: ${formatCount(bin.k)} of ${formatCount(bin.n)} succeeded, ${formatPercent(share(bin))} (${formatPercentRange(bin.interval.low, bin.interval.high)})`;
  const axis = { type: 'linear', domain: [0, 1], tickFormat: formatPercent, ticks: 5, grid: true, labelArrow: 'none' } as const;
  return drawPlot({
    width: side,
    height: side,
    label: `Calibration. ${known.map((bin) => `${title(bin)}.`).join(' ')}`,
    options: (plot) => ({
      marginTop: 30,
      marginRight: 22,
      marginBottom: 46,
      marginLeft: 52,
      x: { ...axis, label: 'Forecast success', labelAnchor: 'center', labelOffset: 38 },
      y: { ...axis, label: 'Observed success' },
      marks: [
        plot.link([0], { x1: 0, y1: 0, x2: 1, y2: 1, stroke: quiet, strokeDasharray: '5 4', className: 'diagonal' }),
        plot.link(known, {
          x1: 'mean',
          x2: 'mean',
          y1: ({ interval }: CalibrationPoint) => interval.low,
          y2: ({ interval }: CalibrationPoint) => interval.high,
          stroke: look.color,
          strokeWidth: 2,
          className: 'interval',
        }),
        plot.dot(known, {
          x: 'mean',
          y: share,
          r: 5.5,
          fill: look.color,
          stroke: paper,
          strokeWidth: 1,
          title,
          className: 'point',
        }),
      ],
    }),
  });
}
