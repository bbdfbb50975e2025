/** How a run went, in a few lines: what was called, what it took, what coordination cost, what failed, where it is kept. */
import type { HierarchyReport, Ledger, RunReport, SubtaskReport } from '../index.ts';
import { formatCount, formatDuration, formatNumber, formatUsd } from './figures.ts';
import { cutText, toOneLine } from './terminal-text.ts';

const failuresNamed = 10;
const pathNamed = 8;
const reasonLength = 300;

/** Lines without line feeds. */
export function summarizeRun(report: RunReport): string[] {
  const { ledger } = report;
  const lines = [`${report.status.padEnd(10)} ${describeEnd(report)}`];
  if (report.forkedFrom !== undefined) {
    const { runId, seq } = report.forkedFrom;
    lines.push(row('forked', `from ${toOneLine(runId)} after event ${seq}; its calls, tokens and cost are not counted here`));
  }
  if (report.gate !== undefined) lines.push(row('gate', `${report.gate.strategy}: ${toOneLine(report.gate.reasons.join(' '))}`));
  lines.push(row('calls', describeCalls(ledger)));
  lines.push(row('tokens', describeTokens(ledger)));
  lines.push(row('cost', describeCost(ledger)));
  lines.push(row('time', describeTime(ledger)));
  lines.push(row('tax', describeTax(ledger)));
  if (report.hierarchy !== undefined) lines.push(...describeHierarchy(report.hierarchy, ledger.calls));
  for (const failure of listFailures(report.subtasks)) lines.push(row('failed', failure));
  return lines;
}

/** Where to go from here. */
export function hintsAfter(
  { runId, status }: Pick<RunReport, 'runId' | 'status'>,
  location: string,
  storeFlag: string,
): string[] {
  const lines = [row('stored', `${location} · planwright show ${runId}${storeFlag}`)];
  if (status === 'waiting') lines.push(waitingHint(runId, storeFlag));
  return lines;
}

export function waitingHint(runId: string, storeFlag: string): string {
  return row('waiting', `planwright approve ${runId}${storeFlag}  (or refuse it: --deny "why")`);
}

export function interruptedHint(runId: string, storeFlag: string): string {
  return `Interrupted. Resume with: planwright resume ${runId}${storeFlag}`;
}

function row(name: string, text: string): string {
  return `${name.padEnd(10)} ${text}`;
}

function describeHierarchy({ levels, latencyLevels, flat }: HierarchyReport, calls: number): string[] {
  const rows = levels.map(({ level, runs, leaves, calls: own, tokens, largestPromptTokens }) =>
    row(
      `level ${level}`,
      `${formatNumber(runs, 'run')} · ${formatNumber(leaves, 'leaf subtask')} · ${formatNumber(own, 'call')}, ${formatCount(tokens)} tokens · largest prompt ${formatCount(largestPromptTokens)}`,
    ),
  );
  const against = `${formatNumber(calls, 'call')} in ${formatNumber(latencyLevels, 'round')}; one flat plan: ${formatCount(flat.calls)} in ${formatCount(flat.latencyLevels)}`;
  return [...rows, row('hierarchy', against)];
}

function describeEnd({ strategy, subtasks, detail, endReason }: RunReport): string {
  const counts = new Map<string, number>();
  for (const { status } of subtasks) counts.set(status, (counts.get(status) ?? 0) + 1);
  const states = [...counts].map(([status, count]) => `${formatCount(count)} ${status}`).join(', ');
  const parts = [strategy, subtasks.length === 0 ? 'no subtasks' : `${formatNumber(subtasks.length, 'subtask')} (${states})`];
  if (detail !== undefined) parts.push(cutText(toOneLine(detail), reasonLength));
  else if (endReason !== null && endReason !== 'completed') parts.push(endReason);
  return parts.join(' · ');
}

function describeCalls({ calls, callsByPurpose, toolCalls }: Ledger): string {
  const purposes = Object.entries(callsByPurpose).map(([purpose, count]) => `${purpose} ${formatCount(count)}`);
  return `${formatCount(calls)}${purposes.length === 0 ? '' : ` (${purposes.join(', ')})`} · ${formatNumber(toolCalls, 'tool call')}`;
}

function describeTokens({ inputTokens, outputTokens, cachedInputTokens }: Ledger): string {
  const cached = cachedInputTokens === 0 ? '' : `, ${formatCount(cachedInputTokens)} of them cached`;
  return `${formatCount(inputTokens + outputTokens)} (${formatCount(inputTokens)} in${cached}; ${formatCount(outputTokens)} out)`;
}

function describeCost({ costUsd, unpricedCalls, calls }: Ledger): string {
  return costUsd === null ? `unpriced (${formatCount(unpricedCalls)} of ${formatNumber(calls, 'call')})` : formatUsd(costUsd);
}

function describeTime({ makespanMs, criticalPathMs, criticalPath, serialMs }: Ledger): string {
  const named = criticalPath.slice(0, pathNamed).map((id) => toOneLine(id));
  const more = criticalPath.length > named.length ? ` → … ${formatCount(criticalPath.length - named.length)} more` : '';
  const path = named.length === 0 ? '' : ` (${named.join(' → ')}${more})`;
  // One subtask has nothing to be faster than.
  const speedUp = makespanMs > 0 && criticalPath.length > 1 ? ` · speed-up ${(serialMs / makespanMs).toFixed(1)}` : '';
  return `${formatDuration(makespanMs)} makespan · ${formatDuration(criticalPathMs)} critical path${path}${speedUp}`;
}

function describeTax({ turnOverhead, tokenOverhead, handoffs, handoffTokens, wasteTokens }: Ledger): string {
  const handed =
    handoffs === 0 ? 'no handoffs' : `${formatNumber(handoffs, 'handoff')} of ${formatNumber(handoffTokens, 'token')}`;
  const waste = wasteTokens === 0 ? '' : ` · ${formatNumber(wasteTokens, 'token')} wasted`;
  return `turn overhead ${ratio(turnOverhead)} · token overhead ${ratio(tokenOverhead)} · ${handed}${waste}`;
}

function ratio(value: number | null): string {
  return value === null ? 'unknown' : value.toFixed(2);
}

function listFailures(subtasks: SubtaskReport[]): string[] {
  const failed = [...findFailed(subtasks)];
  const named = failed.slice(0, failuresNamed).map(({ id, role, status, error }) => {
    const reason = error === undefined ? status : error.message;
    return `${toOneLine(id)} (${toOneLine(role)}): ${cutText(toOneLine(reason), reasonLength)}`;
  });
  return failed.length > named.length ? [...named, `and ${formatCount(failed.length - named.length)} more`] : named;
}

/** Those that failed by themselves, at any depth; what was given up because of them is in the counts. */
function* findFailed(subtasks: SubtaskReport[]): Generator<SubtaskReport> {
  for (const subtask of subtasks) {
    if (subtask.status === 'failed') yield subtask;
    yield* findFailed(subtask.subtasks ?? []);
  }
}
