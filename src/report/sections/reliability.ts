/** How reliable each role and each stage was, and whether errors travelled. */
import type { ErrorAmplification, ErrorPropagation } from '../../measure/error-propagation.ts';
import type { ReliabilityFigures, ReliabilityReport, ReliabilityStage } from '../../measure/reliability.ts';
import type { Estimated } from '../../measure/statistics/interval.ts';
import { mostCharacters, mostEntries, sayLeftOut, takeFirst } from '../bounds.ts';
import type { ArmReliability, ComparisonDetails } from '../comparison-details.ts';
import { renderFigure } from '../figure.ts';
import { cutText, type Html, type HtmlValue, html } from '../html.ts';
import { formatCount, formatFactor, formatNumber, formatProportion, formatRatio } from '../numbers.ts';
import type { PageSection } from '../page.ts';
import { orderArms } from '../plots/palette.ts';
import { plotReliability } from '../plots/reliability.ts';
import { nameArm } from '../plots/success.ts';
import { renderTable, type Table } from '../table.ts';

const id = 'reliability';
const title = 'Reliability by role and stage';
const caption =
  'A point is the share of attempts with checks that were accepted on evidence, the line its 95 % interval. Results that nothing checked are in the table only.';

export async function writeReliability(details: ComparisonDetails): Promise<PageSection> {
  const known = orderArms(details.reliability ?? []).filter(({ report }) => report.roles.length + report.stages.length > 0);
  const { shown: arms, left } = takeFirst(known, mostEntries.armsWithReliability);
  if (arms.length === 0) {
    return { id, title, body: html`<p>No runs are at hand, so nothing can be said of single roles and stages.</p>` };
  }
  const parts: Html[] = [];
  for (const arm of arms) parts.push(await renderArm(arm));
  return {
    id,
    title,
    body: html`${parts}${left > 0 && html`<p class="quiet">${sayLeftOut(left, 'arm')}</p>`}${details.amplification !== undefined && tellAmplification(details.amplification)}`,
  };
}

async function renderArm({ arm, report, propagation }: ArmReliability): Promise<Html> {
  const groups = groupParts(report);
  const drawn = groups.map((group) => ({
    title: group.title,
    parts: group.parts
      .filter(({ figures }) => figures.verified.n > 0)
      .slice(0, mostEntries.partsDrawn)
      .map(({ name, figures }) => ({ name, reliability: figures.verified })),
  }));
  const filled = drawn.filter((group) => group.parts.length > 0);
  const table: Table = {
    title: 'Attempts by role and stage',
    columns: [
      { title: 'Part' },
      { title: 'Accepted on evidence' },
      { title: 'Delivered unchecked', isNumber: true },
      { title: 'Rejected', isNumber: true },
      { title: 'Failed', isNumber: true },
      { title: 'Unverified', isNumber: true },
      { title: 'Withdrawn', isNumber: true },
    ],
    rows: groups.flatMap(({ title: group, parts }) =>
      parts.map(({ name, figures }) => describeFigures(`${group}: ${name}`, figures)),
    ),
  };
  const left = Math.max(0, report.roles.length - mostEntries.parts) + Math.max(0, report.stages.length - mostEntries.parts);
  return html`<h3>${nameArm(cutText(arm, mostCharacters.name))} <span class="quiet">(${formatNumber(report.runs, 'run')})</span></h3>
${
  filled.length === 0
    ? html`<p>No part had checks: whether its results were right, nobody looked.</p>${renderTable(table)}`
    : await renderFigure({ caption, plot: (width) => plotReliability(filled, { width }), table })
}
${sayLeftOut(left, 'part')}
${propagation !== undefined && tellPropagation(propagation)}`;
}

interface Part {
  name: string;
  figures: ReliabilityFigures;
}

function groupParts({ roles, stages }: ReliabilityReport): { title: string; parts: Part[] }[] {
  return [
    {
      title: 'Role',
      parts: roles.slice(0, mostEntries.parts).map((figures) => ({ name: cutText(figures.role, mostCharacters.name), figures })),
    },
    { title: 'Stage', parts: stages.slice(0, mostEntries.parts).map((figures) => ({ name: nameStage(figures.stage), figures })) },
  ];
}

function nameStage(stage: ReliabilityStage): string {
  if (typeof stage === 'number') return `depth ${formatCount(stage)}`;
  return stage === 'single' ? 'the whole task' : stage;
}

function describeFigures(
  name: string,
  { verified, delivered, rejected, failed, unverified, withdrawn }: ReliabilityFigures,
): HtmlValue[] {
  return [
    name,
    verified.n === 0 ? '–' : formatProportion(verified),
    delivered.n === 0 ? '–' : `${formatCount(delivered.k)} of ${formatCount(delivered.n)}`,
    ...[rejected, failed, unverified, withdrawn].map(formatCount),
  ];
}

function tellPropagation({ afterTrouble, afterNone, ratio, blocked }: ErrorPropagation): Html {
  const left = blocked > 0 && ` ${formatNumber(blocked, 'subtask')} never started because something before was given up.`;
  if (afterTrouble.n + afterNone.n === 0) return html`<p>No subtask came after another, so no error could travel.${left}</p>`;
  const cases = [
    afterTrouble.n > 0 && `in ${formatProportion(afterTrouble)} where something before had trouble`,
    afterNone.n > 0 && `in ${formatProportion(afterNone)} where nothing before had`,
  ].filter((part) => part !== false);
  return html`<p>Subtasks that came after others had a rejected or failed attempt ${cases.join(', ')}${ratio !== null && `: ${describeEstimate(ratio)} as often`}.${left}</p>`;
}

function tellAmplification({ pairs, team, single, ratio }: ErrorAmplification): Html | null {
  if (pairs === 0) return null;
  return html`<p>Error amplification: over ${formatNumber(pairs, 'pair')} the team failed in ${formatProportion(team)}, one agent in ${formatProportion(single)}${
    ratio !== null && `: ${describeEstimate(ratio)} as often`
  }.</p>`;
}

function describeEstimate({ value, low, high }: Estimated): string {
  return `${formatRatio(value)} (${formatFactor(low)} to ${formatFactor(high)})`;
}
