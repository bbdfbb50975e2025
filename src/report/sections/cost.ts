/** Cost against success, with the arms that no other beats on both. */
import type { ArmSummary, ComparisonReport } from '../../measure/comparison-report.ts';
import { mostEntries } from '../bounds.ts';
import { renderFigure } from '../figure.ts';
import { html } from '../html.ts';
import { formatCount, formatProportion } from '../numbers.ts';
import type { PageSection } from '../page.ts';
import { type ArmCost, type CostUnit, findParetoFront, formatCost, plotPareto } from '../plots/pareto.ts';
import { nameArm } from '../plots/success.ts';
import { listArms } from './success.ts';

export async function writeCost(report: ComparisonReport): Promise<PageSection> {
  const arms = listArms(report);
  const { unit, costs } = chooseUnit(arms);
  if (costs.length === 0) {
    const body = html`<p>No result states what it cost, in dollars or in tokens, so arms can’t be set against each other by cost.</p>`;
    return { id: 'cost', title: 'Cost against success', body };
  }
  const front = new Set(findParetoFront(costs).map(({ arm }) => arm));
  const missing = arms.length - costs.length;
  const figure = await renderFigure({
    caption: [
      `Up is better, left is cheaper. ${sayFront(front)} That goes by the point estimates; the upright lines are the intervals of success.`,
      missing > 0 && ` ${formatCount(missing)} of ${formatCount(arms.length)} arms state no cost in this unit.`,
    ],
    plot: (width) => plotPareto(costs.slice(0, mostEntries.armsDrawn), unit, { width }),
    table: {
      title: 'Mean cost of a run and success, by arm',
      columns: [{ title: 'Arm' }, { title: 'Cost of a run', isNumber: true }, { title: 'Success' }, { title: 'On the front' }],
      rows: costs.map(({ arm, cost, success }) => [
        nameArm(arm),
        formatCost(cost, unit),
        formatProportion(success),
        front.has(arm) ? 'yes' : 'no',
      ]),
    },
  });
  return { id: 'cost', title: 'Cost against success', body: figure };
}

function sayFront(front: ReadonlySet<string>): string {
  const [first] = front;
  return front.size === 1 && first !== undefined
    ? `On the Pareto front, where no other arm is better in one and not worse in the other, ${nameArm(first)} stands alone.`
    : 'The dashed line is the Pareto front: of an arm on it no other is better in one and not worse in the other.';
}

/** Dollars when they are known of as many arms as tokens are; else tokens. Dollars that are all 0 tell no arms apart. */
function chooseUnit(arms: ArmSummary[]): { unit: CostUnit; costs: ArmCost[] } {
  const withUnit = (unit: CostUnit): ArmCost[] =>
    arms.flatMap((summary) => {
      const cost = summary[unit];
      return cost === null || summary.success.n === 0 ? [] : [{ arm: summary.arm, cost, success: summary.success }];
    });
  const usd = withUnit('usd');
  const tokens = withUnit('tokens');
  const useUsd = usd.length >= tokens.length && (tokens.length === 0 || usd.some(({ cost }) => cost > 0));
  return useUsd ? { unit: 'usd', costs: usd } : { unit: 'tokens', costs: tokens };
}
