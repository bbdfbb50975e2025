/** The whole application: the door, the API, the web app's files. */
import { Hono } from 'hono';
import { checkHost, checkOrigin, requireCredentials, setHeaders } from './access.ts';
import { actionRoutes } from './action-routes.ts';
import type { ApiContext } from './api-context.ts';
import { ApiError, describeFailure } from './api-error.ts';
import type { BoundHosts } from './bound-hosts.ts';
import { comparisonRoutes } from './comparison-routes.ts';
import { openSessionOperation } from './operations.ts';
import { pageRoutes } from './page-routes.ts';
import { agentCardPaths, agentPath } from './published-agent.ts';
import { readRoutes } from './read-routes.ts';
import { openSession, type SessionContext, serverRoutes } from './server-routes.ts';
import type { AppFiles } from './static-files.ts';

export interface AppOptions extends SessionContext {
  context: ApiContext;
  hosts: () => BoundHosts;
  files: AppFiles;
  onError: (thrown: unknown) => void;
  /** A team that other agents use over A2A. Absent: none is published. */
  agent?: (request: Request) => Promise<Response>;
}

/** Everything below /api. Its type is what the typed client knows. */
export function apiRoutes(context: ApiContext, sessions: SessionContext) {
  return new Hono()
    .route('/', readRoutes(context))
    .route('/', actionRoutes(context))
    .route('/', comparisonRoutes(context))
    .route('/', pageRoutes(context))
    .route('/', serverRoutes(context, sessions));
}

export type Api = ReturnType<typeof apiRoutes>;

export function createApp({ context, credentials, cookieName, hosts, files, onError, agent }: AppOptions): Hono {
  const app = new Hono();
  const sessions: SessionContext = { credentials, cookieName };
  const guard = requireCredentials(credentials, cookieName);
  app.onError((thrown, c) => {
    const { status, body, isOurs } = describeFailure(thrown);
    if (isOurs) onError(thrown);
    return c.json(body, status);
  });
  app.use(setHeaders());
  app.use(checkHost(hosts));
  app.get('/healthz', (c) => c.text('ok\n'));
  app.use(checkOrigin(cookieName));
  app.use('/api/*', (c, next) => (isOpen(c.req.method, c.req.path) ? next() : guard(c, next)));
  app.route('/', apiRoutes(context, sessions));
  app.all('/api/*', () => {
    throw new ApiError('not-found', 'There is no such path below /api, or not with this method. See /api/openapi.json.');
  });
  if (agent !== undefined) {
    // The card is read before anybody has a token: it says that one is needed.
    for (const path of agentCardPaths) app.get(path, (c) => agent(c.req.raw));
    app.post(agentPath, guard, (c) => agent(c.req.raw));
  }
  // The printed link: its token becomes a cookie, and leaves the address bar.
  app.get('/', (c, next) => {
    const token = c.req.query('token');
    if (token === undefined) return next();
    openSession(c, token, sessions);
    return c.redirect('/', 303);
  });
  app.all('*', files.handler);
  return app;
}

function isOpen(method: string, path: string): boolean {
  return method === 'POST' && path === openSessionOperation.path;
}
