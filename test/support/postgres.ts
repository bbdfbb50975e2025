/**
 * A PostgreSQL server of a test file's own: a fresh cluster in a temporary folder, on a free port of the loopback, run by a user
 * that is not root. With PLANWRIGHT_REQUIRE_POSTGRES=1 a machine without the server fails instead of skipping.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';

const mustRun = process.env['PLANWRIGHT_REQUIRE_POSTGRES'] === '1';
const debianFolder = '/usr/lib/postgresql';
const startTimeoutMs = 20_000;
/** Who runs it when the tests run as root; PostgreSQL refuses to. */
const users = ['postgres', 'nobody'];

export interface PostgresServer {
  /** Of its superuser, in the database `postgres`; no schema is named. */
  readonly url: string;
  readonly port: number;
  /** With another schema, which `?schema=` names. */
  urlOf(schema: string): string;
  /** Waits for those who are connected to be thrown out, and ends; `fast` shutdown. */
  stop(): Promise<void>;
  /** As when the machine fails: nothing is written any more. */
  kill(): Promise<void>;
  /** Again, on the same data and port. */
  start(): Promise<void>;
  /** Nothing in it moves until `resume`. */
  pause(): void;
  resume(): void;
  /** One statement, as the superuser. */
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

/** For `describe.skipIf`, with the reason for the title. */
export function postgresAvailability(): { skip: boolean; because: string } {
  const missing = findBinaries() === undefined ? `no initdb and postgres on the PATH or in ${debianFolder}` : findUserProblem();
  if (missing === undefined) return { skip: false, because: '' };
  return { skip: !mustRun, because: ` (no PostgreSQL here: ${missing})` };
}

export async function startPostgres(): Promise<PostgresServer> {
  const binaries = findBinaries();
  if (binaries === undefined) throw new Error(`Neither the PATH nor ${debianFolder} has initdb and postgres.`);
  const identity = findIdentity();
  const folder = mkdtempSync(join(tmpdir(), 'planwright-postgres-'));
  const [data, sockets] = [join(folder, 'data'), join(folder, 'sockets')];
  for (const path of [data, sockets]) mkdirSync(path, { mode: 0o700 });
  if (identity !== undefined) for (const path of [folder, data, sockets]) chownSync(path, identity.uid, identity.gid);
  const options = { ...identity, cwd: folder, env: { PATH: process.env['PATH'], LC_ALL: 'C' } };
  execFileSync(join(binaries, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const port = await findFreePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | undefined;

  const start = async () => {
    const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${sockets}`, 'shared_buffers=64MB'];
    const child = spawn(join(binaries, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4_000);
    });
    server = child;
    const endMs = performance.now() + startTimeoutMs;
    while (!(await answers(url))) {
      if (child.exitCode !== null || performance.now() > endMs) throw new Error(`PostgreSQL did not start: ${said}`);
      await wait(50);
    }
  };
  const end = async (signal: NodeJS.Signals) => {
    const child = server;
    server = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGCONT');
    child.kill(signal);
    await ended;
  };
  /** The server's processes: the one that was started, and those below it. */
  const signalAll = (signal: NodeJS.Signals) => {
    if (server?.pid === undefined) return;
    for (const pid of [server.pid, ...listChildren(server.pid)]) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has just ended.
      }
    }
  };

  await start();
  return {
    url,
    port,
    urlOf: (schema) => `${url}?schema=${schema}`,
    stop: () => end('SIGINT'),
    kill: () => end('SIGQUIT'),
    start,
    pause: () => signalAll('SIGSTOP'),
    resume: () => signalAll('SIGCONT'),
    query: (sql, values) => queryOnce(url, sql, values),
    remove: async () => {
      signalAll('SIGCONT');
      await end('SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function queryOnce(url: string, sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>(sql, values);
    return result.rows;
  } finally {
    await client.end();
  }
}

async function answers(url: string): Promise<boolean> {
  return queryOnce(url, 'SELECT 1').then(
    () => true,
    () => false,
  );
}

/** The folder that has both, the newest of Debian's. */
function findBinaries(): string | undefined {
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder) : [];
  const debian = versions.toSorted((a, b) => Number(b) - Number(a)).map((version) => join(debianFolder, version, 'bin'));
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...debian];
  return folders.find((folder) => folder !== '' && ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))));
}

function findUserProblem(): string | undefined {
  return process.getuid?.() === 0 && findIdentity() === undefined ? `no user ${users.join(' or ')} to run it as` : undefined;
}

/** undefined when the tests do not run as root. */
function findIdentity(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of users) {
    try {
      const read = (flag: string) =>
        Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: read('-u'), gid: read('-g') };
    } catch {
      // There is no such user.
    }
  }
  return undefined;
}

function listChildren(pid: number): number[] {
  try {
    return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
      .split('\n')
      .map(Number)
      .filter((child) => child > 0);
  } catch {
    // ps ends with 1 when there are none.
    return [];
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
