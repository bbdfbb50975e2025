/** A trace's diagnosis: what detectors find, what a model adds, and which step decided it. */
import { type DecisiveStep, findDecisiveStep } from './decisive-step.ts';
import { detectModes, sortFindings } from './detect-modes.ts';
import type { Finding } from './finding.ts';
import { type JudgeTraceOptions, judgeTrace, type TraceJudgement } from './judge-trace.ts';
import type { Trace, TraceLayout } from './trace.ts';

export interface Diagnosis {
  trace: string;
  layout: TraceLayout;
  outcome: Trace['outcome'];
  /** By step; those without one last. */
  findings: Finding[];
  /** Absent: nothing found decided the outcome, or it was a good one. */
  decisive?: DecisiveStep;
  coverage: TraceCoverage;
  /** What people found, where the source says so (Who&When). */
  known?: { agent: string; step: number | null };
  /** Absent: no model was asked. */
  judge?: Omit<TraceJudgement, 'findings'>;
}

/** How much of the trace was understood. */
export interface TraceCoverage {
  steps: number;
  messages: number;
  requests: number;
  instructions: number;
  results: number;
  toolCalls: number;
  /** Calls whose result stands in the trace. */
  answeredCalls: number;
  agents: number;
}

/** By detectors alone. Pure: the same trace gives the same diagnosis. Time is linear in the length of the trace. */
export function diagnoseTrace(trace: Trace): Diagnosis {
  return describe(trace, detectModes(trace), null);
}

/**
 * With a model's judgement of the modes that no detector decides.
 * @throws as `judgeTrace`
 */
export async function diagnoseWithJudge(trace: Trace, options: JudgeTraceOptions): Promise<Diagnosis> {
  const judgement = await judgeTrace(trace, options);
  return describe(trace, sortFindings([...detectModes(trace), ...judgement.findings]), judgement);
}

function describe(trace: Trace, findings: Finding[], judgement: TraceJudgement | null): Diagnosis {
  const decisive = findDecisiveStep(trace, findings);
  const { findings: _findings, ...judge } = judgement ?? { findings: [] };
  return {
    trace: trace.id,
    layout: trace.layout,
    outcome: trace.outcome,
    findings,
    ...(decisive === null ? {} : { decisive }),
    coverage: measureCoverage(trace),
    ...(trace.known === null ? {} : { known: trace.known }),
    ...(judgement === null ? {} : { judge: judge as Omit<TraceJudgement, 'findings'> }),
  };
}

export function measureCoverage({ steps }: Trace): TraceCoverage {
  const count = (kind: string): number => steps.filter((step) => step.kind === kind).length;
  const calls = steps.flatMap((step) => step.calls);
  const answered = new Set(
    steps.flatMap(({ result }) => (result?.callId === null || result?.callId === undefined ? [] : [result.callId])),
  );
  return {
    steps: steps.length,
    messages: count('message'),
    requests: count('request'),
    instructions: count('instruction'),
    results: count('result'),
    toolCalls: calls.length,
    answeredCalls: calls.filter(({ id }) => id !== null && answered.has(id)).length,
    agents: new Set(steps.filter(({ kind }) => kind === 'message').map(({ agent }) => agent)).size,
  };
}
