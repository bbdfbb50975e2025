/** The addresses of the app's pages. They stand behind the `#`, so that any server may serve the app, under any path. */
import { useSyncExternalStore } from 'react';

export type RunView = 'graph' | 'list' | 'timeline' | 'ledger' | 'result' | 'edit' | 'beside';
export const runViews: readonly RunView[] = ['graph', 'list', 'timeline', 'ledger', 'result', 'edit', 'beside'];

export type Route =
  | { page: 'runs' }
  | { page: 'new-run' }
  /** `subtask`: the one whose panel is open, as a path through sub-teams. `beside`: the run it is set against. */
  | { page: 'run'; runId: string; view: RunView; subtask?: string }
  | { page: 'comparisons' }
  | { page: 'new-comparison' }
  | { page: 'comparison'; comparisonId: string }
  | { page: 'unknown' };

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?');
  const [room = '', id] = path.split('/').map(decode);
  const facts = new URLSearchParams(query);
  if (room === '' || room === 'runs') {
    if (id === undefined || id === '') return { page: 'runs' };
    if (id === 'new') return { page: 'new-run' };
    const subtask = facts.get('subtask');
    const wanted = facts.get('view');
    const view = runViews.find((one) => one === wanted) ?? 'graph';
    return { page: 'run', runId: id, view, ...(subtask === null ? {} : { subtask }) };
  }
  if (room === 'comparisons') {
    if (id === undefined || id === '') return { page: 'comparisons' };
    if (id === 'new') return { page: 'new-comparison' };
    return { page: 'comparison', comparisonId: id };
  }
  return { page: 'unknown' };
}

export function printRoute(route: Route): string {
  switch (route.page) {
    case 'runs':
    case 'unknown':
      return '#/runs';
    case 'new-run':
      return '#/runs/new';
    case 'run': {
      const facts = new URLSearchParams();
      if (route.view !== 'graph') facts.set('view', route.view);
      if (route.subtask !== undefined) facts.set('subtask', route.subtask);
      const query = facts.size === 0 ? '' : `?${facts}`;
      return `#/runs/${encodeURIComponent(route.runId)}${query}`;
    }
    case 'comparisons':
      return '#/comparisons';
    case 'new-comparison':
      return '#/comparisons/new';
    case 'comparison':
      return `#/comparisons/${encodeURIComponent(route.comparisonId)}`;
    default:
      return route satisfies never;
  }
}

export function goTo(route: Route): void {
  window.location.hash = printRoute(route);
}

/** Without an entry in the browser's history: a changed view of the same page. */
export function replaceRoute(route: Route): void {
  window.history.replaceState(null, '', printRoute(route));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

let known: { hash: string; route: Route } | null = null;

export function useRoute(): Route {
  return useSyncExternalStore(watchHash, readRoute);
}

function readRoute(): Route {
  const { hash } = window.location;
  if (known?.hash !== hash) known = { hash, route: parseRoute(hash) };
  return known.route;
}

function watchHash(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
