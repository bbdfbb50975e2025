/**
 * npm run bench [-- --quick] [-- --html FILE] [-- part ...]: the figures that Planwright has to show, measured side by side in this
 * process. Exits with 1 when one is missed. docs/benchmarks.md says what each means.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type PageSection, renderPage } from '../src/report/page.ts';
import { measureAllocation } from './allocation.ts';
import { measureCodeCheck } from './code-check.ts';
import { measureEProcess, measureMixtures } from './e-process.ts';
import { measureDbos } from './engine-dbos.ts';
import { measureResume } from './engine-resume.ts';
import { measureSizing } from './engine-sizing.ts';
import { measureSqlite } from './engine-sqlite.ts';
import { measureTakeover } from './engine-takeover.ts';
import { type Figure, formatFigures, isMet } from './figure.ts';
import { measureForecasts } from './forecast.ts';
import { measureGate } from './gate.ts';
import { drawGate } from './gate-page.ts';
import { measureHierarchyPrompts } from './hierarchy.ts';
import { measureIntervals } from './intervals.ts';
import { measureJournalCost } from './journal-cost.ts';
import { measureMakespans } from './makespan.ts';
import { measureReportTask } from './report-task.ts';
import { measureSchedulingCost } from './scheduling-cost.ts';
import { measureServe } from './serve.ts';
import { measureStartUp } from './start-up.ts';

interface Part {
  name: string;
  title: string;
  measure: (quick: boolean) => Promise<Figure[]>;
  /** For --html. */
  draw?: (quick: boolean) => Promise<PageSection>;
}

/** A quick run has smaller plans, fewer rounds and no real time. */
const parts: readonly Part[] = [
  {
    name: 'scheduling',
    title: 'Scheduling, with executors that answer at once',
    measure: (quick) => measureSchedulingCost(quick ? [100, 1000, 10_000] : [100, 1000, 10_000, 100_000]),
  },
  {
    name: 'journal',
    title: 'The journal, with executors that answer at once',
    measure: (quick) => measureJournalCost(quick ? 200 : 1000, { rounds: quick ? 3 : 9 }),
  },
  {
    name: 'makespan',
    title: 'Makespan ÷ lower bound, mean of 20 layered plans of 50 subtasks',
    measure: (quick) => measureMakespans({ real: !quick }),
  },
  {
    name: 'report',
    title: 'The report task of four subtasks, 200 ms a call',
    measure: (quick) => measureReportTask({ rounds: quick ? 3 : 9 }),
  },
  {
    name: 'gate',
    title: 'The gate on simulated classes of known truth, one decision a task',
    measure: (quick) => measureGate(quick ? 5 : 50),
    draw: (quick) => drawGate(quick ? 5 : 50),
  },
  {
    name: 'hierarchy',
    title: 'The largest prompt: one flat plan, and three levels',
    measure: (quick) => measureHierarchyPrompts(quick),
  },
  {
    name: 'code-check',
    title: 'The code check on HumanEvalPack (JavaScript), each solution right and broken',
    measure: (quick) => measureCodeCheck(quick),
  },
  { name: 'start-up', title: 'Start', measure: () => measureStartUp() },
  { name: 'serve', title: 'The idle server', measure: (quick) => measureServe(quick ? 1 : 3) },
  {
    name: 'allocation',
    title: 'Ways of giving out work',
    measure: (quick) => measureAllocation(quick ? 2000 : 10_000),
  },
  {
    name: 'e-process',
    title: 'Comparisons that may stop at any pair, α = 0.05',
    measure: (quick) => measureEProcess(quick ? 2000 : 10_000),
  },
  {
    name: 'mixture',
    title: 'Median pairs to the verdict of an e-process, by a of its mixture',
    measure: (quick) => measureMixtures(quick ? 500 : 3000),
  },
  { name: 'forecast', title: 'Forecasts', measure: () => measureForecasts() },
  {
    name: 'intervals',
    title: 'Bootstrap intervals of 95 %',
    measure: (quick) => measureIntervals(quick ? 200 : 2000),
  },
  {
    name: 'sqlite',
    title: 'SQLite: events made durable, and bytes a subtask',
    measure: (quick) => measureSqlite({ subtasks: 10_000, rounds: quick ? 3 : 9 }),
  },
  {
    name: 'dbos',
    title: 'DBOS on PostgreSQL, beside the raw DBOS program',
    measure: (quick) => measureDbos({ subtasks: quick ? 100 : 500, rounds: quick ? 1 : 5 }),
  },
  {
    name: 'takeover',
    title: 'DBOS: a worker is killed that drives a run and works on it',
    measure: (quick) => measureTakeover({ lifetimesMs: quick ? [2000] : [2000, 4000], kills: quick ? 2 : 5 }),
  },
  {
    name: 'resume',
    title: 'Resuming a run of which all but the last subtask is done',
    measure: (quick) => measureResume({ subtasks: 10_000, rounds: quick ? 9 : 25, dbosRounds: quick ? 1 : 5 }),
  },
  {
    name: 'sizing',
    title: 'DBOS: many small runs on one PostgreSQL, 16 attempts at once a worker',
    measure: (quick) => measureSizing({ runs: quick ? 50 : 200, workerCounts: [1, 2] }),
  },
];

async function bench(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, html: { type: 'string' } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !parts.some((part) => part.name === name));
  if (unknown !== undefined) {
    console.error(`There is no part "${unknown}". Parts: ${parts.map(({ name }) => name).join(', ')}.`);
    return 2;
  }
  const [processor] = cpus();
  console.log(
    `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} × ${processor?.model.trim() ?? '?'}\n`,
  );
  const missed: string[] = [];
  const sections: PageSection[] = [];
  for (const { name, title, measure, draw } of parts) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const figures = await measure(values.quick);
    console.log(formatFigures(title, figures));
    if (values.html !== undefined && draw !== undefined) sections.push(await draw(values.quick));
    missed.push(...figures.filter((figure) => !isMet(figure)).map(({ what }) => `${name}: ${what.trim()}`));
  }
  if (values.html !== undefined)
    writeFileSync(values.html, renderPage({ title: 'Planwright’s figures', kind: 'Benchmark', sections }));
  console.log(missed.length === 0 ? 'Every bound is met.' : `Missed:\n${missed.map((what) => `  ${what}`).join('\n')}`);
  return missed.length === 0 ? 0 : 1;
}

process.exitCode = await bench();
