/** Time on the critical path and off it. */
import type { ComparisonReport } from '../../measure/comparison-report.ts';
import { mostCharacters, mostEntries } from '../bounds.ts';
import type { ComparisonDetails } from '../comparison-details.ts';
import { renderFigure } from '../figure.ts';
import { cutText, html } from '../html.ts';
import { formatPercent, formatSeconds } from '../numbers.ts';
import type { PageSection } from '../page.ts';
import { orderArms } from '../plots/palette.ts';
import { nameArm } from '../plots/success.ts';
import { plotTimeOnPath } from '../plots/time-on-path.ts';
import { renderTable } from '../table.ts';
import { listArms } from './success.ts';

const id = 'time';
const title = 'Time on the critical path and off it';

export async function writeTime(report: ComparisonReport, details: ComparisonDetails): Promise<PageSection> {
  const arms = orderArms(details.time ?? [])
    .slice(0, mostEntries.armsDrawn)
    .map((time) => ({ ...time, arm: cutText(time.arm, mostCharacters.name) }));
  if (arms.every(({ criticalMs, otherMs }) => criticalMs + otherMs <= 0)) return { id, title, body: tellTotals(report) };
  const body = await renderFigure({
    caption:
      'Seconds of a run, on average. The critical path is the longest chain of subtasks that waited for each other: more workers don’t make it shorter. What is off it was done beside it, and costs money but little time.',
    plot: (width) => plotTimeOnPath(arms, { width }),
    table: {
      title: 'Mean seconds of a run',
      columns: [
        { title: 'Arm' },
        { title: 'On the critical path', isNumber: true },
        { title: 'Off it', isNumber: true },
        { title: 'Share off it', isNumber: true },
      ],
      rows: arms.map(({ arm, criticalMs, otherMs }) => [
        nameArm(arm),
        formatSeconds(criticalMs / 1000),
        formatSeconds(otherMs / 1000),
        criticalMs + otherMs > 0 ? formatPercent(otherMs / (criticalMs + otherMs)) : '–',
      ]),
    },
  });
  return { id, title, body };
}

function tellTotals(report: ComparisonReport) {
  const known = listArms(report).filter(({ seconds }) => seconds !== null);
  if (known.length === 0) return html`<p>No result states how long it took.</p>`;
  return html`<p>The results state how long a run took, not which of it lay on a critical path.</p>
${renderTable({
  title: 'Mean time of a run',
  columns: [{ title: 'Arm' }, { title: 'Time', isNumber: true }],
  rows: known.map(({ arm, seconds }) => [nameArm(arm), formatSeconds(seconds ?? 0)]),
})}`;
}
