/** What a run took: tokens, money and time by purpose, role and subtask, and what of it was coordination. */
import type { Ledger } from 'planwright/browser';
import { useMemo } from 'react';
import { formatCount, formatDuration, formatRatio, formatUsd } from '../shared/figures.ts';
import type { CallSum, CallSums } from './sum-calls.ts';

const subtasksListed = 200;

export function LedgerView({ sums, ledger, rootRunId }: { sums: CallSums; ledger: Ledger | undefined; rootRunId: string }) {
  const subtasks = useMemo(
    () =>
      [...sums.bySubtask]
        .toSorted(([, a], [, b]) => b.tokens - a.tokens)
        .map(([key, sum]): [string, CallSum] => [nameOf(key, rootRunId), sum]),
    [sums, rootRunId],
  );
  return (
    <div className="ledger">
      {ledger === undefined ? null : <Facts ledger={ledger} sums={sums} />}
      <SumTable caption="By purpose" rows={[...sums.byPurpose]} total={sums.total} />
      <SumTable caption="By role" rows={[...sums.byRole].toSorted(([, a], [, b]) => b.tokens - a.tokens)} total={sums.total} />
      <SumTable caption="By subtask" rows={subtasks.slice(0, subtasksListed)} total={sums.total} />
      {subtasks.length > subtasksListed ? (
        <p className="quiet">
          The {subtasksListed} with the most tokens of {formatCount(subtasks.length)}.
        </p>
      ) : null}
    </div>
  );
}

function Facts({ ledger, sums }: { ledger: Ledger; sums: CallSums }) {
  const { turnOverhead, tokenOverhead, wasteTokens, makespanMs, serialMs, criticalPathMs, handoffs, handoffTokens } = ledger;
  const facts: [name: string, value: string, meaning: string][] = [
    [
      'Tokens',
      formatCount(ledger.inputTokens + ledger.outputTokens),
      `${formatCount(ledger.inputTokens)} in, ${formatCount(ledger.outputTokens)} out`,
    ],
    [
      'Cost',
      formatUsd(ledger.costUsd),
      ledger.unpricedCalls > 0
        ? `${formatCount(ledger.unpricedCalls)} calls without a price`
        : `${formatCount(sums.total.calls)} model calls`,
    ],
    ['Turn overhead', formatRatio(turnOverhead), 'calls that coordinate ÷ calls that work'],
    ['Token overhead', formatRatio(tokenOverhead), 'the same in tokens, handoffs included'],
    ['Waste', `${formatCount(wasteTokens)} tokens`, 'of results that were not used'],
    ['Handoffs', formatCount(handoffs), `${formatCount(handoffTokens)} tokens handed over`],
    ['Makespan', formatDuration(makespanMs), `critical path ${formatDuration(criticalPathMs)}`],
    [
      'Speed-up',
      makespanMs > 0 ? `${(serialMs / makespanMs).toFixed(2)} ×` : '–',
      `${formatDuration(serialMs)} one after the other`,
    ],
  ];
  return (
    <dl className="facts" aria-label="The coordination tax and other figures">
      {facts.map(([name, value, meaning]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <strong>{value}</strong>
            <span className="quiet">{meaning}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function SumTable({ caption, rows, total }: { caption: string; rows: [string, CallSum][]; total: CallSum }) {
  if (rows.length === 0) return <p className="quiet">{caption}: no calls yet.</p>;
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Share of tokens</th>
            <th scope="col" className="number">
              Tokens in
            </th>
            <th scope="col" className="number">
              Tokens out
            </th>
            <th scope="col" className="number">
              Calls
            </th>
            <th scope="col" className="number">
              Tools
            </th>
            <th scope="col" className="number">
              Cost
            </th>
            <th scope="col" className="number">
              Time
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, sum]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <Share share={total.tokens === 0 ? 0 : sum.tokens / total.tokens} />
              </td>
              <td className="number">{formatCount(sum.inputTokens)}</td>
              <td className="number">{formatCount(sum.outputTokens)}</td>
              <td className="number">{formatCount(sum.calls)}</td>
              <td className="number">{formatCount(sum.toolCalls)}</td>
              <td className="number">{formatUsd(sum.costUsd)}</td>
              <td className="number">{formatDuration(sum.ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Share({ share }: { share: number }) {
  const percent = Math.round(share * 100);
  return (
    <span className="share">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="8" rx="2" className="share-all" />
        <rect width={Math.max(percent, share > 0 ? 1 : 0)} height="8" rx="2" className="share-part" />
      </svg>
      {percent} %
    </span>
  );
}

/** A subtask of a sub-team is named with its run's way down; work that is no subtask as what it is. */
function nameOf(key: string, rootRunId: string): string {
  const blank = key.indexOf(' ');
  const runId = key.slice(0, blank);
  const id = key.slice(blank + 1);
  const below = runId === rootRunId ? '' : `${runId.slice(rootRunId.length + 1)} / `;
  return `${below}${id}`;
}
