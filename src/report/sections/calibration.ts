/** Whether forecasts of success came true. */
import type { ComparisonDetails } from '../comparison-details.ts';
import { renderFigure } from '../figure.ts';
import { html } from '../html.ts';
import { formatCount, formatNumber, formatPercent } from '../numbers.ts';
import type { PageSection } from '../page.ts';
import { plotCalibration } from '../plots/calibration.ts';

/** null when nothing was forecast. */
export async function writeCalibration({ calibration }: ComparisonDetails): Promise<PageSection | null> {
  if (calibration === undefined || calibration.n === 0) return null;
  const { n, brier, baseRateBrier, bins } = calibration;
  const score =
    brier === null || baseRateBrier === null
      ? ''
      : `Brier score ${brier.toFixed(3)} over ${formatNumber(n, 'forecast')}; always saying the share that came would have had ${baseRateBrier.toFixed(3)} (lower is better).`;
  const figure = await renderFigure({
    caption: `A point is what became of the runs whose forecast lay in one tenth, the line its 95 % interval. On the dashed line forecasts are right; below it they promise too much. ${score}`,
    plot: (width) => plotCalibration(bins, { width }),
    table: {
      title: 'Forecasts and outcomes',
      columns: [
        { title: 'Forecast' },
        { title: 'Mean', isNumber: true },
        { title: 'Successes', isNumber: true },
        { title: 'Runs', isNumber: true },
        { title: 'Share', isNumber: true },
        { title: 'Low', isNumber: true },
        { title: 'High', isNumber: true },
      ],
      rows: bins.map((bin) => [
        `${formatPercent(bin.low)} to ${formatPercent(bin.high)}`,
        formatPercent(bin.mean),
        formatCount(bin.k),
        formatCount(bin.n),
        bin.n === 0 ? '–' : formatPercent(bin.k / bin.n),
        formatPercent(bin.interval.low),
        formatPercent(bin.interval.high),
      ]),
    },
  });
  return { id: 'calibration', title: 'Forecasts', body: html`${figure}` };
}
