/** A study as a self-contained page: `--html`. */
import {
  type Html,
  html,
  type LinePoint,
  type PageSection,
  plotLines,
  plotPareto,
  plotSuccess,
  renderFigure,
  renderPage,
  renderTable,
  wilsonInterval,
} from 'planwright';
import { findFirstWrong } from './audit.ts';
import type { Study } from './measure.ts';
import { kinds, type MigrationKind } from './migrations.ts';
import { stepReliability } from './parameters.ts';
import { stageIds } from './pipeline.ts';
import type { StudyRun } from './study-run.ts';
import type { StudySummary } from './summarize.ts';
import { armNames, percent, tellCount, tellShare } from './tell.ts';

/** @returns a whole HTML document; the same study gives the same bytes. */
export async function renderStudy(study: Study, summary: StudySummary): Promise<string> {
  return renderPage({
    title: `The migration story, simulated: ${tellCount(study.tasks)} migrations, seed ${study.seed}`,
    kind: 'Simulated study',
    sections: [
      { id: 'verdict', title: 'Verdict', body: html`${summary.comparison.words.map((sentence) => html`<p>${sentence}</p>`)}` },
      await writeSuccess(summary),
      await writeCost(summary),
      await writeLearning(study),
      await writeChain(study, summary),
    ],
  });
}

async function writeSuccess({ arms, kinds: figures }: StudySummary): Promise<PageSection> {
  const groups = [
    ...(['all', 'second half'] as const).map((part) => ({
      title: part === 'all' ? 'All migrations' : 'Second half: the gate has learned',
      arms: arms.filter((figure) => figure.part === part).map(({ arm, success }) => ({ arm: armNames[arm], success })),
    })),
    ...figures.map(({ kind, single, team, gate }) => ({
      title: kind === 'small' ? 'Small migrations' : 'Large migrations',
      arms: [
        { arm: armNames.team, success: team.success },
        { arm: armNames.single, success: single.success },
        { arm: armNames.gate, success: gate.success },
      ],
    })),
  ];
  return {
    id: 'success',
    title: 'Success',
    body: await renderFigure({
      caption: 'Share of migrations that pass the held-out check, with 95 % intervals.',
      plot: (width) => plotSuccess(groups, { width }),
      table: {
        title: 'Success by arm',
        columns: [{ title: 'Migrations' }, { title: 'Arm' }, { title: 'Succeeded', isNumber: true }],
        rows: groups.flatMap(({ title, arms: rows }) => rows.map(({ arm, success }) => [title, arm, tellShare(success)])),
      },
    }),
  };
}

async function writeCost({ arms }: StudySummary): Promise<PageSection> {
  const points = arms
    .filter(({ part }) => part === 'all')
    .map(({ arm, success, spending }) => ({ arm: armNames[arm], success, cost: spending.usd }));
  return {
    id: 'cost',
    title: 'Cost',
    body: await renderFigure({
      caption: 'Mean cost of a migration against success, over all migrations. The dashed line joins what no other arm beats.',
      plot: (width) => plotPareto(points, 'usd', { width }),
      table: {
        title: 'Cost by arm',
        columns: [{ title: 'Arm' }, { title: 'USD a migration', isNumber: true }, { title: 'Succeeded', isNumber: true }],
        rows: points.map(({ arm, cost, success }) => [arm, cost.toFixed(4), tellShare(success)]),
      },
    }),
  };
}

/** Migrations of a size over which the gate's choices are averaged. */
const averagedOver = 20;

async function writeLearning({ runs, tasks }: Study): Promise<PageSection> {
  const series = kinds.map((kind) => ({ name: kind, points: averageChoices(runs.gate, kind) }));
  return {
    id: 'learning',
    title: 'How the gate learned',
    body: await renderFigure({
      caption: `Share that the gate gave to the team, of the last ${averagedOver} migrations of each size.`,
      plot: (width) =>
        plotLines(
          {
            xLabel: 'Migrations so far',
            yLabel: 'Given to the team',
            yKind: 'share',
            series,
            references: [{ axis: 'x', value: tasks / 2, label: 'second half' }],
          },
          { width },
        ),
      table: {
        title: 'Given to the team',
        columns: [{ title: 'Size' }, { title: 'Migrations so far', isNumber: true }, { title: 'Share', isNumber: true }],
        rows: series.flatMap(({ name, points }) =>
          points.filter((_, at) => at % averagedOver === averagedOver - 1).map(({ x, y }) => [name, x, percent(y)]),
        ),
      },
    }),
  };
}

function averageChoices(runs: readonly StudyRun[], kind: MigrationKind): LinePoint[] {
  const choices = runs.flatMap(({ migration, doneBy }, at) =>
    migration.kind === kind ? [{ x: at + 1, toTeam: doneBy === 'team' ? 1 : 0 }] : [],
  );
  return choices.map(({ x }, at) => {
    const last = choices.slice(Math.max(0, at + 1 - averagedOver), at + 1);
    return { x, y: last.reduce((sum, { toTeam }) => sum + toTeam, 0) / last.length };
  });
}

async function writeChain(study: Study, { stages, declared }: StudySummary): Promise<PageSection> {
  const firstWrong = study.audits.map(findFirstWrong);
  const measured = stageIds.map((_, at) => {
    const { k, n, low, high } = wilsonInterval(
      firstWrong.filter((wrong) => wrong === null || wrong > at).length,
      firstWrong.length,
    );
    return { x: at + 1, y: k / n, low, high };
  });
  const promised = stageIds.map((_, at) => ({ x: at + 1, y: stepReliability ** (at + 1) }));
  return {
    id: 'chain',
    title: "Where the pipeline's errors come from",
    body: html`${await renderFigure({
      caption:
        'Share of the pipeline’s runs in which every step so far was right, against the declared reliability to the power of the steps.',
      plot: (width) =>
        plotLines(
          {
            xLabel: 'Steps',
            yLabel: 'Every step so far right',
            yKind: 'share',
            series: [
              { name: 'measured', points: measured },
              { name: 'declared', points: promised },
            ],
            references: [{ axis: 'y', value: declared.single.overall, label: 'one agent' }],
          },
          { width },
        ),
      table: {
        title: 'Every step so far right',
        columns: [{ title: 'Steps' }, { title: 'Measured', isNumber: true }, { title: 'Declared', isNumber: true }],
        rows: measured.map(({ x, y }, at) => [x, percent(y), percent(promised[at]?.y ?? 0)]),
      },
    })}${writeStages(stages)}`,
  };
}

function writeStages(stages: StudySummary['stages']): Html {
  return renderTable({
    title: 'Error rates by step, from the results that were handed over',
    columns: [
      { title: 'Step' },
      { title: 'Right, given right inputs', isNumber: true },
      { title: 'Right so far', isNumber: true },
    ],
    rows: stages.map(({ stage, byItself, soFar }) => [stage, tellShare(byItself), tellShare(soFar)]),
  });
}
