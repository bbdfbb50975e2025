/** Two hundred readers follow one run for twenty seconds, some of whom never take anything. */
import { type ChildProcess, fork } from 'node:child_process';
import { get, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { token } from './load-token.ts';
import { smallDefinition, wide } from './played-team.ts';

const readers = 200;
/** Of them, that never take anything. */
const idlers = 20;
const seconds = 20;

interface Figures {
  rss: number;
  streams: number;
}

function hear<Said>(child: ChildProcess): Promise<Said> {
  return new Promise((resolve) => child.once('message', (said) => resolve(said as Said)));
}

async function measure(child: ChildProcess): Promise<Figures> {
  const said = hear<Figures>(child);
  child.send('measure');
  return said;
}

function open(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { authorization: `Bearer ${token}` }, agent: false }, resolve).on('error', reject);
  });
}

/** Events of a stream that is read to its end. */
function countEvents(stream: IncomingMessage): Promise<number> {
  return new Promise((resolve, reject) => {
    let events = 0;
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const parts = (rest + text).split('\nevent: run-event\n');
      events += parts.length - 1;
      rest = (parts.at(-1) ?? '').slice(-20);
    });
    stream.on('end', () => resolve(events));
    stream.on('error', reject);
  });
}

const MB = 1_000_000;

test(`${readers} readers for ${seconds} s: each event reaches all who read, and memory does not grow with what is not taken`, async () => {
  const child = fork(fileURLToPath(new URL('load-server.ts', import.meta.url)), {
    execArgv: ['--conditions=planwright:source'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const { url } = await hear<{ url: string }>(child);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  // Four at once, 0.2 s each.
  const body = JSON.stringify({ plan: wide(seconds * 20), team: smallDefinition });
  const started = await fetch(`${url}/api/runs`, { method: 'POST', headers, body });
  const { runId } = (await started.json()) as { runId: string };
  const path = `${url}/api/runs/${runId}/events`;
  const before = await measure(child);
  const streams = await Promise.all(Array.from({ length: readers }, () => open(path)));
  const [idle, active] = [streams.slice(0, idlers), streams.slice(idlers)];
  let isOver = false;
  const counting = Promise.all(active.map((stream) => countEvents(stream))).finally(() => {
    isOver = true;
  });
  const opened = await measure(child);
  expect(opened.streams).toBe(readers);
  const figures: Figures[] = [];
  const beganMs = Date.now();
  while (!isOver) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    figures.push(await measure(child));
  }
  const tookS = (Date.now() - beganMs) / 1000;
  const counts = await counting;
  const report = (await (await fetch(`${url}/api/runs/${runId}`, { headers })).json()) as { status: string };
  expect(report.status).toBe('succeeded');
  expect(tookS).toBeGreaterThan(seconds * 0.8);
  // run-started, two for each subtask, run-ended, and at the most one for the plan.
  expect(new Set(counts).size).toBe(1);
  expect(counts[0]).toBeGreaterThan(seconds * 20 * 2);

  const half = figures[Math.floor(figures.length / 2)]?.rss ?? 0;
  const peak = Math.max(...figures.map(({ rss }) => rss));
  const grew = { opening: (opened.rss - before.rss) / MB, all: (peak - before.rss) / MB, secondHalf: (peak - half) / MB };
  process.stderr.write(`RSS of the server, MB: ${JSON.stringify({ before: before.rss / MB, ...grew })}\n`);
  expect(grew.all).toBeLessThan(200);
  expect(grew.secondHalf).toBeLessThan(50);
  for (const stream of idle) stream.destroy();
  child.send('leave');
  await new Promise((resolve) => child.once('exit', resolve));
}, 90_000);
