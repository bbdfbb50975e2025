/** Success with intervals, per arm and per class of tasks. */
import type { ArmSummary, ComparisonReport } from '../../measure/comparison-report.ts';
import { mostCharacters, mostEntries, sayLeftOut, takeFirst } from '../bounds.ts';
import { renderFigure } from '../figure.ts';
import { cutText, html } from '../html.ts';
import { formatCount, formatPercent } from '../numbers.ts';
import type { PageSection } from '../page.ts';
import { orderArms } from '../plots/palette.ts';
import { nameArm, plotSuccess, type SuccessGroup } from '../plots/success.ts';

export async function writeSuccess(report: ComparisonReport): Promise<PageSection> {
  const groups = groupSuccess(report);
  const drawn = groups
    .slice(0, 1 + mostEntries.classesDrawn)
    .map(({ title, arms }) => ({ title, arms: arms.slice(0, mostEntries.armsDrawn) }));
  const isEmpty = groups.every(({ arms }) => arms.every(({ success }) => success.n === 0));
  const figure = isEmpty
    ? null
    : await renderFigure({
        caption: captionOf(report),
        plot: (width) => plotSuccess(drawn, { width }),
        table: {
          title: 'Success by arm and class',
          columns: [
            { title: 'Tasks' },
            { title: 'Arm' },
            { title: 'Successes', isNumber: true },
            { title: 'Runs', isNumber: true },
            { title: 'Share', isNumber: true },
            { title: 'Low', isNumber: true },
            { title: 'High', isNumber: true },
          ],
          rows: groups.flatMap(({ title, arms }) =>
            arms.map(({ arm, success: { k, n, low, high } }) => [
              title,
              nameArm(arm),
              formatCount(k),
              formatCount(n),
              n === 0 ? '–' : formatPercent(k / n),
              formatPercent(low),
              formatPercent(high),
            ]),
          ),
        },
      });
  const left = sayLeftOut(Math.max(0, report.classes.length - mostEntries.classes), 'class', 'classes');
  return {
    id: 'success',
    title: 'Success',
    body: html`${figure ?? html`<p>There are no finished runs, so nothing is known of success.</p>`}${left !== null && html`<p class="quiet">${left}</p>`}`,
  };
}

/** `report.arms` cut to what a page shows, names as well. */
export function listArms({ arms }: ComparisonReport): ArmSummary[] {
  return takeFirst(orderArms(arms), mostEntries.arms).shown.map((summary) => ({
    ...summary,
    arm: cutText(summary.arm, mostCharacters.name),
  }));
}

/** All tasks first, then the classes, those with most pairs first. */
function groupSuccess(report: ComparisonReport): (SuccessGroup & { title: string })[] {
  const arms = listArms(report);
  const { single, team } = report.success;
  const all =
    arms.length > 0
      ? arms
      : [
          { arm: 'single', success: single },
          { arm: 'team', success: team },
        ];
  const classes = report.classes
    .toSorted((a, b) => b.pairs - a.pairs || (a.class < b.class ? -1 : 1))
    .slice(0, mostEntries.classes);
  return [
    { title: 'All tasks', arms: all },
    ...classes.map(({ class: name, success }) => ({
      title: cutText(name, mostCharacters.name),
      arms: [
        { arm: 'single', success: success.single },
        { arm: 'team', success: success.team },
      ],
    })),
  ];
}

function captionOf({ alpha, classes, unpaired, arms }: ComparisonReport): string {
  const sentences = [`A point is the share of runs that succeeded, the line its ${formatPercent(1 - alpha)} interval.`];
  if (classes.length > 1) {
    sentences.push(`Of a class it is wider, ${formatPercent(1 - alpha / classes.length)}, so that all of them hold together.`);
  }
  if (unpaired > 0) sentences.push('“All tasks” counts every run of an arm, those without a partner included.');
  if (classes.length > mostEntries.classesDrawn) {
    sentences.push(`The ${mostEntries.classesDrawn} classes with most pairs are drawn; the table has more.`);
  }
  if (arms.length > mostEntries.armsDrawn) sentences.push(`The first ${mostEntries.armsDrawn} arms are drawn.`);
  return sentences.join(' ');
}
