/** One run: how it stands, its plan, its time, its cost, its result, and what can be done with it. */
import type { RunReport } from 'planwright/browser';
import { useEffect, useMemo, useState } from 'react';
import { paths } from '../api/paths.ts';
import { request } from '../api/request.ts';
import { startLayoutWorker } from '../graph/layout-worker-host.ts';
import { PlanGraphView } from '../graph/plan-graph-view.tsx';
import { PlanSummaryView } from '../graph/plan-summary-view.tsx';
import { LedgerView } from '../ledger/ledger-view.tsx';
import { type CountedCall, noCalls, sumCalls } from '../ledger/sum-calls.ts';
import { SubtaskPanel } from '../panel/subtask-panel.tsx';
import { PlanEditor } from '../plan/plan-editor.tsx';
import { type Route, type RunView, replaceRoute } from '../routes.ts';
import { Empty, Loading } from '../shared/notices.tsx';
import { valueOf } from '../shared/resource.ts';
import { TimelineView } from '../timeline/timeline-view.tsx';
import { BesideView } from './beside-view.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { ResultView } from './result-view.tsx';
import { RunHeader } from './run-header.tsx';
import { RunTabs } from './run-tabs.tsx';
import type { RunTree } from './run-tree.ts';
import { SubtaskList } from './subtask-list.tsx';
import { usePolled } from './use-polled.ts';
import { RunTreeContext, useRunTree, useTree, useTreeFact, useTreeVersion } from './use-run-tree.ts';
import { WaitingList } from './waiting-list.tsx';

/** More subtasks than these are summarized. */
const drawnMost = 1000;

type RunRoute = Extract<Route, { page: 'run' }>;

export function RunPage({ route }: { route: RunRoute }) {
  const [round, setRound] = useState(0);
  useEffect(() => {
    startLayoutWorker();
  }, []);
  const tree = useRunTree(route.runId, round);
  if (tree === null) return <Loading what="the run" />;
  return (
    <RunTreeContext value={tree}>
      <Run route={route} onRetry={() => setRound((before) => before + 1)} />
    </RunTreeContext>
  );
}

function Run({ route, onRetry }: { route: RunRoute; onRetry: () => void }) {
  const tree = useTree();
  const version = useTreeVersion();
  const { runId } = route;
  const connection = tree.connection();
  const isOpen = connection.kind !== 'closed' && tree.root.state.phase !== 'ended';
  // The events first: the page shows them before it asks for anything that has to be computed.
  const key = tree.root.entries.length === 0 ? null : runId;
  const [report, reloadReport] = usePolled(key, (signal) => request<RunReport>(paths.run(runId), { signal }), {
    version,
    isOpen,
  });
  const [calls] = usePolled(key, (signal) => request<{ calls: CountedCall[] }>(paths.runCalls(runId), { signal }), {
    version,
    isOpen,
  });
  const known = valueOf(report);
  const counted = valueOf(calls)?.calls;
  const sums = useMemo(() => (counted === undefined ? noCalls : sumCalls(counted)), [counted]);
  const critical = useMemo(() => (known === undefined || known.endReason === null ? [] : known.ledger.criticalPath), [known]);
  const size = useTreeFact(({ root }) => root.state.subtasks.size);

  if (connection.kind === 'refused') {
    return (
      <Empty title="This run can’t be shown">
        <p role="alert">{connection.reason}</p>
        <p className="buttons">
          <button type="button" onClick={onRetry}>
            Try again
          </button>
          <a className="button" href="#/runs">
            All runs
          </a>
        </p>
      </Empty>
    );
  }
  if (tree.root.entries.length === 0) {
    return (
      <>
        <ConnectionBanner connection={connection} />
        <Loading what={`run ${runId}`} />
      </>
    );
  }
  const show = (view: RunView) => replaceRoute({ ...route, view });
  const select = (subtask: string | undefined) => {
    const { subtask: _, ...rest } = route;
    replaceRoute({ ...rest, ...(subtask === undefined ? {} : { subtask }) });
  };
  const shared = { critical, selected: route.subtask, onSelect: select };
  return (
    <div className="run-page">
      <ConnectionBanner connection={connection} />
      <RunHeader report={known} sums={sums} onChanged={reloadReport} />
      <WaitingList items={known?.waiting ?? []} runId={runId} onEdit={() => show('edit')} onAnswered={reloadReport} />
      <RunTabs route={route} hasParent={known?.forkedFrom !== undefined} onShow={show} />
      <div className={route.subtask === undefined ? 'run-body' : 'run-body has-panel'}>
        <div className="run-main" role="tabpanel" id="run-view" aria-labelledby={`tab-${route.view}`}>
          {route.view === 'graph' ? (
            size > drawnMost ? (
              <PlanSummaryView onSelect={select} />
            ) : size === 0 ? (
              <NoPlan tree={tree} />
            ) : (
              <PlanGraphView sums={sums} {...shared} />
            )
          ) : null}
          {route.view === 'list' ? <SubtaskList sums={sums} {...shared} /> : null}
          {route.view === 'timeline' ? <TimelineView {...shared} /> : null}
          {route.view === 'ledger' ? <LedgerView runId={runId} version={version} isOpen={isOpen} /> : null}
          {route.view === 'result' ? <ResultView report={report} /> : null}
          {route.view === 'edit' ? (
            <PlanEditor
              onAnswered={() => {
                show('graph');
                reloadReport();
              }}
            />
          ) : null}
          {route.view === 'beside' && known !== undefined ? <BesideView report={known} /> : null}
        </div>
        {route.subtask === undefined ? null : (
          <SubtaskPanel
            key={route.subtask}
            path={route.subtask}
            report={known}
            onSelect={select}
            onClose={() => select(undefined)}
          />
        )}
      </div>
    </div>
  );
}

function NoPlan({ tree }: { tree: RunTree }) {
  const { phase, planProblems, end } = tree.root.state;
  const words: Partial<Record<typeof phase, string>> = {
    gating: 'The gate decides whether one agent or a team does this …',
    planning: 'The planner is at work: subtasks appear here as it writes them …',
  };
  return (
    <div className="notice empty">
      <p>{words[phase] ?? end?.detail ?? 'There is no plan.'}</p>
      {planProblems.length > 0 ? (
        <ul>
          {planProblems.map(({ message }) => (
            <li key={message}>{message}</li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
