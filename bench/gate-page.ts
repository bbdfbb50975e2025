/** The gate's regret over time, drawn. */

import { renderFigure } from '../src/report/figure.ts';
import { html } from '../src/report/html.ts';
import type { PageSection } from '../src/report/page.ts';
import { plotLines } from '../src/report/plots/lines.ts';
import { simulateLearning } from './gate.ts';

const tasks = 500;
const shiftAt = 250;
/** Regret is averaged over so many tasks: single tasks are noise. */
const windowTasks = 20;

export async function drawGate(seeds: number): Promise<PageSection> {
  const series = [0.05, 0].map((exploration) => ({
    name: exploration === 0 ? 'without exploration' : `exploration up to ${exploration}`,
    points: smooth(simulateLearning({ tasks, seeds, shiftAt, exploration }).regret),
  }));
  const references = [{ axis: 'x' as const, value: shiftAt, label: 'the arms change places' }];
  const figure = await renderFigure({
    caption: `Utility that the gate’s choice is short of the best choice, in USD a task: mean of ${windowTasks} tasks, ${seeds} seeds and four classes.`,
    plot: (width) => plotLines({ xLabel: 'task', yLabel: 'regret, USD', series, references }, { width }),
    table: {
      title: 'Regret by task, USD',
      columns: [{ title: 'task' }, ...series.map(({ name }) => ({ title: name, isNumber: true as const }))],
      rows: (series[0]?.points ?? []).map(({ x }, at) => [
        String(x),
        ...series.map(({ points }) => (points[at]?.y ?? 0).toFixed(4)),
      ]),
    },
  });
  return { id: 'gate', title: 'What the gate loses while it learns', body: html`${figure}` };
}

function smooth(regret: readonly number[]): { x: number; y: number }[] {
  const points = [];
  for (let from = 0; from + windowTasks <= regret.length; from += windowTasks) {
    const part = regret.slice(from, from + windowTasks);
    points.push({ x: from + windowTasks / 2, y: part.reduce((sum, value) => sum + value, 0) / windowTasks });
  }
  return points;
}
