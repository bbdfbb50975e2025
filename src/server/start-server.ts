/** The server: opens the store, listens, and leaves its runs where they can be resumed. */

import { realpath, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createAdaptorServer } from '@hono/node-server';
import {
  type Clock,
  type DriveRunOptions,
  defaultStorePath,
  listPresets,
  loadCluster,
  loadTeam,
  openStore,
  PlanwrightError,
  type Store,
  systemClock,
  type Team,
} from '../index.ts';
import { createApp } from './app.ts';
import { isLoopback } from './bound-hosts.ts';
import { ComparisonDriver } from './comparison-driver.ts';
import { Credentials } from './credentials.ts';
import { FeedHub, type FeedHubOptions } from './feed-hub.ts';
import { type PublishedTeam, preparePublished } from './published-agent.ts';
import { RunDriver, type WorkersEngine } from './run-driver.ts';
import type { ServerInfo } from './schemas/action.ts';
import { openAppFiles } from './static-files.ts';

export interface StartServerOptions {
  /** A store that is open, a path, or `postgres://…`. Default `.planwright`. */
  store?: Store | string;
  /** The address to listen on. Default `127.0.0.1`; any that is not this machine's own needs a token. */
  hostname?: string;
  /** Default 7420; 0 is any free one. */
  port?: number;
  /** For programs, and for a bind beyond this machine; 16 to 500 characters without spaces. */
  token?: string;
  /** Names that requests may name as their host, besides the address itself. */
  allowedHosts?: readonly string[];
  /** Folders that the files of tasks may lie below. Default: none, and a task has no files. */
  filesRoots?: readonly string[];
  /** Files of teams that tasks may name, besides the presets. */
  teams?: readonly string[];
  /** Publishes a team over A2A at `/a2a`, with its card. Needs a token. Default: none is published. */
  a2a?: PublishedTeam;
  /** Models, tools and the like of the runs that this process drives. `model`: for roles that name none. */
  means?: Omit<DriveRunOptions, 'store' | 'signal' | 'onDelta'>;
  /** Runs that this process drives at once. Default 32. */
  maxRuns?: number;
  /** Comparisons that this process runs at once. Default 4. */
  maxComparisons?: number;
  /** The built web app. Default: where the package has it. */
  appFolder?: string;
  /** Who answers for a person, for the journal. Default `a person at the web app`. */
  answersAs?: string;
  streams?: Pick<FeedHubOptions, 'heartbeatMs' | 'lookEveryMs' | 'maxStreams'>;
  /** Of the package, for the description. */
  version?: string;
  clock?: Clock;
  /** Hears of what went wrong behind an answer, or in a run. */
  onError?: (thrown: unknown) => void;
}

export interface RunServer {
  /** `http://127.0.0.1:7420` */
  readonly url: string;
  readonly store: Store;
  /** A link that opens one session. The one before it is useless from now on. */
  issueLink(): string;
  /** Streams that are open. */
  streams(): number;
  /** Ends streams and requests, interrupts the runs and comparisons of this process so that they can be resumed, and closes the store if it opened it. */
  close(): Promise<void>;
}

export const defaultPort = 7420;
/** What a header carries as it is. */
const tokenPattern = /^[\x21-\x7e]{16,500}$/;
/** Of a request's head, and of the whole of it. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 60_000;

/**
 * Serves the HTTP API and the web app (docs/server.md).
 * @throws {PlanwrightError} `usage` for a bind beyond this machine without a token, a token that is too short, a folder that
 * is none, or an address that can't be listened on; `team-invalid`; what opening the store throws.
 */
export async function startServer(options: StartServerOptions = {}): Promise<RunServer> {
  const { hostname = '127.0.0.1', port = defaultPort, token, allowedHosts = [], clock = systemClock } = options;
  const { onError = () => {}, streams = {}, means = {}, maxRuns, maxComparisons } = options;
  refuseBind(hostname, token);
  const filesRoots = await resolveFolders(options.filesRoots ?? []);
  const teams = await loadTeams(options.teams ?? []);
  const published = options.a2a === undefined ? undefined : await preparePublished(options.a2a, { teams, token });
  const files = await openAppFiles(options.appFolder ?? fileURLToPath(new URL('../../dist/web', import.meta.url)));
  const opened = await openPlace(options.store, clock);
  const { store } = opened;
  const hub = new FeedHub({ store, onError, ...streams });
  const driver = new RunDriver({
    store,
    means,
    onError,
    onEntered: (rootRunId) => hub.wake(rootRunId),
    onDelta: (rootRunId, runId, delta) => hub.tell(rootRunId, runId, delta),
    ...(opened.cluster === undefined ? {} : { cluster: opened.cluster }),
    ...(maxRuns === undefined ? {} : { maxRuns }),
  });
  const comparisons = new ComparisonDriver({
    store,
    means,
    clock,
    onError,
    ...(maxComparisons === undefined ? {} : { maxComparisons }),
  });
  const info: ServerInfo = {
    name: 'planwright',
    version: options.version ?? '0.0.0',
    store: store.location,
    // An object goes by this name.
    model: typeof means.model === 'object' ? 'custom:model' : (means.model ?? 'offline'),
    teams: await describeTeams(teams),
    filesRoots: [...(options.filesRoots ?? [])],
    app: files.isBuilt,
  };
  const credentials = new Credentials({ token, clock });
  let bound = { hostname, port, allowed: allowedHosts };
  const app = createApp({
    context: {
      store,
      driver,
      comparisons,
      hub,
      info,
      teams,
      filesRoots,
      answersAs: options.answersAs ?? 'a person at the web app',
    },
    credentials,
    // Cookies are not kept apart by port.
    cookieName: () => `planwright-${bound.port}`,
    hosts: () => bound,
    files,
    onError,
    ...(published === undefined ? {} : { agent: published.handle }),
  });
  let server: Server;
  try {
    server = await listen(app, hostname, port);
  } catch (thrown) {
    await driver.close();
    await opened.close();
    throw thrown;
  }
  bound = { ...bound, port: (server.address() as AddressInfo).port };
  const url = `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${bound.port}`;
  const [onlyRoot, ...otherRoots] = filesRoots;
  const openAgent = published?.open({
    ...means,
    url,
    store,
    clock,
    version: info.version,
    ...(onlyRoot === undefined || otherRoots.length > 0 ? {} : { files: onlyRoot }),
  });
  try {
    await openAgent;
  } catch (thrown) {
    server.close();
    await driver.close();
    await opened.close();
    throw thrown;
  }
  return {
    url,
    store,
    issueLink: () => `${url}/?token=${credentials.issueLink()}`,
    streams: () => hub.streams,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      hub.close();
      server.closeIdleConnections();
      await Promise.all([driver.close(), comparisons.close(), published?.close()]);
      server.closeAllConnections();
      await closed;
      await opened.close();
    },
  };
}

function refuseBind(hostname: string, token: string | undefined): void {
  if (token !== undefined && !tokenPattern.test(token)) {
    throw new PlanwrightError(
      'usage',
      'A token has 16 to 500 characters of ASCII without spaces, such as those of: openssl rand -hex 32',
    );
  }
  if (token !== undefined || isLoopback(hostname)) return;
  throw new PlanwrightError(
    'usage',
    `${hostname} can be reached from other machines: set PLANWRIGHT_TOKEN or give --token, or listen on 127.0.0.1.`,
  );
}

async function resolveFolders(folders: readonly string[]): Promise<string[]> {
  return Promise.all(
    folders.map(async (folder) => {
      const real = await realpath(folder).catch(() => null);
      if (real !== null && (await stat(real)).isDirectory()) return real;
      throw new PlanwrightError('usage', `There is no folder ${JSON.stringify(folder)} that files could lie below.`);
    }),
  );
}

async function loadTeams(references: readonly string[]): Promise<Map<string, Team>> {
  const teams = new Map<string, Team>();
  for (const reference of references) {
    const team = await loadTeam(reference);
    if (teams.has(team.name)) {
      throw new PlanwrightError('usage', `Two teams are called "${team.name}": name one otherwise in its file.`);
    }
    teams.set(team.name, team);
  }
  return teams;
}

async function describeTeams(own: ReadonlyMap<string, Team>): Promise<ServerInfo['teams']> {
  const all = new Map<string, Team>(own);
  for (const { name } of listPresets()) if (!all.has(name)) all.set(name, await loadTeam(name));
  return [...all.values()].map(({ name, description, roles }) => ({
    name,
    description,
    roles: Object.values(roles).map((role) => ({ name: role.name, description: role.description })),
  }));
}

interface OpenedPlace {
  store: Store;
  cluster?: WorkersEngine;
  close(): Promise<void>;
}

async function openPlace(given: Store | string | undefined, clock: Clock): Promise<OpenedPlace> {
  if (typeof given === 'object') return { store: given, close: async () => {} };
  const location = given ?? defaultStorePath;
  if (/^postgres(?:ql)?:\/\//i.test(location)) {
    const { openDbosEngine } = await loadCluster(location);
    const cluster = await openDbosEngine(location);
    return { store: cluster.store, cluster, close: async () => cluster.close() };
  }
  const store = await openStore(location, clock);
  return { store, close: async () => store.close() };
}

function listen(app: ReturnType<typeof createApp>, hostname: string, port: number): Promise<Server> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    overrideGlobalObjects: false,
    createServer,
    serverOptions: { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs },
  }) as Server;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'something listens there already' : error.message;
      reject(new PlanwrightError('usage', `Nothing can listen on ${hostname}:${port}: ${why}. Choose another --port.`));
    });
    server.listen(port, hostname, () => resolve(server));
  });
}
