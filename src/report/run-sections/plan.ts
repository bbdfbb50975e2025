/** The plan as it ran, and those of the sub-teams: drawn, or told in numbers where drawing would show nothing. */
import { mostCharacters, mostEntries, sayLeftOut } from '../bounds.ts';
import { cutText, type Html, html, trustHtml } from '../html.ts';
import { formatCount, formatNumber, formatSeconds } from '../numbers.ts';
import type { PageSection } from '../page.ts';
import { drawPlanGraph, type GraphNode } from '../plots/plan-graph.ts';
import type { RunDetail, SubtaskDetail } from '../run-details.ts';
import { renderTable } from '../table.ts';
import { nameRun } from './anchors.ts';

export async function writePlan(
  runs: readonly RunDetail[],
  anchorOf: (runId: string, subtaskId: string) => string | undefined,
): Promise<PageSection> {
  const parts: Html[] = [];
  let drawn = 0;
  let left = 0;
  for (const run of runs) {
    if (run.subtasks.length === 0) continue;
    const isDrawn = drawn + run.subtasks.length <= mostEntries.subtasksDrawn;
    // The run itself is told in any case.
    if (!isDrawn && run.path.length > 0) {
      left += 1;
      continue;
    }
    if (isDrawn) drawn += run.subtasks.length;
    const title = run.path.length > 0 && html`<h3>Sub-team: ${cutText(nameRun(run), mostCharacters.name * 2)}</h3>`;
    parts.push(html`${title}${isDrawn ? await drawRun(run, anchorOf) : summarizeRun(run)}`);
  }
  const none = parts.length === 0 && html`<p>No subtask was planned.</p>`;
  return {
    id: 'plan',
    title: 'Plan',
    body: html`${none}${parts}${left > 0 && html`<p class="quiet">${sayLeftOut(left, 'plan of a sub-team', 'plans of sub-teams')}</p>`}`,
  };
}

/** px: a graph that is not wider is shown as large as it is, but in a narrow window. */
const pageWidth = 760;

async function drawRun(run: RunDetail, anchorOf: (runId: string, subtaskId: string) => string | undefined): Promise<Html> {
  const path = new Set(run.criticalPath);
  const before = new Map(run.criticalPath.map((id, index) => [id, run.criticalPath[index - 1]]));
  const nodes = run.subtasks.map((subtask): GraphNode => {
    const { id, role, status, dependsOn, itemOf } = subtask;
    const anchor = anchorOf(run.runId, id);
    const criticalFrom = before.get(id);
    return {
      id,
      role,
      status,
      dependsOn,
      note: tookOf(subtask),
      isCritical: path.has(id),
      ...(itemOf === undefined ? {} : { itemOf }),
      ...(criticalFrom === undefined ? {} : { criticalFrom }),
      ...(anchor === undefined ? {} : { anchor }),
    };
  });
  const { markup, width, linesLeftOut } = await drawPlanGraph(
    nodes,
    `Plan of ${formatNumber(nodes.length, 'subtask')}. ${sayCounts(run.subtasks)} The table lists them.`,
  );
  return html`<figure>
<div class="graph">
<label${width <= pageWidth && html` class="narrow"`}><input type="checkbox"> At its full size</label>
<div class="scroll" role="region" aria-label="Graph: ${cutText(nameRun(run), mostCharacters.name * 2)}" tabindex="0">${trustHtml(markup.replace(' xmlns="http://www.w3.org/2000/svg"', ''))}</div>
</div>
<figcaption>${sayCounts(run.subtasks)} An arrow leads from a result to what builds on it; thick lines are the critical path. A box leads to its subtask.${linesLeftOut > 0 && ` ${formatCount(linesLeftOut)} arrows off the critical path are left out.`}</figcaption>
<details><summary>The data as a table</summary>
${listSubtasks(run, path)}
</details>
</figure>`;
}

function listSubtasks(run: RunDetail, path: ReadonlySet<string>): Html {
  return renderTable({
    title: `Subtasks: ${cutText(nameRun(run), mostCharacters.name * 2)}`,
    columns: [
      { title: 'Subtask' },
      { title: 'Role' },
      { title: 'Status' },
      { title: 'Took', isNumber: true },
      { title: 'Critical path' },
      { title: 'Builds on' },
    ],
    rows: run.subtasks.map((subtask) => [
      cutText(subtask.id, mostCharacters.name),
      cutText(subtask.role, mostCharacters.name),
      subtask.status,
      tookOf(subtask) || '–',
      path.has(subtask.id) ? 'yes' : 'no',
      cutText(subtask.dependsOn.join(', '), mostCharacters.sentence),
    ]),
  });
}

/** Of a plan that is too large to be drawn. */
function summarizeRun({ subtasks, criticalPath }: RunDetail): Html {
  const byRole = [...Map.groupBy(subtasks, ({ role }) => role)].toSorted((a, b) => b[1].length - a[1].length);
  const shown = criticalPath.slice(0, mostEntries.parts).map((id) => cutText(id, mostCharacters.name));
  return html`<p>${sayCounts(subtasks)} More than ${formatCount(mostEntries.subtasksDrawn)} are summarized, not drawn.</p>
${renderTable({
  title: 'Subtasks by role',
  columns: [
    { title: 'Role' },
    { title: 'Subtasks', isNumber: true },
    { title: 'Succeeded', isNumber: true },
    { title: 'Seconds', isNumber: true },
  ],
  rows: byRole
    .slice(0, mostEntries.parts)
    .map(([role, some]) => [
      cutText(role, mostCharacters.name),
      formatCount(some.length),
      formatCount(some.filter(({ status }) => status === 'succeeded').length),
      (some.reduce((sum, { startedMs, endedMs }) => sum + ((endedMs ?? 0) - (startedMs ?? endedMs ?? 0)), 0) / 1000).toFixed(1),
    ]),
})}
<p>The critical path has ${formatNumber(criticalPath.length, 'subtask')}: ${shown.join(' → ')}${criticalPath.length > shown.length && ' → …'}</p>`;
}

function sayCounts(subtasks: readonly SubtaskDetail[]): string {
  const counts = [...Map.groupBy(subtasks, ({ status }) => status)].map(
    ([status, some]) => `${formatCount(some.length)} ${status}`,
  );
  return `${formatNumber(subtasks.length, 'subtask')}: ${counts.join(', ')}.`;
}

function tookOf({ startedMs, endedMs }: SubtaskDetail): string {
  return startedMs === null || endedMs === null ? '' : formatSeconds((endedMs - startedMs) / 1000);
}
