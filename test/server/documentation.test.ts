/** docs/server.md: its lines run against `planwright serve`, and its table is the server's. */
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { listServerErrors } from '../../src/server/api-error.ts';
import { operations } from '../../src/server/operations.ts';
import { startCommand } from '../cli/command-process.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { until } from './serving.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/server.md'), 'utf8');
const run = promisify(execFile);
const token = 'a-token-of-the-documentation';
const hasCurl = spawnSync('curl', ['--version']).status === 0;

test.skipIf(!hasCurl)(
  `every curl line of the page runs${hasCurl ? '' : ' (there is no curl here)'}`,
  async () => {
    const folder = makeTemporaryFolder();
    const serve = ['serve', '--port', '0', '--json', '--files-root', join(root, 'docs')];
    const command = startCommand(folder, serve, { env: { PLANWRIGHT_TOKEN: token } });
    await until(() => command.output.stdout.includes('}\n'));
    const { url } = JSON.parse(command.output.stdout) as { url: string };
    const [, ...blocks] = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => block);
    writeFileSync(join(folder, 'lines.sh'), `set -eux\n${blocks.join('')}`);
    const env = { ...process.env, URL: url, PLANWRIGHT_TOKEN: token };
    const { stdout } = await run('sh', ['lines.sh'], { cwd: folder, env, maxBuffer: 50_000_000, timeout: 60_000 });
    expect(stdout).toContain('ok\n');
    expect(stdout).toContain('event: end\ndata: {"status":"succeeded"}');
    expect(stdout).toMatch(/"outcome":"(?:cancelled|requested)"/);

    const sample = /```ts\n(.*?)```/s.exec(page)?.[1] ?? '';
    const evaluated = ['--conditions=planwright:source', '--input-type=module-typescript', '-e', sample];
    const followed = await run(process.execPath, evaluated, { cwd: root, env, timeout: 30_000 });
    expect(followed.stdout.split('\n').slice(0, 2)).toEqual(['run-started', 'gate-decided']);
    expect(followed.stdout.trimEnd().split('\n').at(-1)).toBe('run-ended');
    command.child.kill('SIGTERM');
    expect((await command.ended).code).toBe(0);
  },
  120_000,
);

test('every route is on the page', () => {
  for (const { path } of operations) {
    const named = path.split('/').filter((part) => part !== '' && !part.startsWith(':'));
    expect({ path, isNamed: named.every((part) => page.includes(part)) }).toEqual({ path, isNamed: true });
  }
});

test('the table of codes is the server’s', () => {
  const rows = listServerErrors().map(({ code, status, meaning }) => `| \`${code}\` | ${status} | ${meaning} |`);
  expect(page.split('\n').filter((line) => /^\| `[a-z-]+` \| \d{3} \|/.test(line))).toEqual(rows);
});
