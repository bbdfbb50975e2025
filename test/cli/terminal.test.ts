/** The live tree in a real pseudo-terminal, made by util-linux's `script`. */
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { compileCache, nodeArguments, writeDocuments } from './command-process.ts';

const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;
const task = 'What are the risks? What are the costs?';

/** Everything that the terminal was sent, stdout and stderr alike. */
function runInTerminal(
  folder: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; sent: string }> {
  const command = ['stty rows 24 cols 80;', process.execPath, ...nodeArguments, ...args].map((part, index) =>
    index === 0 ? part : `'${part}'`,
  );
  const { NO_COLOR: _color, ...inherited } = process.env;
  const child = spawn('script', ['-qec', command.join(' '), '/dev/null'], {
    cwd: folder,
    env: { ...inherited, TERM: 'xterm-256color', NODE_COMPILE_CACHE: compileCache, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let sent = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (sent += text));
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, sent }));
  });
}

// A pseudo-terminal can't be had without a dependency or this program.
describe.runIf(hasScript)('a terminal', () => {
  test('is shown the subtasks as a tree that is drawn over itself, then the deliverable and the summary', async () => {
    const folder = makeTemporaryFolder();
    writeDocuments(folder);
    const { code, sent } = await runInTerminal(folder, ['run', task, '--strategy', 'team', '--files', 'docs']);
    expect(code).toBe(0);
    const frames = sent.split('\x1b[?2026h').slice(1);
    expect(frames.length).toBeGreaterThan(0);
    for (const frame of frames) expect(frame).toContain('\x1b[?2026l');
    const [last = '', after = ''] = (frames.at(-1) ?? '').split('\x1b[?2026l');
    const lines = stripVTControlCharacters(last).trim().split(/\s*\n/);
    const [, total] = /^ended · (\d+) of \1 done · [\d,]+ tokens · \d+\.\ds$/.exec(lines[0] ?? '') ?? [];
    expect(Number(total)).toBeGreaterThan(2);
    expect(lines).toHaveLength(Number(total) + 1);
    for (const line of lines.slice(1)) expect(line).toMatch(/^✓ \S+ +(?:researcher|critic|writer) +\d+\.\ds +[\d,]+$/);
    expect(after.indexOf('[costs.md:3]')).toBeGreaterThan(0);
    expect(after.indexOf('succeeded  team')).toBeGreaterThan(after.indexOf('[costs.md:3]'));
  });

  test('of 24 rows is never scrolled by a plan of 200 subtasks', async () => {
    const folder = makeTemporaryFolder();
    const subtasks = Array.from({ length: 200 }, (_, index) => ({
      id: `sum-${index}`,
      role: 'researcher',
      instruction: `What is 2 plus ${index}?`,
    }));
    writeFileSync(join(folder, 'plan.json'), JSON.stringify({ version: 1, task: 'Sums', subtasks }));
    const { code, sent } = await runInTerminal(folder, ['run', '--plan', 'plan.json']);
    expect(code).toBe(0);
    const frames = sent
      .split('\x1b[?2026h')
      .slice(1)
      .map((frame) => frame.split('\x1b[?2026l')[0]?.split('\x1b[K\r\n') ?? []);
    expect(frames.length).toBeGreaterThan(2);
    expect(Math.max(...frames.map((lines) => lines.length - 1))).toBeLessThanOrEqual(23);
    expect(stripVTControlCharacters(frames.at(-1)?.join('\n') ?? '')).toMatch(/ended · 200 of 200 done .+\n✓ 200 succeeded\n$/);
  });

  test.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('that asks for %j gets plain lines', async (env) => {
    const { code, sent } = await runInTerminal(makeTemporaryFolder(), ['run', 'What is 6 times 7?'], env);
    expect(code).toBe(0);
    expect(sent).toMatch(/\n +\d\.\ds {2}@task {2}generalist {2}started\r\n/);
    expect(sent).not.toContain('\x1b');
  });
});
