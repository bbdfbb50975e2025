/** Each subtask: what it was told and handed, its attempts and their verdicts, its calls, and what it gave. */
import { Buffer } from 'node:buffer';
import type { Verdict } from '../../verify/verdict.ts';
import { mostCharacters, mostEntries, mostSubtaskBytes, sayLeftOut, takeFirst } from '../bounds.ts';
import { cutText, type Html, html } from '../html.ts';
import { formatCount, formatNumber, formatSeconds, formatUsd } from '../numbers.ts';
import type { PageSection } from '../page.ts';
import { lookOfStatus } from '../plots/subtask-look.ts';
import type { AttemptDetail, CallDetail, HandedText, RunDetail, SubtaskDetail } from '../run-details.ts';
import { renderTable } from '../table.ts';
import { nameRun, type ToldSubtask } from './anchors.ts';

export interface WrittenSubtasks {
  /** null without any. */
  section: PageSection | null;
  /** Those that are on the page. */
  told: ToldSubtask[];
}

/** As many as have room. */
export function writeSubtasks(wanted: readonly ToldSubtask[], runs: readonly RunDetail[]): WrittenSubtasks {
  const parts = new Map<ToldSubtask, Html>();
  let bytes = 0;
  for (const one of wanted) {
    const part = writeSubtask(one);
    bytes += Buffer.byteLength(part.markup);
    if (bytes > mostSubtaskBytes) break;
    parts.set(one, part);
  }
  const told = [...parts.keys()];
  if (told.length === 0) return { section: null, told };
  const left = runs.reduce((sum, { subtasks }) => sum + subtasks.length, 0) - told.length;
  const byRun = [...Map.groupBy(told, ({ run }) => run)];
  const section = {
    id: 'subtasks',
    title: 'Subtasks',
    body: html`${byRun.map(
      ([run, some]) =>
        html`${run.path.length > 0 && html`<h3>Sub-team: ${cutText(nameRun(run), mostCharacters.name * 2)}</h3>\n`}${some.map((one) => parts.get(one))}`,
    )}${left > 0 && html`<p class="quiet">${sayLeftOut(left, 'subtask')}</p>`}`,
  };
  return { section, told };
}

function writeSubtask({ run, subtask, anchor }: ToldSubtask): Html {
  const { id, role, status, startedMs, endedMs, error, output } = subtask;
  const whose = cutText([...run.path, id].join(' › '), mostCharacters.name * 2);
  const took = startedMs === null || endedMs === null ? '' : `, ${formatSeconds((endedMs - startedMs) / 1000)}`;
  return html`<details class="subtask" id="${anchor}">
<summary>${lookOfStatus(status).sign} <strong>${cutText(id, mostCharacters.name)}</strong> <span class="quiet">${cutText(role, mostCharacters.name)} · ${status}${took}${subtask.attempts.length > 1 && `, ${formatNumber(subtask.attempts.length, 'attempt')}`}</span></summary>
<div>
<h3>Instruction</h3>
<pre tabindex="0">${cutText(subtask.instruction, mostCharacters.instruction)}</pre>
${writeHanded(subtask)}
${subtask.attempts.length > 0 && writeAttempts(subtask, whose)}
${subtask.attempts.map((attempt) => writeVerdict(attempt, whose))}
${subtask.calls.length > 0 && writeCalls(subtask.calls, whose)}
${error !== undefined && html`<h3>Error</h3>\n<pre tabindex="0">${cutText(error, mostCharacters.error)}</pre>`}
${output !== null && html`<h3>Result</h3>\n<pre tabindex="0">${cutText(typeof output === 'string' ? output : JSON.stringify(output, null, 2), mostCharacters.output)}</pre>`}
</div>
</details>
`;
}

function writeHanded({ handed = [], dependsOn }: SubtaskDetail): Html {
  if (handed.length === 0) {
    return html`<p>${dependsOn.length === 0 ? 'It builds on nothing.' : `It builds on ${cutText(dependsOn.join(', '), mostCharacters.sentence)}.`}</p>`;
  }
  const { shown, left } = takeFirst(handed, mostEntries.handed);
  return html`<h3>What was handed to it</h3>
${shown.map(writeHandedText)}${left > 0 && html`<p class="quiet">${sayLeftOut(left, 'result')}</p>`}`;
}

function writeHandedText({ from, role, isDigest, text }: HandedText): Html {
  const isCut = text.length > mostCharacters.handed;
  return html`<details><summary>${cutText(from, mostCharacters.name)}${role !== '' && ` by ${cutText(role, mostCharacters.name)}`}: ${formatNumber(text.length, 'character')}${isDigest && ', as a digest'}${isCut && `, the first ${formatCount(mostCharacters.handed)} shown`}</summary>
<pre tabindex="0">${cutText(text, mostCharacters.handed)}</pre></details>
`;
}

function writeAttempts({ attempts }: SubtaskDetail, whose: string): Html {
  return html`<h3>Attempts</h3>
${renderTable({
  title: `Attempts at ${whose}`,
  isTitleHidden: true,
  columns: [
    { title: 'Attempt' },
    { title: 'Role' },
    { title: 'Start', isNumber: true },
    { title: 'Took', isNumber: true },
    { title: 'Outcome' },
  ],
  rows: attempts
    .slice(0, mostEntries.calls)
    .map(({ attempt, role, startedMs, endedMs, outcome, reason }) => [
      formatCount(attempt),
      cutText(role, mostCharacters.name),
      formatSeconds(startedMs / 1000),
      endedMs === null ? '–' : formatSeconds((endedMs - startedMs) / 1000),
      reason === undefined ? outcome : `${outcome}: ${cutText(reason, mostCharacters.error)}`,
    ]),
})}`;
}

function writeVerdict({ attempt, verdict }: AttemptDetail, whose: string): Html {
  if (verdict === undefined) return html``;
  const { shown, left } = takeFirst(verdict.evidence, mostEntries.evidence);
  return html`<details><summary>Verdict on attempt ${formatCount(attempt)}: ${sayVerdict(verdict)}</summary>
${verdict.kind !== 'accepted' && html`<p>${cutText(verdict.reason, mostCharacters.task)}</p>`}
${
  shown.length > 0 &&
  renderTable({
    title: `Evidence on attempt ${attempt} at ${whose}`,
    columns: [{ title: 'Check' }, { title: 'Passed' }, { title: 'What was seen' }],
    rows: shown.map(({ check, passed, detail }) => [
      cutText(check, mostCharacters.name),
      passed ? 'yes' : 'no',
      cutText(detail, mostCharacters.error),
    ]),
  })
}${left > 0 && html`<p class="quiet">${sayLeftOut(left, 'finding')}</p>`}</details>
`;
}

function sayVerdict({ kind, evidence }: Verdict): string {
  return `${kind}, ${formatCount(evidence.filter(({ passed }) => passed).length)} of ${formatNumber(evidence.length, 'check')} passed`;
}

function writeCalls(calls: readonly CallDetail[], whose: string): Html {
  const { shown, left } = takeFirst(calls, mostEntries.calls);
  return html`<h3>Calls</h3>
${renderTable({
  title: `Calls of ${whose}`,
  isTitleHidden: true,
  columns: [
    { title: 'Call' },
    { title: 'Attempt', isNumber: true },
    { title: 'Purpose' },
    { title: 'Took', isNumber: true },
    { title: 'Input', isNumber: true },
    { title: 'Output', isNumber: true },
    { title: 'Cost', isNumber: true },
    { title: 'Outcome' },
  ],
  rows: shown.map((call) => [
    cutText(call.name, mostCharacters.name),
    formatCount(call.attempt),
    call.kind === 'tool' ? 'tool' : call.purpose,
    formatSeconds(call.ms / 1000),
    call.kind === 'tool' ? '–' : formatCount(call.inputTokens),
    call.kind === 'tool' ? '–' : formatCount(call.outputTokens),
    call.kind === 'tool' ? '–' : call.costUsd === null ? 'unpriced' : formatUsd(call.costUsd),
    call.error === null ? call.outcome : `${call.outcome}: ${cutText(call.error, mostCharacters.error)}`,
  ]),
})}${shown.map(writeAnswer)}${left > 0 && html`<p class="quiet">${sayLeftOut(left, 'call')}</p>`}`;
}

function writeAnswer({ kind, name, answer }: CallDetail, index: number): Html {
  if (answer === null || answer === '') return html``;
  const isCut = answer.length > mostCharacters.answer;
  return html`<details><summary>${kind === 'tool' ? 'Result' : 'Answer'} of call ${formatCount(index + 1)}, ${cutText(name, mostCharacters.name)}${isCut && `, the first ${formatCount(mostCharacters.answer)} of ${formatCount(answer.length)} characters`}</summary>
<pre tabindex="0">${cutText(answer, mostCharacters.answer)}</pre></details>
`;
}
