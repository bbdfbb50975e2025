/** What happened, in lines. Times stand in one line of their own: everything else is the same in every replay. */
import type { Ledger, RunEvent, RunResult, Verdict } from 'planwright';
import type { Migration } from './migrate.ts';
import type { SuiteEnd } from './run-suite.ts';

export function tellMigration({ result, events, changed, before, after }: Migration): string[] {
  return [
    `The given package: ${tellSuite(before)}.`,
    '',
    'Plan',
    ...result.subtasks.map(tellSubtask),
    '',
    'Attempts',
    ...result.subtasks.flatMap(({ id }) => tellAttempts(id, events)),
    ...events.flatMap((event) => (event.type === 'deliverable-checked' ? tellVerdict('deliverable', event.verdict) : [])),
    '',
    'Merge',
    ...tellOverlap(result),
    ...tellMerge(result, changed),
    '',
    ...tellLedger(result.ledger),
    '',
    `Status: ${result.status}. The ported package: ${after === null ? 'there is none' : tellSuite(after)}.`,
    ...(result.detail === undefined ? [] : [result.detail]),
  ];
}

export function tellTimes({ makespanMs, serialMs, criticalPath }: Ledger): string {
  return `Time: ${inSeconds(makespanMs)}; one after another ${inSeconds(serialMs)}. Critical path: ${criticalPath.join(' → ')}.`;
}

function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function tellSuite({ exitStatus, passed, tests }: SuiteEnd): string {
  return `${passed} of ${tests} tests pass, exit status ${exitStatus ?? 'none'}`;
}

function tellSubtask({ id, role, dependsOn }: RunResult['subtasks'][number]): string {
  return `  ${id}: ${role}${dependsOn.length === 0 ? '' : `, after ${dependsOn.join(', ')}`}`;
}

function tellAttempts(id: string, events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.type === 'verdict-given' && event.subtaskId === id)
      return tellVerdict(`${id}, attempt ${event.attempt}`, event.verdict);
    if (event.type !== 'attempt-finished' || event.subtaskId !== id) return [];
    const { attempt, outcome } = event;
    const isVerified = events.some(
      (other) => other.type === 'verdict-given' && other.subtaskId === id && other.attempt === attempt,
    );
    if (isVerified) return [];
    const end = outcome.kind === 'failed' ? `failed: ${outcome.error.message}` : outcome.kind;
    return [`  ${id}, attempt ${attempt}: ${end}, no checks of its own`];
  });
}

function tellVerdict(what: string, { kind, evidence }: Verdict): string[] {
  const shown = evidence.flatMap(({ check, passed, detail, receipts = [] }) => {
    const rested = receipts.length === 0 ? '' : ` [receipts: ${receipts.length}]`;
    const [first, ...more] = withoutTimes(detail).split('\n');
    return [`    ${check} ${passed ? 'passed' : 'did not pass'}: ${first}${rested}`, ...more.map((line) => `      ${line}`)];
  });
  return [`  ${what}: ${kind}`, ...shown];
}

/** Evidence of a command ends with a line like `node --test: exit status 1, 0.35 s.` */
function withoutTimes(detail: string): string {
  return detail
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.replace(/, \d+\.\d+ s\.$/, '.'))
    .join('\n');
}

/** Pairs of subtasks that were under way at the same time. */
export function findOverlaps({ subtasks }: Pick<RunResult, 'subtasks'>): [string, string][] {
  const spans = subtasks.flatMap(({ id, startedMs, endedMs }) =>
    startedMs === null || endedMs === null ? [] : [{ id, startedMs, endedMs }],
  );
  return spans.flatMap((one, at) =>
    spans
      .slice(at + 1)
      .filter((other) => one.startedMs < other.endedMs && other.startedMs < one.endedMs)
      .map((other): [string, string] => [one.id, other.id]),
  );
}

function tellOverlap(result: RunResult): string[] {
  return findOverlaps(result).map(([one, other]) => `  ${one} and ${other} ran at the same time, each in a folder of its own.`);
}

/** What a join found in the patches it builds on. */
function tellMerge({ subtasks }: RunResult, changed: Migration['changed']): string[] {
  return subtasks.flatMap(({ id, dependsOn }) => {
    const sources = dependsOn.filter((source) => (changed.get(source) ?? []).length > 0);
    if (sources.length < 2) return [];
    const makers = Map.groupBy(
      sources.flatMap((source) => (changed.get(source) ?? []).map((path) => ({ source, path }))),
      ({ path }) => path,
    );
    const told = [...makers].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([path, by]) => `    ${path}: ${tellMakers(by)}`);
    return [`  ${id} starts from both:`, ...told];
  });
}

function tellMakers(by: readonly { source: string }[]): string {
  return `${by.map(({ source }) => source).join(' and ')}${by.length > 1 ? ', merged by lines' : ''}`;
}

function tellLedger(ledger: Ledger): string[] {
  const { calls, callsByPurpose, toolCalls, inputTokens, outputTokens, handoffs, handoffTokens, wasteTokens } = ledger;
  const purposes = Object.entries(callsByPurpose).map(([purpose, count]) => `${purpose} ${count}`);
  return [
    `Calls: ${calls} (${purposes.join(', ')}) and ${toolCalls} of tools.`,
    `Tokens: ${inputTokens} in, ${outputTokens} out; ${wasteTokens} for attempts that were not accepted. Handoffs: ${handoffs}, ${handoffTokens} tokens.`,
    `Coordination tax: ${tellShare(ledger.turnOverhead)} of the calls for the work itself, ${tellShare(ledger.tokenOverhead)} of its tokens.`,
  ];
}

function tellShare(share: number | null): string {
  return share === null ? 'unknown' : `${Math.round(share * 100)} %`;
}
