/** Tasks on which one arm succeeded and the other did not: what the verdict rests on. */
import type { ComparisonReport, DiscordantTask } from '../../measure/comparison-report.ts';
import { mostCharacters, mostEntries, sayLeftOut, takeFirst } from '../bounds.ts';
import { cutText, type Html, html } from '../html.ts';
import { formatCount } from '../numbers.ts';
import type { PageSection } from '../page.ts';
import { renderTable } from '../table.ts';

/** @param anchors of the runs that the page embeds, by run id. */
export function writeDiscordant({ discordant, pairs }: ComparisonReport, anchors: ReadonlyMap<string, string>): PageSection {
  const section = { id: 'discordant', title: 'Tasks on which they differ' };
  if (discordant.length === 0) {
    const reason = pairs === 0 ? 'There are no pairs.' : 'On every task both arms succeeded or both failed.';
    return { ...section, body: html`<p>${reason}</p>` };
  }
  const { shown, left } = takeFirst(discordant, mostEntries.discordant);
  const hasClasses = shown.some((task) => task.class !== undefined);
  const hasRepeats = shown.some(({ repeat }) => repeat > 0);
  const hasRuns = shown.some(({ singleRunId, teamRunId }) => singleRunId !== undefined || teamRunId !== undefined);
  return {
    ...section,
    body: html`${renderTable({
      title: 'Tasks with one success',
      isTitleHidden: true,
      columns: [
        { title: 'Task' },
        ...(hasClasses ? [{ title: 'Class' }] : []),
        ...(hasRepeats ? [{ title: 'Repetition', isNumber: true as const }] : []),
        { title: 'Succeeded' },
        ...(hasRuns ? [{ title: 'One agent’s run' }, { title: 'The team’s run' }] : []),
      ],
      rows: shown.map((task) => [
        cutText(task.task, mostCharacters.name),
        ...(hasClasses ? [cutText(task.class ?? '–', mostCharacters.name)] : []),
        ...(hasRepeats ? [formatCount(task.repeat)] : []),
        sayWinner(task),
        ...(hasRuns ? [linkRun(task.singleRunId, anchors), linkRun(task.teamRunId, anchors)] : []),
      ]),
    })}
${sayMore(left, hasRuns)}`,
  };
}

export function sayWinner({ winner }: Pick<DiscordantTask, 'winner'>): string {
  return winner === 'team' ? 'only the team' : 'only one agent';
}

function linkRun(runId: string | undefined, anchors: ReadonlyMap<string, string>): Html | string {
  if (runId === undefined) return '–';
  const name = html`<code>${cutText(runId, mostCharacters.runId)}</code>`;
  const anchor = anchors.get(runId);
  return anchor === undefined ? name : html`<a href="#${anchor}">${name}</a>`;
}

function sayMore(left: number, hasRuns: boolean): Html {
  const sentences = [
    left > 0 && `${sayLeftOut(left, 'task')} compare --json lists all.`,
    !hasRuns && 'The results name no runs.',
  ].filter((sentence) => sentence !== false);
  return html`${sentences.length > 0 && html`<p class="quiet">${sentences.join(' ')}</p>`}`;
}
