/** What the measurement prints. */
import type { RunResult } from 'planwright';
import type { PlanTotals, PlanTries } from './measure-plans.ts';

/** ` 7  research  2nd try   3 subtasks   12.4 s  What happens … (1: cycle)` */
export function tellPlan(at: number, { team, task, validTry, refused, subtasks, seconds }: PlanTries): string {
  const verdict = validTry === null ? 'never' : validTry === 1 ? '1st try' : '2nd try';
  const size = validTry === null ? '' : `${subtasks} ${subtasks === 1 ? 'subtask' : 'subtasks'}`;
  const why = refused.map((codes, index) => `${index + 1}: ${codes.join(', ')}`).join('; ');
  const cells = [
    String(at).padStart(2),
    team.padEnd(8),
    verdict.padEnd(7),
    size.padEnd(12),
    `${seconds.toFixed(1)} s`.padStart(7),
  ];
  return `${cells.join('  ')}  ${shorten(task, 50)}${why === '' ? '' : `  (${why})`}`;
}

export function tellTotals({ calls, first, second, never, codes }: PlanTotals): string {
  const lines = [
    `Valid plans: ${first} of ${calls} at the first try, ${second} more at the second (${first + second} of ${calls}), ${never} never.`,
  ];
  if (codes.length > 0) lines.push(`Refused tries by problem: ${codes.map(([code, count]) => `${code} ${count}`).join(', ')}.`);
  return lines.join('\n');
}

/** Lines and characters of the deliverable that are shown. */
const shownLines = 8;
const shownWidth = 110;

export function tellRun({ status, endReason, detail, strategy, subtasks, ledger, deliverable }: RunResult): string {
  const ended = endReason === null ? status : `${status} (${endReason})`;
  const tokens = `${ledger.inputTokens} tokens in, ${ledger.outputTokens} out`;
  const lines = [`${ended}, by ${strategy}: ${ledger.calls} calls, ${tokens}, ${(ledger.makespanMs / 1000).toFixed(1)} s`];
  if (detail !== undefined) lines.push(shorten(detail, shownWidth));
  for (const { id, role, status: state, attempts, error } of subtasks) {
    const why = error === undefined ? '' : ` (${error.code})`;
    lines.push(`  ${shorten(id, 20)} ${role}: ${state}, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}${why}`);
  }
  if (deliverable === null) lines.push('No deliverable.');
  else {
    const text = typeof deliverable === 'string' ? deliverable : JSON.stringify(deliverable);
    const all = text.trim().split('\n');
    lines.push('Deliverable:', ...all.slice(0, shownLines).map((line) => `  | ${shorten(line, shownWidth)}`));
    if (all.length > shownLines) lines.push(`  | … ${all.length - shownLines} more lines`);
  }
  return lines.join('\n');
}

/** One line of printable text: a model's words may hold terminal controls. */
function shorten(text: string, length: number): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ');
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
