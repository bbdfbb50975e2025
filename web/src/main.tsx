import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { startLayoutWorker } from './graph/layout-worker-host.ts';
import { parseRoute } from './routes.ts';
import { prepareRun } from './run/use-run-tree.ts';
import { applyReportStyle } from './shared/report-style.ts';
import { applyTheme, readTheme } from './shared/theme.ts';

applyTheme(readTheme());
applyReportStyle();
const route = parseRoute(window.location.hash);
if (route.page === 'run') {
  prepareRun(route.runId);
  startLayoutWorker();
}
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
