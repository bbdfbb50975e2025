/** Every example of every --help is a command that works in an empty folder. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { compileCache, nodeArguments } from './command-process.ts';

/** '' is the command without one. */
const commands = [
  '',
  ...'run resume show runs cancel approve fork plan patterns check simulate compare calibrate diagnose chain store mcp start demo'.split(
    ' ',
  ),
  'import',
  'import plan',
  'import crewai',
  ...'init check gc export import'.split(' ').map((part) => `store ${part}`),
];

/** A folder whose `bin/` holds `planwright`. */
function makeFolder(): string {
  const folder = makeTemporaryFolder();
  mkdirSync(join(folder, 'bin'));
  const command = [process.execPath, ...nodeArguments].map((part) => `'${part}'`).join(' ');
  writeFileSync(join(folder, 'bin/planwright'), `#!/bin/sh\nexec ${command} "$@"\n`);
  chmodSync(join(folder, 'bin/planwright'), 0o755);
  return folder;
}

function run(folder: string, line: string) {
  return spawnSync('sh', ['-c', line], {
    cwd: folder,
    env: {
      ...process.env,
      NO_COLOR: '1',
      NODE_COMPILE_CACHE: compileCache,
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
    },
    encoding: 'utf8',
  });
}

test.each(commands)('planwright %s --help', (command) => {
  const help = run(makeFolder(), `planwright ${command} --help`);
  const examples = [...help.stdout.matchAll(/^ {2}\$ (.+)$/gm)].map(([, example = '']) => example);
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) {
    const { status, stderr } = run(makeFolder(), example);
    expect({ example, status, stderr: status === 0 ? '' : stderr }).toEqual({ example, status: 0, stderr: '' });
  }
});

test('planwright serve --help: its example serves until it is told to leave', async () => {
  const folder = makeFolder();
  const [example = ''] = [...run(folder, 'planwright serve --help').stdout.matchAll(/^ {2}\$ (.+)$/gm)].map(
    ([, line = '']) => line,
  );
  // On a port that is free, whatever else listens on this machine.
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` };
  const child = spawn('sh', ['-c', `exec ${example} --port 0`], { cwd: folder, env });
  const left = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const link = await new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve));
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}\n$/);
  child.kill('SIGTERM');
  expect(await left).toBe(0);
});
