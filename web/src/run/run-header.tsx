/** What the run is, how it stands, and what can be done with it as a whole. */
import type { RunReport } from 'planwright/browser';
import { useState } from 'react';
import { paths } from '../api/paths.ts';
import { describeError, request } from '../api/request.ts';
import type { CallSums } from '../ledger/sum-calls.ts';
import { printRoute } from '../routes.ts';
import { formatCount, formatDuration, formatNumber, formatUsd } from '../shared/figures.ts';
import { useNow } from '../shared/now.ts';
import { StateLabel, stateOfStatus } from '../shared/state-icon.tsx';
import { Progress } from './progress.tsx';
import { useTree } from './use-run-tree.ts';

export interface RunHeaderProps {
  report: RunReport | undefined;
  sums: CallSums;
  onChanged: () => void;
}

export function RunHeader({ report, sums, onChanged }: RunHeaderProps) {
  const tree = useTree();
  const { runId, state } = tree.root;
  const status = state.end?.status ?? tree.status() ?? report?.status ?? 'running';
  const [failure, setFailure] = useState('');
  const act = async (action: 'cancel' | 'resume'): Promise<void> => {
    setFailure('');
    try {
      await request(paths.runAction(runId, action), { method: 'POST', ...(action === 'cancel' ? { body: {} } : {}) });
      onChanged();
    } catch (error) {
      setFailure(describeError(error));
    }
  };
  const run = (action: 'cancel' | 'resume') => () => {
    act(action).catch((error: unknown) => setFailure(describeError(error)));
  };
  return (
    <header className="run-header">
      <p className="crumbs">
        <a href="#/runs">Runs</a> <span aria-hidden="true">/</span> <code>{runId}</code>
        {report?.forkedFrom === undefined ? null : (
          <>
            {' '}
            forked from{' '}
            <a href={printRoute({ page: 'run', runId: report.forkedFrom.runId, view: 'graph' })}>{report.forkedFrom.runId}</a>{' '}
            after event {formatCount(report.forkedFrom.seq)}
          </>
        )}
      </p>
      <h1 title={state.task}>{state.task}</h1>
      <div className="run-facts">
        <StateLabel state={stateOfStatus(status)} />
        <span>{state.strategy === 'single' ? 'one agent' : state.strategy}</span>
        <Elapsed isOpen={status === 'running'} />
        {sums.total.calls > 0 ? (
          <>
            <span>{formatCount(sums.total.tokens)} tokens</span>
            <span>{formatUsd(sums.total.costUsd)}</span>
            <span>{formatNumber(sums.total.calls, 'model call')}</span>
          </>
        ) : null}
        {state.epoch > 0 ? <span>{formatNumber(state.epoch, 'replan')}</span> : null}
        <a href={paths.runPage(runId)} target="_blank" rel="noreferrer" title="One page that needs no server: to read, to save">
          As a page
        </a>
        <span className="run-actions">
          {status === 'running' || status === 'waiting' ? (
            <button type="button" className="small" onClick={run('cancel')}>
              Cancel run
            </button>
          ) : null}
          {status === 'interrupted' ? (
            <button type="button" className="small primary" onClick={run('resume')}>
              Resume
            </button>
          ) : null}
        </span>
      </div>
      <Progress />
      {report?.detail === undefined ? null : <p className="detail">{report.detail}</p>}
      {failure === '' ? null : (
        <p className="failure-line" role="alert">
          {failure}
        </p>
      )}
      {report?.gate === undefined ? null : (
        <details className="gate">
          <summary>Why {report.gate.strategy === 'single' ? 'one agent' : `a ${report.gate.strategy}`}</summary>
          <ul>
            {report.gate.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </details>
      )}
    </header>
  );
}

function Elapsed({ isOpen }: { isOpen: boolean }) {
  const { root } = useTree();
  const nowMs = useNow(isOpen);
  const { startedMs, activeMs, lastMs } = root.state;
  if (startedMs === 0) return null;
  return <span>{formatDuration(isOpen ? activeMs + Math.max(0, nowMs - lastMs) : activeMs)}</span>;
}
