/** A run as plain lines, one for each change of state: for files, pipes and terminals that can't redraw. */
import type { RunUpdate, SubtaskState } from '../../index.ts';
import { formatCount, formatNumber, formatSeconds } from '../figures.ts';
import { cutText, toOneLine } from '../terminal-text.ts';
import type { Progress, RunProgress } from './progress.ts';

/** Longer reasons are in the run's report. */
const reasonLength = 300;
const idsNamed = 5;

/**
 * The lines of an update that `progress` has just entered, without line feeds.
 * @param sinceMs What counts as time 0.
 */
export function describeUpdate(progress: Progress, update: RunUpdate, givenUp: SubtaskState[], sinceMs: number): string[] {
  const run = progress.find(update.runId);
  const time = formatSeconds(Math.max(0, update.atMs - sinceMs)).padStart(7);
  const indent = '  '.repeat(run.depth);
  const said = describeEvent(run, update);
  if (givenUp.length > 0) said.push(describeGivenUp(givenUp));
  return said.map((line) => `${time}  ${indent}${line}`);
}

function describeEvent(run: RunProgress, { event }: RunUpdate): string[] {
  switch (event.type) {
    case 'run-started':
    case 'subtask-proposed':
    case 'run-ended':
      return [];
    case 'run-resumed':
      return ['resumed'];
    case 'gate-decided':
      return [`gate  ${event.decision.strategy}  ${shorten(event.decision.reasons.join(' '))}`];
    case 'plan-accepted':
      return [`plan  ${formatNumber(run.state.subtasks.size - run.counts.superseded, 'subtask')}`];
    case 'plan-refused':
      return [`plan  refused: ${shorten(event.problems[0]?.message ?? '')} (${formatNumber(event.problems.length, 'problem')})`];
    case 'planner-failed':
      return [`plan  failed: ${shorten(event.error.message)}`];
    case 'plan-approved':
      return [`plan  approved by ${shorten(event.by)}${event.plan === undefined ? '' : ', edited'}`];
    case 'plan-denied':
      return [`plan  refused by ${shorten(event.by)}: ${shorten(event.reason)}`];
    case 'approval-asked': {
      const { request } = event;
      return [
        lineOf(request.subtaskId, request.role, `waits for approval${request.kind === 'tool' ? ` of ${request.tool}` : ''}`),
      ];
    }
    case 'approval-given':
      return [lineOf(event.request.subtaskId, '', `approved by ${shorten(event.by)}`)];
    case 'approval-denied':
      return [lineOf(event.request.subtaskId, '', `refused by ${shorten(event.by)}: ${shorten(event.reason)}`)];
    case 'wait-began':
      return ['waits for a person'];
    case 'wait-ended':
      return [];
    case 'subtask-expanded':
      return [lineOf(event.subtaskId, '', formatNumber(event.items.length, 'item'))];
    case 'expansion-failed':
      return [lineOf(event.subtaskId, '', `failed: ${shorten(event.error.message)}`)];
    case 'subtask-collected':
      return [lineOf(event.subtaskId, '', 'succeeded')];
    case 'plan-grown':
      return event.add.length === 0 ? [] : [lineOf(event.subtaskId, '', `adds ${formatNumber(event.add.length, 'subtask')}`)];
    case 'growth-failed':
      return [lineOf(event.subtaskId, '', `not followed: ${shorten(event.error.message)}`)];
    case 'plan-revised':
      return [`replan  ${formatNumber(event.add.length, 'new subtask')}`];
    case 'replan-failed':
      return [`replan  failed: ${shorten(event.error.message)}`];
    case 'attempt-started':
      return [lineOf(event.subtaskId, event.role, event.attempt > 1 ? `started  attempt ${event.attempt}` : 'started')];
    case 'attempt-finished': {
      const { outcome, subtaskId } = event;
      const role = run.work.get(subtaskId)?.role ?? '';
      if (outcome.kind === 'failed') return [lineOf(subtaskId, role, `failed: ${shorten(outcome.error.message)}`)];
      if (outcome.kind === 'cancelled') return [lineOf(subtaskId, role, 'cancelled')];
      const isChecked = run.state.subtasks.get(subtaskId)?.status === 'verifying';
      return [lineOf(subtaskId, role, isChecked ? 'checking' : `succeeded${tokensOf(run, subtaskId)}`)];
    }
    case 'verdict-given': {
      const { verdict, subtaskId } = event;
      const role = run.work.get(subtaskId)?.role ?? '';
      if (verdict.kind === 'accepted') return [lineOf(subtaskId, role, `succeeded${tokensOf(run, subtaskId)}`)];
      return [lineOf(subtaskId, role, `${verdict.kind}: ${shorten(verdict.reason)}`)];
    }
    case 'synthesis-finished':
      return [
        event.outcome.kind === 'failed'
          ? `synthesis  failed: ${shorten(event.outcome.error.message)}`
          : `synthesis  ${event.outcome.kind}`,
      ];
    case 'deliverable-checked':
      return [
        `deliverable  ${event.verdict.kind}${event.verdict.kind === 'accepted' ? '' : `: ${shorten(event.verdict.reason)}`}`,
      ];
    case 'timer-fired':
      return event.timerId === 'deadline' ? ['time is up'] : [];
    case 'cancel-requested':
      return [`cancel  ${shorten(event.reason)}`];
    default:
      return event satisfies never;
  }
}

function describeGivenUp(items: SubtaskState[]): string {
  const named = items.slice(0, idsNamed).map((item) => toOneLine(item.subtask.id));
  const more = items.length > named.length ? ` and ${formatCount(items.length - named.length)} more` : '';
  return `given up: ${named.join(', ')}${more}`;
}

function lineOf(id: string, role: string, state: string): string {
  return [toOneLine(id), ...(role === '' ? [] : [toOneLine(role)]), state].join('  ');
}

function tokensOf(run: RunProgress, subtaskId: string): string {
  const tokens = run.work.get(subtaskId)?.tokens ?? 0;
  return tokens === 0 ? '' : `  ${formatCount(tokens)} tokens`;
}

function shorten(text: string): string {
  return cutText(toOneLine(text), reasonLength);
}
