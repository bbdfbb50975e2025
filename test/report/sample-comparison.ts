/** A comparison as it may come out, made of seeded rows: several arms, classes, runs of every kind. */
import type { ArmReliability, ComparisonDetails, Ledger, Random, RunReport, SubtaskReport } from 'planwright';
import { seededRandom, summarizeArms } from 'planwright';
import { scoreForecasts } from '../../src/measure/calibration.ts';
import type { ComparisonReport, ResultRow } from '../../src/measure/comparison-report.ts';
import { judgeResults } from '../../src/measure/judge-results.ts';
import type { ReliabilityFigures } from '../../src/measure/reliability.ts';
import { wilsonInterval } from '../../src/measure/statistics/proportion.ts';

interface ArmTruth {
  arm: string;
  p: number;
  usd: number;
  seconds: number;
  tokens: number;
}

const truths: ArmTruth[] = [
  { arm: 'single', p: 0.74, usd: 0.042, seconds: 38, tokens: 9_100 },
  { arm: 'team', p: 0.58, usd: 0.21, seconds: 61, tokens: 47_000 },
  { arm: 'cascade', p: 0.79, usd: 0.094, seconds: 55, tokens: 21_000 },
  { arm: 'best-of-5', p: 0.77, usd: 0.2, seconds: 70, tokens: 45_500 },
];
const classNames = ['small migration', 'large migration', 'report'];

/** Rows of `tasks` tasks in the order in which arms ran. */
export function sampleRows(tasks: number, { withRuns = true } = {}): ResultRow[] {
  const random = seededRandom(7);
  return Array.from({ length: tasks }, (_, index) =>
    truths.map(({ arm, p, usd, seconds, tokens }): ResultRow => {
      const spread = 0.6 + 0.8 * random.next();
      return {
        task: `migrate-${index + 1}`,
        arm,
        class: classNames[index % classNames.length] ?? '',
        success: random.next() < p,
        usd: usd * spread,
        seconds: seconds * spread,
        tokens: Math.round(tokens * spread),
        ...(withRuns ? { runId: `${arm}-${index + 1}` } : {}),
      };
    }),
  ).flat();
}

export function judgeRows(rows: readonly ResultRow[]): ComparisonReport {
  return judgeResults(rows, { method: 'anytime', random: seededRandom(1), resamples: 200 });
}

/** Everything a page can have: all runs of the discordant tasks, all plots. */
export function sampleDetails(report: ComparisonReport, rows: readonly ResultRow[] = []): ComparisonDetails {
  const random = seededRandom(11);
  const runs: Record<string, RunReport> = {};
  for (const { task, winner, singleRunId, teamRunId } of report.discordant) {
    if (singleRunId !== undefined) runs[singleRunId] = sampleRun(singleRunId, task, 'single', winner === 'single');
    if (teamRunId !== undefined) runs[teamRunId] = sampleRun(teamRunId, task, 'team', winner === 'team');
  }
  const armRuns = rows.flatMap(({ arm, task, success, runId }) =>
    runId === undefined ? [] : [{ arm, report: sampleRun(runId, task, arm === 'single' ? 'single' : 'team', success) }],
  );
  return {
    title: 'Does the team beat one agent on migrations?',
    command: 'planwright compare tasks.jsonl --team team.yaml --arms single,team,cascade --html report.html',
    createdMs: Date.UTC(2025, 10, 25, 22, 14),
    ...summarizeArms(armRuns),
    reliability: [sampleReliability('team', random)],
    amplification: {
      pairs: report.pairs,
      team: wilsonInterval(51, 120),
      single: wilsonInterval(30, 120),
      ratio: { value: 1.7, low: 1.16, high: 2.5 },
    },
    calibration: scoreForecasts(sampleForecasts(200, random)),
    runs,
    notes: ['Arms ran interleaved, in a random order for each task.', 'No arm saw the checks of the tasks.'],
  };
}

export function sampleForecasts(count: number, random: Random): { forecast: number; success: boolean }[] {
  return Array.from({ length: count }, () => {
    const forecast = 0.2 + 0.8 * random.next();
    return { forecast, success: random.next() < forecast ** 1.5 };
  });
}

function sampleReliability(arm: string, random: Random): ArmReliability {
  const figures = (n: number, p: number): ReliabilityFigures => {
    const k = Array.from({ length: n }, () => random.next()).filter((draw) => draw < p).length;
    return {
      verified: wilsonInterval(k, n),
      delivered: wilsonInterval(3, 4),
      rejected: n - k,
      failed: 0,
      unverified: 2,
      withdrawn: 1,
    };
  };
  const none: ReliabilityFigures = { ...figures(0, 0), delivered: wilsonInterval(118, 120), rejected: 0 };
  return {
    arm,
    report: {
      runs: 120,
      roles: [
        { role: 'analyst', ...figures(130, 0.93) },
        { role: 'coder', ...figures(260, 0.88) },
        { role: 'reviewer', ...figures(122, 0.96) },
        { role: 'writer', ...none },
      ],
      stages: [
        { stage: 'plan', ...figures(128, 0.94) },
        { stage: 0, ...figures(130, 0.93) },
        { stage: 1, ...figures(260, 0.88) },
        { stage: 2, ...figures(122, 0.96) },
        { stage: 'synthesize', ...none },
        { stage: 'deliverable', ...figures(118, 0.7) },
      ],
    },
    propagation: {
      runs: 120,
      followed: wilsonInterval(21, 49),
      afterTrouble: wilsonInterval(21, 60),
      afterNone: wilsonInterval(28, 322),
      ratio: { value: 4, low: 2.4, high: 6.6 },
      uncheckedUpstream: 12,
      blocked: 17,
    },
  };
}

export function sampleRun(runId: string, task: string, strategy: 'single' | 'team', success: boolean): RunReport {
  const parts = strategy === 'single' ? ['@task'] : ['read-code', 'write-migration', 'review', 'summary'];
  const subtasks = parts.map((id, index): SubtaskReport => {
    const isFailed = !success && index === parts.length - 1;
    return {
      id,
      role: strategy === 'single' ? 'generalist' : (['analyst', 'coder', 'reviewer', 'writer'][index] ?? 'coder'),
      instruction: `Do ${id} of ${task}.`,
      status: isFailed ? 'failed' : 'succeeded',
      attempts: isFailed ? 2 : 1,
      dependsOn: parts.slice(Math.max(0, index - 1), index),
      output: null,
      startedMs: 2_000 + index * 9_000,
      endedMs: 10_500 + index * 9_000,
      promptTokens: 1_400,
      ...(isFailed ? { error: { code: 'verdict-rejected', message: 'The schema asks for "changes"; it is missing.' } } : {}),
    };
  });
  return {
    runId,
    task: `Migrate the module ${task} to the new interface and say what has changed.`,
    status: success ? 'succeeded' : 'partial',
    strategy,
    endReason: success ? 'completed' : 'failed-subtasks',
    deliverable: `# ${task}\n\nAll call sites use the new interface.\n\n- 14 files changed\n- 2 tests added`,
    plan: { version: 1, task, subtasks: [] },
    subtasks,
    waiting: [],
    ledger: sampleLedger(strategy, parts),
    citations: [],
  };
}

function sampleLedger(strategy: 'single' | 'team', criticalPath: string[]): Ledger {
  const isTeam = strategy === 'team';
  const tokensByPurpose = isTeam
    ? { plan: 6_200, execute: 29_000, verify: 7_400, synthesize: 3_300, replan: 1_100 }
    : { execute: 9_100 };
  const tokens = Object.values(tokensByPurpose).reduce((sum, count) => sum + count, 0);
  return {
    calls: isTeam ? 9 : 2,
    callsByPurpose: isTeam ? { plan: 1, execute: 5, verify: 2, synthesize: 1 } : { execute: 2 },
    tokensByPurpose,
    toolCalls: 4,
    inputTokens: tokens - 1_200,
    cachedInputTokens: 0,
    outputTokens: 1_200,
    reasoningTokens: 0,
    costUsd: isTeam ? 0.21 : 0.042,
    unpricedCalls: 0,
    handoffs: isTeam ? 3 : 0,
    handoffTokens: isTeam ? 2_400 : 0,
    handoffsByMode: {
      whole: { count: isTeam ? 3 : 0, tokens: isTeam ? 2_400 : 0 },
      digest: { count: 0, tokens: 0 },
      reference: { count: 0, tokens: 0 },
    },
    wasteTokens: 0,
    turnOverhead: isTeam ? 0.8 : 0,
    tokenOverhead: isTeam ? 0.7 : 0,
    makespanMs: isTeam ? 61_000 : 38_000,
    serialMs: isTeam ? 97_000 : 38_000,
    criticalPathMs: isTeam ? 58_000 : 37_500,
    criticalPath,
  };
}
