/** What was asked, what came of it, and what it took. */
import { mostCharacters, mostEntries, takeFirst } from '../bounds.ts';
import { cutText, type Html, type HtmlValue, html } from '../html.ts';
import { formatCount, formatFactor, formatNumber, formatSeconds, formatUsd } from '../numbers.ts';
import type { PageSection } from '../page.ts';
import type { RunPageDetails } from '../run-details.ts';
import { showCommand } from '../shell-word.ts';

const statusWords: Readonly<Record<string, string>> = {
  running: 'goes on',
  waiting: 'waits for a person',
  interrupted: 'was interrupted, and can be resumed',
  succeeded: 'succeeded',
  partial: 'ended with part of its work done',
  failed: 'failed',
  cancelled: 'was cancelled',
};

export function writeSummary({ report, store }: RunPageDetails): PageSection {
  const { status, strategy, detail, ledger, gate, subtasks, task, waiting } = report;
  const facts: [string, HtmlValue][] = [
    ['Subtasks', formatCount(subtasks.length)],
    ['Model calls', formatCount(ledger.calls)],
    ['Tokens', formatCount(ledger.inputTokens + ledger.outputTokens)],
    ['Cost', ledger.costUsd === null ? '–' : formatUsd(ledger.costUsd)],
    ['Took', formatSeconds(ledger.makespanMs / 1000)],
    ['Speed-up', ledger.makespanMs === 0 ? '–' : `${formatFactor(ledger.serialMs / ledger.makespanMs)}\u00A0×`],
  ];
  const reasons = takeFirst(gate?.reasons ?? [], mostEntries.words).shown;
  return {
    id: 'summary',
    title: 'Summary',
    body: html`<p class="answer">The run ${statusWords[status] ?? status}${detail !== undefined && `: ${cutText(detail, mostCharacters.error)}`}</p>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${ledger.unpricedCalls > 0 && html`<p class="quiet">${formatCount(ledger.unpricedCalls)} of ${formatNumber(ledger.calls, 'call')} went to models without a known price.</p>`}
<h3>Task</h3>
<pre tabindex="0">${cutText(task, mostCharacters.task)}</pre>
<p>Done by ${strategy === 'single' ? 'one agent' : strategy === 'cascade' ? 'one agent first, then a team' : 'a team'}.${reasons.length > 0 && ' The gate chose, because:'}</p>
${reasons.length > 0 && html`<ul>${reasons.map((reason) => html`<li>${cutText(reason, mostCharacters.sentence)}</li>`)}</ul>`}
${waiting.length > 0 && html`<p>${formatNumber(waiting.length, 'decision')} of a person ${waiting.length === 1 ? 'is' : 'are'} waited for.</p>`}
<h3>Deliverable</h3>
${writeDeliverable(report.deliverable)}
${report.forkedFrom !== undefined && html`<p>It began with ${formatNumber(report.forkedFrom.seq, 'event')} of run <code>${cutText(report.forkedFrom.runId, mostCharacters.runId)}</code>.</p>`}
<p class="quiet">The same in a terminal: <code>${cutText(showCommand(report.runId, store), mostCharacters.command)}</code></p>`,
  };
}

function writeDeliverable(deliverable: RunPageDetails['report']['deliverable']): Html {
  if (deliverable === null) return html`<p>It has none.</p>`;
  const text = typeof deliverable === 'string' ? deliverable : JSON.stringify(deliverable, null, 2);
  const isCut = text.length > mostCharacters.wholeDeliverable;
  return html`${isCut && html`<p class="quiet">The first ${formatCount(mostCharacters.wholeDeliverable)} of ${formatCount(text.length)} characters.</p>`}
<pre tabindex="0">${cutText(text, mostCharacters.wholeDeliverable)}</pre>`;
}
