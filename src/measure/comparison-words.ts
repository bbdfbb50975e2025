/** A comparison told to somebody who decides: most important first, one sentence each, every number with its interval. */
import type { ComparisonReport, Decision, PairedComparison, RatioEstimate } from './comparison-report.ts';
import { fewestDecidingPairs } from './judge-pairs.ts';
import type { Proportion } from './statistics/interval.ts';

type Facts = Omit<ComparisonReport, 'words'>;

type Noun = 'task' | 'pair';

/** Pairs below which a reader is told that they are few. */
const fewPairs = 30;

/** `tasks`: different tasks among the pairs. Without repeats a pair is told as the task that it is. */
export function tellComparison(facts: Facts, tasks: number): string[] {
  const noun: Noun = tasks === facts.pairs ? 'task' : 'pair';
  if (facts.pairs === 0) {
    return [
      'Undecided: no task was done by both arms, so there is nothing to compare.',
      ...tellUnpaired(facts),
      ...facts.others.map((other) => tellOther(other, noun)),
    ];
  }
  return [
    tellVerdict(facts, noun),
    ...tellBar(facts),
    tellEvidence(facts),
    tellCost(facts),
    tellTime(facts),
    ...tellCostPerSuccess(facts),
    ...tellFurther(facts, noun),
    ...tellClasses(facts),
    ...facts.others.map((other) => tellOther(other, noun)),
    ...tellCautions(facts, { tasks, noun }),
    ...tellUnpaired(facts),
    `Ranges are ${plain(100 * (1 - facts.alpha))} % intervals.`,
  ];
}

function tellVerdict({ verdict, success, pairs }: Facts, noun: Noun): string {
  const team = `the team succeeded on ${tellProportion(success.team)} of ${countOf(pairs, noun)}`;
  const single = `one agent on ${tellProportion(success.single)}`;
  switch (verdict) {
    case 'team':
      return `The team is better: ${team}, ${single}.`;
    case 'single':
      return `One agent is better: ${single.replace('one agent', 'it succeeded')} of ${countOf(pairs, noun)}, the team on ${tellProportion(success.team)}.`;
    case 'undecided':
      return `Undecided on success: ${team}, ${single}; that does not tell them apart.`;
    default:
      return verdict satisfies never;
  }
}

/** A team has to earn what it costs. */
function tellBar({ verdict, verdicts }: Facts): string[] {
  if (verdict !== 'undecided') return [];
  switch (verdicts.cost) {
    case 'single':
      return [
        'The team has not cleared the bar of the single agent: it costs clearly more and is not shown to succeed more often.',
      ];
    case 'team':
      return ['The team costs clearly less, but may succeed less often.'];
    case 'undecided':
      return ['The team has not cleared the bar of the single agent: it is not shown to succeed more often, nor to cost less.'];
    default:
      return verdicts.cost satisfies never;
  }
}

function tellEvidence({ onlyTeam, onlySingle, both, neither, mcnemarP, eValue, method, alpha }: Facts): string {
  const pValue = mcnemarP < 0.0001 ? 'p < 0.0001' : `p = ${round(mcnemarP, 2)}`;
  const evidence = eValue > 1e6 ? 'e-value above 1,000,000' : `e-value ${round(eValue, 3)}`;
  const judged =
    method === 'fixed'
      ? `McNemar ${pValue}, decided at ${plain(alpha)}; ${evidence}`
      : `${evidence}, decided at ${plain(1 / alpha)}; McNemar ${pValue}`;
  return `Only the team succeeded on ${formatCount(onlyTeam)}, only one agent on ${formatCount(onlySingle)}, both on ${formatCount(both)}, neither on ${formatCount(neither)} (${judged}).`;
}

/** The team in terms of one agent. */
function tellRatio({ ratio, low, high, unit }: RatioEstimate, { pairs, alpha }: Facts): string {
  const told = `team ${tellTimes(round(ratio, 3), unit)}`;
  if (pairs < fewestDecidingPairs(alpha)) return `${told} (too few for an interval).`;
  const remark = low <= 1 && high >= 1 ? ', so no clear difference' : '';
  return `${told} (${round(low, 3)} to ${round(high, 3)}${remark}).`;
}

function tellTimes(times: string, unit: RatioEstimate['unit']): string {
  switch (unit) {
    case 'usd':
      return `costs ${times} times as much as one agent`;
    case 'tokens':
      return `uses ${times} times as many tokens as one agent`;
    case 'seconds':
      return `takes ${times} times as long as one agent`;
    default:
      return unit satisfies never;
  }
}

function tellCost(facts: Facts): string {
  if (facts.cost === null) return 'Cost is not compared: not every paired run states usd or tokens, or one agent’s are 0.';
  return `The ${tellRatio(facts.cost, facts)}`;
}

function tellTime(facts: Facts): string {
  if (facts.time === null) return 'Time is not compared: not every paired run states seconds, or one agent’s are 0.';
  return `The ${tellRatio(facts.time, facts)}`;
}

function tellCostPerSuccess(facts: Facts): string[] {
  const { cost, costPerSuccess } = facts;
  if (cost === null) return [];
  if (costPerSuccess === null) return ['Cost per success is not compared: an arm has too few successes.'];
  return [`For each success the ${tellRatio(costPerSuccess, facts)}`];
}

function tellFurther({ verdict, furtherPairs, method }: Facts, noun: Noun): string[] {
  if (verdict !== 'undecided') return [];
  if (furtherPairs === null) return ['No number of further pairs can be named: so far neither arm is ahead.'];
  const how = method === 'fixed' ? ', for a test with 80 % power' : '';
  return [`If the arms go on to differ as they did, about ${countOf(furtherPairs, `further ${noun}`)} would decide it${how}.`];
}

function tellClasses({ classes, alpha }: Facts): string[] {
  if (classes.length === 0) return [];
  const ofVerdict = (wanted: Decision): string[] => classes.filter(({ verdict }) => verdict === wanted).map((item) => item.class);
  const parts = [
    listed('the team is better on', ofVerdict('team')),
    listed('one agent is better on', ofVerdict('single')),
    listed('undecided on', ofVerdict('undecided')),
  ].filter((part) => part !== '');
  return [`By class, each judged at ${plain(alpha / classes.length)}: ${parts.join('; ')}.`];
}

function listed(what: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, 8).join(', ');
  return `${what} ${shown}${names.length > 8 ? ` and ${names.length - 8} more` : ''}`;
}

function tellOther({ arm, verdict, success, cost, pairs }: PairedComparison & { arm: string }, noun: Noun): string {
  if (pairs === 0) return `${arm}: no task was done by it and by one agent.`;
  const words = { team: 'better than one agent', single: 'worse than one agent', undecided: 'undecided' }[verdict];
  const price = cost === null ? '' : `; ${round(cost.ratio, 3)} times the cost (${round(cost.low, 3)} to ${round(cost.high, 3)})`;
  return `${arm}: ${words}, with ${tellProportion(success.team)} against ${tellProportion(success.single)} of ${countOf(pairs, noun)}${price}.`;
}

function tellCautions({ pairs, alpha }: Facts, { tasks, noun }: { tasks: number; noun: Noun }): string[] {
  const cautions: string[] = [];
  if (pairs < fewestDecidingPairs(alpha)) {
    cautions.push(
      `Caution: ${countOf(pairs, noun)} can decide nothing about cost or time; ${fewestDecidingPairs(alpha)} is the least.`,
    );
  } else if (pairs < fewPairs) cautions.push(`Caution: ${countOf(pairs, noun)} are few; the intervals are rough.`);
  if (tasks < pairs) {
    cautions.push(
      `Caution: the ${countOf(pairs, noun)} come from ${countOf(tasks, 'task')}; repeats count as if they were further tasks, so the verdict is on these tasks.`,
    );
  }
  return cautions;
}

function tellUnpaired({ unpaired }: Facts): string[] {
  if (unpaired === 0) return [];
  return [
    `Caution: ${countOf(unpaired, 'run')} ${unpaired === 1 ? 'has' : 'have'} no partner on the other arm and ${unpaired === 1 ? 'is' : 'are'} left out; if an arm gave up on hard tasks, that favors it.`,
  ];
}

/** `30 (75.0 %, 59.8 to 85.8 %)` */
function tellProportion({ k, n, low, high }: Proportion): string {
  return `${formatCount(k)} (${percent(n === 0 ? 0 : k / n)} %, ${percent(low)} to ${percent(high)} %)`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** So many significant digits. */
function round(value: number, digits: number): string {
  const text = value.toPrecision(digits);
  return text.includes('e') || value >= 1000 ? Number(text).toLocaleString('en-US', { maximumSignificantDigits: digits }) : text;
}

/** α and 1 ÷ α as they were given. */
function plain(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 });
}
