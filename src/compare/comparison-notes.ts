/** What a reader of a comparison has to know beside its figures, one sentence each. */
import { modelOf } from '../engine/run-settings.ts';
import type { Arm } from './arms.ts';
import type { StopReason } from './comparison.ts';
import type { ComparisonTask } from './comparison-task.ts';
import type { EndedPair } from './run-pair.ts';

export interface NotedComparison {
  stopped: StopReason;
  pairsPlanned: number;
  /** In order. */
  pairs: readonly EndedPair[];
  /** Pairs that --max-usd cut off. */
  cutPairs: readonly { task: ComparisonTask; repeat: number }[];
  arms: readonly Arm[];
  tasks: readonly ComparisonTask[];
  /** Of roles that name none. */
  defaultModel: string;
  method: 'anytime' | 'fixed';
  maxUsd: number | undefined;
  concurrency: number;
  grading: { gradings: number; tokens: number; usd: number | null };
}

const namesShown = 5;

export function writeNotes(noted: NotedComparison): string[] {
  return [
    ...noteStop(noted),
    ...noteOffline(noted),
    ...noteLeftOut(noted),
    ...noteOutages(noted),
    ...noteBestOfN(noted),
    ...noteCollapsed(noted),
    ...noteGrading(noted),
    ...(noted.concurrency > 1 ? [`${noted.concurrency} pairs ran at once: their times include waiting for each other.`] : []),
  ];
}

function noteStop({ stopped, pairsPlanned, pairs, method, maxUsd }: NotedComparison): string[] {
  const left = pairsPlanned - pairs.length;
  const isEarlyFixed = method === 'fixed' && left > 0;
  const caution = isEarlyFixed
    ? [
        'The test is one for a number of pairs fixed beforehand, and not all were run: its p-value holds only if that did not depend on the results.',
      ]
    : [];
  switch (stopped) {
    case 'decided':
      return [`The answer was clear after ${countOf(pairs.length, 'pair')}: ${left} of ${pairsPlanned} were not needed.`];
    case 'max-usd':
      return [
        `The limit of ${maxUsd} US dollars ended it after ${pairs.length} of ${countOf(pairsPlanned, 'pair')}.`,
        ...caution,
      ];
    case 'interrupted':
      return [
        `It was interrupted after ${pairs.length} of ${countOf(pairsPlanned, 'pair')}; the same command goes on from there.`,
        ...caution,
      ];
    case 'exhausted':
      return [];
  }
}

function noteOffline({ arms, defaultModel }: NotedComparison): string[] {
  if (!arms.some(({ team }) => modelOf(team.generalist, team, defaultModel) === 'offline')) return [];
  return ['The model "offline" is rules, not a language model: the verdict is about what these rules do.'];
}

function noteLeftOut({ pairs, cutPairs }: NotedComparison): string[] {
  const notes: string[] = [];
  if (cutPairs.length > 0) {
    const names = listNames(cutPairs.map(({ task, repeat }) => nameOf(task, repeat)));
    notes.push(`Left out of the verdict, because the limit on money cut a run of it off: ${names}.`);
  }
  const byReason = new Map<string, string[]>();
  for (const { leftOut, plan } of pairs) {
    if (leftOut === null) continue;
    const names = byReason.get(leftOut) ?? [];
    byReason.set(leftOut, names);
    names.push(nameOf(plan.task, plan.repeat));
  }
  for (const [reason, names] of byReason) notes.push(`Left out of the verdict, because ${endless(reason)}: ${listNames(names)}.`);
  return notes;
}

function noteOutages({ pairs }: NotedComparison): string[] {
  const byArm = new Map<string, number>();
  for (const arm of pairs.flatMap(({ outages }) => outages)) byArm.set(arm, (byArm.get(arm) ?? 0) + 1);
  if (byArm.size === 0) return [];
  const counts = [...byArm].map(([arm, count]) => `${count} of ${arm}`).join(', ');
  return [
    `Runs that failed because their model could not be reached count as failures: ${counts}. Another seed runs everything anew.`,
  ];
}

function noteBestOfN({ arms, tasks }: NotedComparison): string[] {
  return arms.flatMap(({ name, strategy, team }) => {
    if (strategy !== 'best-of-n' || team.accept.length > 0 || team.generalist.accept.length > 0) return [];
    const unchecked = tasks.filter(({ accept }) => accept.length === 0).length;
    if (unchecked === 0) return [];
    const where = unchecked === tasks.length ? 'the tasks have' : `${unchecked} of ${countOf(tasks.length, 'task')} have`;
    return [`${name} had nothing to pick by, because ${where} no accept checks: it took the first answer there, as single does.`];
  });
}

function noteCollapsed({ pairs }: NotedComparison): string[] {
  const collapsed = pairs.filter(({ isCollapsed }) => isCollapsed).length;
  if (collapsed === 0) return [];
  return [
    `In ${collapsed} of ${countOf(pairs.length, 'pair')} the team’s plan was a single subtask, which the generalist did alone.`,
  ];
}

function noteGrading({ grading: { gradings, tokens, usd } }: NotedComparison): string[] {
  if (gradings === 0) return [];
  const price = usd === null ? 'at an unknown price' : `for ${Number(usd.toPrecision(4))} US dollars`;
  return [`${countOf(gradings, 'grading')} by rubric took ${countOf(tokens, 'token')} ${price}; no arm is charged for them.`];
}

function nameOf({ id }: ComparisonTask, repeat: number): string {
  return repeat === 0 ? id : `${id} (repeat ${repeat})`;
}

function listNames(names: readonly string[]): string {
  const more = names.length - namesShown;
  return names.slice(0, namesShown).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function endless(text: string): string {
  return text.replace(/[.\s]+$/, '');
}

function countOf(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
