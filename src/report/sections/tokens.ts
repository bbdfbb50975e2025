/** Where tokens went, by the purpose of the calls. */
import type { ComparisonReport } from '../../measure/comparison-report.ts';
import { mostCharacters, mostEntries } from '../bounds.ts';
import type { ComparisonDetails } from '../comparison-details.ts';
import { renderFigure } from '../figure.ts';
import { cutText, html } from '../html.ts';
import { formatCount } from '../numbers.ts';
import type { PageSection } from '../page.ts';
import { orderArms } from '../plots/palette.ts';
import { nameArm } from '../plots/success.ts';
import { plotTokensByPurpose, purposes } from '../plots/tokens-by-purpose.ts';
import { renderTable } from '../table.ts';
import { listArms } from './success.ts';

const id = 'tokens';
const title = 'Where tokens went';

export async function writeTokens(report: ComparisonReport, details: ComparisonDetails): Promise<PageSection> {
  const arms = orderArms(details.tokensByPurpose ?? [])
    .slice(0, mostEntries.armsDrawn)
    .map(({ arm, tokens }) => ({ arm: cutText(arm, mostCharacters.name), tokens }));
  const used = purposes.filter(({ purpose }) => arms.some(({ tokens }) => (tokens[purpose] ?? 0) > 0));
  if (used.length === 0) return { id, title, body: tellTotals(report) };
  const body = await renderFigure({
    caption:
      'Input and output tokens of a run, on average, by the purpose of the call. “execute” is the work itself; everything else is coordination. Tokens that a handoff adds to a prompt are part of “execute”.',
    plot: (width) => plotTokensByPurpose(arms, { width }),
    table: {
      title: 'Mean tokens of a run, by purpose',
      columns: [
        { title: 'Arm' },
        ...used.map(({ purpose }) => ({ title: purpose, isNumber: true as const })),
        { title: 'all', isNumber: true },
      ],
      rows: arms.map(({ arm, tokens }) => [
        nameArm(arm),
        ...used.map(({ purpose }) => formatCount(tokens[purpose] ?? 0)),
        formatCount(used.reduce((sum, { purpose }) => sum + (tokens[purpose] ?? 0), 0)),
      ]),
    },
  });
  return { id, title, body };
}

function tellTotals(report: ComparisonReport) {
  const known = listArms(report).filter(({ tokens }) => tokens !== null);
  if (known.length === 0) return html`<p>No result states its tokens.</p>`;
  return html`<p>The results state tokens by run, not by purpose.</p>
${renderTable({
  title: 'Mean tokens of a run',
  columns: [{ title: 'Arm' }, { title: 'Tokens', isNumber: true }],
  rows: known.map(({ arm, tokens }) => [nameArm(arm), formatCount(tokens ?? 0)]),
})}`;
}
