import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { startLayoutWorker } from './graph/layout-worker-host.ts';
import { parseRoute } from './routes.ts';
import { applyTheme, readTheme } from './shared/theme.ts';

applyTheme(readTheme());
if (parseRoute(window.location.hash).page === 'run') startLayoutWorker();
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
