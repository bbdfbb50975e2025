/** The frame of every page: its head, the way to the other pages, light or dark. */
import { useEffect } from 'react';
import { useIsRefused } from './api/session.ts';
import { ComparisonPage } from './comparisons/comparison-page.tsx';
import { ComparisonsPage } from './comparisons/comparisons-page.tsx';
import { StartComparisonPage } from './comparisons/start-comparison-page.tsx';
import { type Route, useRoute } from './routes.ts';
import { RunPage } from './run/run-page.tsx';
import { RunsPage } from './runs/runs-page.tsx';
import { StartPage } from './runs/start-page.tsx';
import { Empty } from './shared/notices.tsx';
import { ThemeSwitch } from './shared/theme-switch.tsx';
import { SignInPage } from './sign-in-page.tsx';

const titles: Record<Route['page'], string> = {
  runs: 'Runs',
  'new-run': 'Start a task',
  run: 'Run',
  comparisons: 'Comparisons',
  'new-comparison': 'Start a comparison',
  comparison: 'Comparison',
  unknown: 'Not found',
};

export function App() {
  const route = useRoute();
  const isRefused = useIsRefused();
  useEffect(() => {
    document.title = `${titles[route.page]}${route.page === 'run' ? ` ${route.runId}` : ''} · Planwright`;
  }, [route]);
  const room = route.page.endsWith('run') || route.page === 'runs' || route.page === 'unknown' ? 'runs' : 'comparisons';
  return (
    <>
      <a className="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <header className="app-head">
        <a className="brand" href="#/runs">
          <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
            <path d="M9 16h5c4 0 3-7 7-7M14 16c4 0 3 7 7 7" fill="none" stroke="currentColor" strokeWidth="2.6" />
            <circle cx="7" cy="16" r="3.6" />
            <circle cx="24" cy="9" r="3.6" />
            <circle cx="24" cy="23" r="3.6" />
          </svg>
          Planwright
        </a>
        <nav aria-label="Pages">
          <a href="#/runs" {...(room === 'runs' ? { 'aria-current': 'page' } : {})}>
            Runs
          </a>
          <a href="#/comparisons" {...(room === 'comparisons' ? { 'aria-current': 'page' } : {})}>
            Comparisons
          </a>
        </nav>
        <ThemeSwitch />
      </header>
      <main id="main" tabIndex={-1}>
        {isRefused ? <SignInPage /> : <Page route={route} />}
      </main>
    </>
  );
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case 'runs':
      return <RunsPage />;
    case 'new-run':
      return <StartPage />;
    case 'run':
      return <RunPage key={route.runId} route={route} />;
    case 'comparisons':
      return <ComparisonsPage />;
    case 'new-comparison':
      return <StartComparisonPage />;
    case 'comparison':
      return <ComparisonPage comparisonId={route.comparisonId} />;
    case 'unknown':
      return (
        <Empty title="There is no such page">
          <a href="#/runs">All runs</a>
        </Empty>
      );
    default:
      return route satisfies never;
  }
}

/** The address is the page's own: a jump within it must not change it. */
function skip(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
