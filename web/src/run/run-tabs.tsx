/** The views of a run, as tabs: arrows move between them. */
import type { KeyboardEvent } from 'react';
import type { Route, RunView } from '../routes.ts';
import { useTreeFact } from './use-run-tree.ts';

const words: Record<RunView, string> = {
  graph: 'Plan',
  list: 'Subtasks',
  timeline: 'Timeline',
  ledger: 'Ledger',
  result: 'Result',
  edit: 'Edit plan',
  beside: 'Beside its parent',
};

export interface RunTabsProps {
  route: Extract<Route, { page: 'run' }>;
  hasParent: boolean;
  onShow: (view: RunView) => void;
}

export function RunTabs({ route, hasParent, onShow }: RunTabsProps) {
  const isApproving = useTreeFact(({ root }) => root.state.phase === 'approving');
  const views: RunView[] = ['graph', 'list', 'timeline', 'ledger', 'result'];
  if (isApproving || route.view === 'edit') views.push('edit');
  if (hasParent || route.view === 'beside') views.push('beside');
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const next = views.at((views.indexOf(route.view) + step) % views.length);
    if (next === undefined) return;
    onShow(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label="Views of the run" onKeyDown={onKeyDown}>
      {views.map((view) => (
        <button
          key={view}
          id={`tab-${view}`}
          type="button"
          role="tab"
          aria-selected={view === route.view}
          aria-controls="run-view"
          tabIndex={view === route.view ? 0 : -1}
          onClick={() => onShow(view)}
        >
          {words[view]}
        </button>
      ))}
    </div>
  );
}
