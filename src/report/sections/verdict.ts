/** The verdict in words first, then the numbers it rests on. */
import type { ComparisonReport, Decision, PairedComparison, RatioEstimate } from '../../measure/comparison-report.ts';
import { fewestDecidingPairs } from '../../measure/judge-pairs.ts';
import { mostCharacters, mostEntries, sayLeftOut, takeFirst } from '../bounds.ts';
import { cutText, type Html, type HtmlValue, html } from '../html.ts';
import {
  formatCount,
  formatEvidence,
  formatFactor,
  formatPercent,
  formatPoints,
  formatPointsRange,
  formatProbability,
  formatRatio,
} from '../numbers.ts';
import type { PageSection } from '../page.ts';
import { renderTable } from '../table.ts';

export function writeVerdict(report: ComparisonReport): PageSection {
  const [first = sayDecision(report.verdict), ...rest] = report.words.slice(0, mostEntries.words);
  return {
    id: 'verdict',
    title: 'Verdict',
    body: html`<p class="answer">${cutText(first, mostCharacters.sentence)}</p>
${rest.length > 0 && html`<ul>${rest.map((sentence) => html`<li>${cutText(sentence, mostCharacters.sentence)}</li>`)}</ul>`}
${renderFacts(report)}
${renderQuestions(report)}
${renderOthers(report)}`,
  };
}

export function nameDecision(decision: Decision, arm = 'team'): string {
  if (decision === 'undecided') return 'undecided';
  return decision === 'single' ? 'one agent' : arm === 'team' ? 'the team' : arm;
}

function sayDecision(decision: Decision): string {
  return decision === 'undecided' ? 'Undecided between the team and one agent.' : `The verdict is ${nameDecision(decision)}.`;
}

function renderFacts(report: ComparisonReport): Html {
  const facts: [string, string][] = [
    ['pairs', formatCount(report.pairs)],
    ['both succeeded', formatCount(report.both)],
    ['only one agent', formatCount(report.onlySingle)],
    ['only the team', formatCount(report.onlyTeam)],
    ['neither', formatCount(report.neither)],
    ['e-value', formatEvidence(report.eValue)],
    ['McNemar p', formatProbability(report.mcnemarP)],
  ];
  if (report.furtherPairs !== null && report.furtherPairs > 0) {
    facts.push(['further pairs', formatCount(report.furtherPairs)]);
  }
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function renderQuestions(report: ComparisonReport): Html {
  const { verdicts, difference } = report;
  return renderTable({
    title: 'Each question by itself',
    columns: [
      { title: 'Which one …' },
      { title: 'Answer' },
      { title: 'Team ÷ one agent', isNumber: true },
      { title: `${formatPercent(1 - report.alpha)} interval`, isNumber: true },
    ],
    rows: [
      [
        'succeeds more often',
        nameDecision(verdicts.success),
        report.pairs === 0 ? '–' : formatPoints(difference.value),
        report.pairs === 0 ? '–' : sayRange(report, formatPointsRange(difference.low, difference.high)),
      ],
      [`is cheaper${unitOf(report.cost)}`, nameDecision(verdicts.cost), ...describeRatio(report, report.cost)],
      ['is faster', nameDecision(verdicts.time), ...describeRatio(report, report.time)],
      [
        `pays less for a success${unitOf(report.costPerSuccess)}`,
        nameDecision(verdicts.costPerSuccess),
        ...describeRatio(report, report.costPerSuccess),
      ],
    ],
  });
}

function renderOthers({ others }: ComparisonReport): Html | null {
  if (others.length === 0) return null;
  const { shown, left } = takeFirst(others, mostEntries.arms);
  return html`${renderTable({
    title: 'Other arms, each against one agent',
    columns: [
      { title: 'Arm' },
      { title: 'Verdict' },
      { title: 'Pairs', isNumber: true },
      { title: 'Success, difference', isNumber: true },
      { title: 'Cost, ratio', isNumber: true },
      { title: 'Time, ratio', isNumber: true },
    ],
    rows: shown.map((other) => describeOther(other, cutText(other.arm, mostCharacters.name))),
  })}${sayLeftOut(left, 'arm')}`;
}

function describeOther({ verdict, pairs, difference, cost, time }: PairedComparison, arm: string): HtmlValue[] {
  return [
    arm,
    nameDecision(verdict, arm),
    formatCount(pairs),
    formatPoints(difference.value),
    shortRatio(cost),
    shortRatio(time),
  ];
}

function describeRatio(report: ComparisonReport, estimate: RatioEstimate | null): [string, string] {
  if (estimate === null) return ['not stated', '–'];
  return [formatRatio(estimate.ratio), sayRange(report, `${formatFactor(estimate.low)} to ${formatFactor(estimate.high)}`)];
}

/** Of so few pairs that no interval could decide, none is shown: it would look certain. */
function sayRange({ pairs, alpha }: ComparisonReport, range: string): string {
  return pairs < fewestDecidingPairs(alpha) ? 'too few pairs' : range;
}

function shortRatio(estimate: RatioEstimate | null): string {
  return estimate === null ? '–' : formatRatio(estimate.ratio);
}

function unitOf(estimate: RatioEstimate | null): string {
  return estimate === null ? '' : estimate.unit === 'usd' ? ' (US dollars)' : ` (${estimate.unit})`;
}
