/** The two curves and their crossing as a page. */
import { html, plotLines, renderFigure, renderPage } from 'planwright';
import { type Arm, arms } from './arms.ts';
import type { Summary } from './summarize.ts';
import { cellsOf, columns, tellFindings } from './tell.ts';

const names: Record<Arm, string> = { single: 'one agent, one prompt', team: 'one question a subtask' };

/** @param label What was asked, as the text output says it. @returns a whole HTML document. */
export async function renderCrossover(summary: Summary, label: string): Promise<string> {
  const { sizes, crossing } = summary;
  const { success } = crossing;
  const lines = {
    xLabel: 'N, questions of a task',
    yLabel: 'right answers',
    xScale: 'log' as const,
    yKind: 'share' as const,
    series: arms.map((arm) => ({
      name: names[arm],
      points: sizes.map((figures) => {
        const { value, low, high } = figures[arm].share;
        return { x: figures.size, y: value, low, high };
      }),
    })),
    ...(success.kind === 'at'
      ? { references: [{ axis: 'x' as const, value: success.size, label: `N = ${success.size.toFixed(1)}` }] }
      : {}),
  };
  const figure = await renderFigure({
    caption: `${label} Bands: 95 % bootstrap intervals over the blocks of questions.`,
    plot: (width) => plotLines(lines, { width }),
    table: {
      title: 'Right answers against N',
      columns: columns.map((title) => ({ title, isNumber: true })),
      rows: sizes.map(cellsOf),
    },
  });
  const findings = html`<ul>${tellFindings(summary).map((finding) => html`<li>${finding}</li>`)}</ul>`;
  return renderPage({
    title: 'One prompt, or one question a subtask?',
    kind: 'Crossover',
    sections: [
      { id: 'curves', title: 'Right answers against N', body: figure },
      { id: 'findings', title: 'What follows', body: findings },
    ],
  });
}
