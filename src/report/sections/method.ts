/** How the verdict was reached, and how to make the page again. */
import type { ComparisonReport } from '../../measure/comparison-report.ts';
import { mostCharacters, mostEntries } from '../bounds.ts';
import type { ComparisonDetails } from '../comparison-details.ts';
import { cutText, html } from '../html.ts';
import { formatNumber, formatPlain } from '../numbers.ts';
import type { PageSection } from '../page.ts';

export function writeMethod(report: ComparisonReport, { notes, command }: ComparisonDetails): PageSection {
  const { method, alpha, pairs, unpaired } = report;
  const sentences = [
    method === 'anytime'
      ? `Anytime-valid at α = ${formatPlain(alpha)}: the verdict on success comes from an e-process over the pairs that differ. It may be looked at after every pair; evidence of ${formatPlain(1 / alpha)} or more decides.`
      : `Fixed beforehand at α = ${formatPlain(alpha)}: the verdict on success comes from the exact McNemar test, looked at once, after the last pair.`,
    `${formatNumber(pairs, 'pair')}: both arms on the same task and repetition.`,
    unpaired === 0
      ? 'Every run has its partner.'
      : `${formatNumber(unpaired, 'run')} without a partner ${unpaired === 1 ? 'counts' : 'count'} for ${unpaired === 1 ? 'its' : 'their'} own arm only, not for the verdict.`,
    ...notes.slice(0, mostEntries.notes).map((note) => cutText(note, mostCharacters.sentence)),
  ];
  return {
    id: 'method',
    title: 'Method',
    body: html`<ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>
${command !== undefined && html`<p>Made by:</p><pre tabindex="0"><code>${cutText(command, mostCharacters.command)}</code></pre>`}`,
  };
}
