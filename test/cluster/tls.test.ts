/** Connections to a PostgreSQL whose certificate is checked: the store's, its notices, and DBOS's. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../cli/command-process.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { planwrightOn, startWorkerCommand } from './worker-command.ts';

const { skip, because } = postgresAvailability();
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const reason = hasOpenssl ? because : ' (no openssl here)';

/** A certificate for 127.0.0.1 that signs itself. @returns the paths of certificate and key. */
function makeCertificate(folder: string, name: string): { certificate: string; key: string } {
  const [certificate, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files], {
    stdio: 'pipe',
  });
  return { certificate, key };
}

describe.skipIf(skip || !hasOpenssl)(`TLS${reason}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());

  test('sslmode=verify-full with a CA of one’s own: every connection is encrypted; another CA is refused', async () => {
    const folder = makeTemporaryFolder();
    chmodSync(folder, 0o755);
    const [own, other] = [makeCertificate(folder, 'own'), makeCertificate(folder, 'other')];
    const [row] = await server.query('SHOW data_directory');
    const { uid, gid } = statSync(String(row?.['data_directory']));
    chmodSync(own.key, 0o600);
    chownSync(own.key, uid, gid);
    await server.query(`ALTER SYSTEM SET ssl_cert_file = '${own.certificate}'`);
    await server.query(`ALTER SYSTEM SET ssl_key_file = '${own.key}'`);
    await server.query('ALTER SYSTEM SET ssl = on');
    await server.stop();
    await server.start();

    const urlWith = (certificate: string) => `${server.url}?sslmode=verify-full&sslrootcert=${certificate}`;
    const url = urlWith(own.certificate);
    expect(await runCommand(folder, ['store', 'init', url])).toMatchObject({ code: 0 });
    const worker = await startWorkerCommand(folder, url);
    const run = await planwrightOn(folder, url)('run', 'What is 6 times 7?', '--strategy', 'single');
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('6 * 7 = 42') });
    const connections = await server.query(
      `SELECT application_name AS name, ssl FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)
       WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    );
    expect(connections.length).toBeGreaterThan(2);
    expect(connections.filter(({ ssl }) => ssl !== true)).toEqual([]);
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);

    const refused = await planwrightOn(folder, urlWith(other.certificate))('runs');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/certificate/);
  }, 90_000);
});
