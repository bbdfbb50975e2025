/** The runs behind the discordant tasks, each with what a reader needs to see why it went as it did. */
import { Buffer } from 'node:buffer';
import type { ComparisonReport, DiscordantTask } from '../../measure/comparison-report.ts';
import type { RunReport, SubtaskReport } from '../../measure/run-report.ts';
import { mostCharacters, mostEntries, mostRunBytes, sayLeftOut, takeFirst } from '../bounds.ts';
import { type ComparisonDetails, listRunsToEmbed } from '../comparison-details.ts';
import { cutText, type Html, type HtmlValue, html } from '../html.ts';
import { formatCount, formatNumber, formatSeconds, formatUsd } from '../numbers.ts';
import type { PageSection } from '../page.ts';
import { showCommand } from '../shell-word.ts';
import { renderTable } from '../table.ts';
import { sayWinner } from './discordant.ts';

export interface EmbeddedRuns {
  /** null when no discordant task names a run. */
  section: PageSection | null;
  /** By run id, of the runs in the section. */
  anchors: Map<string, string>;
}

/** At most 50 runs and 600,000 bytes; the page says what it left out. */
export function embedRuns(report: ComparisonReport, details: ComparisonDetails): EmbeddedRuns {
  const named = new Set(
    report.discordant.flatMap(({ singleRunId, teamRunId }) => [singleRunId, teamRunId]).filter((runId) => runId !== undefined),
  );
  const anchors = new Map<string, string>();
  if (named.size === 0) return { section: null, anchors };
  const parts: Html[] = [];
  let bytes = 0;
  for (const runId of listRunsToEmbed(report)) {
    const run = Object.hasOwn(details.runs, runId) ? details.runs[runId] : undefined;
    if (run === undefined) continue;
    const anchor = `run-${anchors.size + 1}`;
    const part = renderRun(run, { runId, anchor, found: findTask(report, runId), command: showCommand(runId, details.store) });
    bytes += Buffer.byteLength(part.markup);
    if (bytes > mostRunBytes) break;
    anchors.set(runId, anchor);
    parts.push(part);
  }
  const left = named.size - anchors.size;
  const section = {
    id: 'runs',
    title: 'The runs behind them',
    body: html`${left > 0 && html`<p>${sayNotEmbedded(left, anchors.size)}</p>`}
${parts}`,
  };
  return { section, anchors };
}

function sayNotEmbedded(left: number, embedded: number): string {
  const which = embedded === 0 ? formatNumber(left, 'run') : `${formatCount(left)} of ${formatNumber(left + embedded, 'run')}`;
  return `${which} behind these tasks ${left === 1 ? 'is' : 'are'} not embedded in this page: planwright show RUN prints them.`;
}

function findTask({ discordant }: ComparisonReport, runId: string): { task: DiscordantTask; arm: 'single' | 'team' } | null {
  const task = discordant.find(({ singleRunId, teamRunId }) => singleRunId === runId || teamRunId === runId);
  return task === undefined ? null : { task, arm: task.singleRunId === runId ? 'single' : 'team' };
}

interface Embedding {
  runId: string;
  anchor: string;
  found: ReturnType<typeof findTask>;
  /** That prints the run. */
  command: string;
}

function renderRun(run: RunReport, { runId, anchor, found, command }: Embedding): Html {
  const { ledger } = run;
  const facts: [string, HtmlValue][] = [
    ['Task', cutText(run.task, mostCharacters.task)],
    ...(found === null
      ? []
      : [
          ['Comparison', `${cutText(found.task.task, mostCharacters.name)}: ${sayWinner(found.task)} succeeded`] as [
            string,
            string,
          ],
        ]),
    ['Status', run.detail === undefined ? run.status : `${run.status}: ${cutText(run.detail, mostCharacters.error)}`],
    ['Strategy', run.strategy],
    [
      'Took',
      `${formatSeconds(ledger.makespanMs / 1000)}, ${formatNumber(ledger.calls, 'call')}, ${formatNumber(ledger.inputTokens + ledger.outputTokens, 'token')}, ${ledger.costUsd === null ? 'unpriced' : formatUsd(ledger.costUsd)}`,
    ],
    ['To see all of it', html`<code>${cutText(command, mostCharacters.command)}</code>`],
  ];
  return html`<article id="${anchor}" aria-labelledby="${anchor}-title">
<h3 id="${anchor}-title">${found?.arm === 'single' ? 'One agent' : 'Team'}: run <code>${cutText(runId, mostCharacters.runId)}</code></h3>
<dl class="pairs">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${renderSubtasks(run.subtasks)}
${renderDeliverable(run.deliverable)}
<p class="back"><a href="#discordant">Back to the tasks</a></p>
</article>
`;
}

interface LeveledSubtask {
  subtask: SubtaskReport;
  level: number;
}

function renderSubtasks(subtasks: SubtaskReport[]): Html {
  const all = [...withLevels(subtasks, 0)];
  if (all.length === 0) return html`<p>No subtask was planned.</p>`;
  const { shown, left } = takeFirst(all, mostEntries.subtasks);
  const hasErrors = shown.some(({ subtask }) => subtask.error !== undefined);
  return html`${renderTable({
    title: 'Subtasks',
    columns: [
      { title: 'Subtask' },
      { title: 'Role' },
      { title: 'Status' },
      { title: 'Attempts', isNumber: true },
      { title: 'Seconds', isNumber: true },
      ...(hasErrors ? [{ title: 'Error' }] : []),
    ],
    rows: shown.map(({ subtask, level }) => [
      html`<span class="level-${Math.min(level, 3)}">${cutText(subtask.id, mostCharacters.name)}</span>`,
      cutText(subtask.role, mostCharacters.name),
      subtask.status,
      formatCount(subtask.attempts),
      subtask.startedMs === null || subtask.endedMs === null ? '–' : ((subtask.endedMs - subtask.startedMs) / 1000).toFixed(1),
      ...(hasErrors ? [describeError(subtask)] : []),
    ]),
  })}${left > 0 && html`<p class="quiet">${sayLeftOut(left, 'subtask')}</p>`}`;
}

/** A subtask, then those of the sub-team that did it. */
function* withLevels(subtasks: SubtaskReport[], level: number): Generator<LeveledSubtask> {
  for (const subtask of subtasks) {
    yield { subtask, level };
    yield* withLevels(subtask.subtasks ?? [], level + 1);
  }
}

function describeError({ error }: SubtaskReport): string {
  return error === undefined ? '' : cutText(`${error.code}: ${error.message}`, mostCharacters.error);
}

function renderDeliverable(deliverable: RunReport['deliverable']): Html {
  if (deliverable === null) return html`<p>It has no deliverable.</p>`;
  const text = typeof deliverable === 'string' ? deliverable : JSON.stringify(deliverable, null, 2);
  const isCut = text.length > mostCharacters.deliverable;
  return html`<details open><summary>Deliverable${isCut && `, the first ${formatCount(mostCharacters.deliverable)} of ${formatCount(text.length)} characters`}</summary>
<pre tabindex="0">${cutText(text, mostCharacters.deliverable)}</pre></details>`;
}
