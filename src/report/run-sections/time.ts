/** When who worked on what, and on which chain the run waited. */
import { mostCharacters, mostEntries, sayLeftOut } from '../bounds.ts';
import { renderFigure } from '../figure.ts';
import { cutText, html } from '../html.ts';
import { formatNumber, formatSeconds } from '../numbers.ts';
import type { PageSection } from '../page.ts';
import { drawTimeline, type TimelineBar, type TimelineRow } from '../plots/timeline.ts';
import type { CallDetail, RunDetail, RunPageDetails, SubtaskDetail } from '../run-details.ts';

export async function writeTimeline({ report, runs }: RunPageDetails): Promise<PageSection | null> {
  const rows = runs[0] === undefined ? [] : listRows(runs[0], runs);
  const shown = rows.slice(0, mostEntries.rowsOfTime);
  if (shown.length === 0) return null;
  const { ledger } = report;
  const caption = html`The run took ${formatSeconds(ledger.makespanMs / 1000)}, its critical path ${formatSeconds(ledger.criticalPathMs / 1000)} over ${formatNumber(ledger.criticalPath.length, 'subtask')}; one after the other the work would have taken ${formatSeconds(ledger.serialMs / 1000)}. A dot marks the rows of the critical path.`;
  const figure = await renderFigure({
    caption,
    plot: (width) => Promise.resolve(drawTimeline(shown, { width })),
    table: {
      title: 'Attempts over time',
      columns: [
        { title: 'Subtask' },
        { title: 'What' },
        { title: 'Start, s', isNumber: true },
        { title: 'End, s', isNumber: true },
        { title: 'Critical path' },
      ],
      rows: shown.flatMap(({ label, bars, isCritical }) =>
        bars.map(({ startedMs, endedMs, title }) => [
          cutText(label, mostCharacters.name),
          cutText(title, mostCharacters.sentence),
          (startedMs / 1000).toFixed(2),
          (endedMs / 1000).toFixed(2),
          isCritical ? 'yes' : 'no',
        ]),
      ),
    },
  });
  const left = rows.length - shown.length;
  return {
    id: 'time',
    title: 'Timeline',
    body: html`${figure}${left > 0 && html`<p class="quiet">${sayLeftOut(left, 'row')}</p>`}`,
  };
}

/** A run's planning, then its subtasks in order of their start, each with its sub-team's below it. */
function listRows(run: RunDetail, runs: readonly RunDetail[]): TimelineRow[] {
  const path = new Set(run.criticalPath);
  const level = run.path.length;
  const started = run.subtasks
    .filter(({ attempts }) => attempts.length > 0)
    .toSorted((a, b) => (a.startedMs ?? 0) - (b.startedMs ?? 0));
  const others = run.otherCalls.filter(({ kind }) => kind === 'model');
  const planning =
    others.length === 0 ? [] : [{ label: 'plan and synthesis', level, isCritical: false, bars: others.map(toCallBar) }];
  return [
    ...planning,
    ...started.flatMap((subtask) => {
      const below = runs.filter(({ path: to }) => to.length === level + 1 && isPath(to, [...run.path, subtask.id]));
      const row = {
        label: subtask.id,
        level,
        isCritical: path.has(subtask.id),
        bars: subtask.attempts.flatMap((attempt) => toBar(subtask, attempt)),
      };
      return [row, ...below.flatMap((one) => listRows(one, runs))];
    }),
  ];
}

function isPath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}

function toBar({ id }: SubtaskDetail, attempt: SubtaskDetail['attempts'][number]): TimelineBar[] {
  const { startedMs, endedMs, outcome, role, attempt: number } = attempt;
  if (endedMs === null) return [];
  const kind = outcome === 'accepted' ? 'accepted' : 'in vain';
  return [
    {
      startedMs,
      endedMs,
      kind,
      title: `${cutText(id, mostCharacters.name)}, attempt ${number} by ${cutText(role, mostCharacters.name)}: ${outcome}`,
    },
  ];
}

function toCallBar({ startedMs, ms, purpose, outcome }: CallDetail): TimelineBar {
  return {
    startedMs,
    endedMs: startedMs + ms,
    kind: outcome === 'succeeded' ? 'planning' : 'in vain',
    title: `${purpose} call: ${outcome}`,
  };
}
