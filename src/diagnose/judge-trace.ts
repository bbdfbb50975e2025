/**
 * A language model as judge of the modes that no detector decides in full.
 *
 * 1. It is a run of its own, of one role without tools, journaled like any other: the same diagnosis in the same store asks once.
 * 2. Its answer is hostile input: other modes than were asked, steps that are not there, and quotes that do not stand in their step are
 *    dropped and counted.
 * 3. It never sees what people or detectors found.
 */
import { z } from 'zod';
import { hashJson } from '../calibrate/calibration-record.ts';
import { systemClock } from '../clock.ts';
import { carryOut } from '../compare/carry-out.ts';
import { Purse } from '../compare/purse.ts';
import { refuseTeam } from '../compare/refuse-infeasible.ts';
import type { DriveRunOptions } from '../drive-options.ts';
import { openStore } from '../engine/open-store.ts';
import { PlanwrightError } from '../errors.ts';
import { defineTeam } from '../team/define-team.ts';
import { withoutUndefined } from '../team/without-undefined.ts';
import { cutEvidence, type Finding, quote } from './finding.ts';
import { judgeInstructions, layOutTrace, markOf } from './judge-prompt.ts';
import { isMastCode, type MastCode, mastCodes, mastModes } from './mast-modes.ts';
import type { Trace, TraceStep } from './trace.ts';

export interface JudgeTraceOptions extends Pick<DriveRunOptions, 'store' | 'signal' | 'clock' | 'random' | 'env'> {
  /** A spec or a model; `offline` is refused, for it is none. */
  model: NonNullable<DriveRunOptions['model']>;
  /** Default: those that no detector decides in full. */
  modes?: readonly MastCode[];
}

export interface TraceJudgement {
  findings: Finding[];
  model: string;
  runId: string;
  /** Findings of the model that were not taken, and why. */
  dropped: { mode: string; reason: string }[];
  /** Steps in the middle that it was not shown. */
  hiddenSteps: number;
  calls: number;
  usd: number | null;
  /** Why there is no judgement; null when there is one. */
  problem: string | null;
}

export const judgedModes: readonly MastCode[] = mastCodes.filter((code) => mastModes[code].method !== 'detector');

const maxFindings = 30;

const answerSchema = z.object({
  findings: z
    .array(
      z.object({
        mode: z.string().max(20),
        step: z.int(),
        quote: z.string().max(2000),
        reason: z.string().max(2000),
        confidence: z.number().min(0).max(1),
      }),
    )
    .max(maxFindings),
});

/**
 * A model that fails or answers in another form gives no finding, and `problem` says why.
 * @throws {PlanwrightError} `usage` for the model `offline`; `model-unknown`, `secret-missing`; `run-busy` when another process asks
 * the same; `cancelled` when the signal aborts.
 */
export async function judgeTrace(trace: Trace, options: JudgeTraceOptions): Promise<TraceJudgement> {
  const { model, modes = judgedModes, signal = new AbortController().signal, clock = systemClock, random, env } = options;
  const spec = typeof model === 'string' ? model : `custom:${model.provider}/${model.modelId}`;
  if (spec === 'offline') {
    throw new PlanwrightError(
      'usage',
      'Judging a trace is a language model’s work, and "offline" is none: it works by rules. Name a model with --model, or leave it out: the detectors need none.',
    );
  }
  const drive = { clock, signal, model, ...withoutUndefined({ random, env }) };
  const team = judgeTeam(spec, typeof model === 'string');
  await refuseTeam(drive, team, undefined);
  const { task, hidden } = layOutTrace(trace, modes, markOf(trace));
  const store = await openStore(options.store, clock);
  try {
    const done = await carryOut(
      { store, purse: new Purse(undefined, 1), drive },
      {
        runId: `diag-${hashJson([1, spec, task]).slice(0, 16)}`,
        task,
        team,
        strategy: 'single',
        seed: 1,
        output: answerSchema,
        taskClass: 'diagnosis',
      },
    );
    if (done.kind !== 'ended')
      throw new PlanwrightError('cancelled', 'The judgement was interrupted; the same command goes on with it.');
    const { runId, status, deliverable, detail, ledger, subtasks } = done.report;
    const told = { model: spec, runId, hiddenSteps: hidden, calls: ledger.calls, usd: ledger.costUsd };
    const answer = answerSchema.safeParse(deliverable);
    if (status !== 'succeeded' || !answer.success) {
      const reason = detail ?? subtasks.at(-1)?.error?.message ?? 'its answer has another form than was asked for';
      return { ...told, findings: [], dropped: [], problem: `The judgement ended ${status}: ${reason}` };
    }
    return { ...told, ...readFindings(trace, modes, answer.data.findings), problem: null };
  } finally {
    if (typeof options.store !== 'object') await store.close();
  }
}

function judgeTeam(spec: string, isSpec: boolean) {
  const judge = { description: 'Judges the record of a run.', instructions: judgeInstructions, tools: [] };
  return defineTeam({ name: 'trace-judge', ...(isSpec ? { model: spec } : {}), roles: { judge }, generalist: 'judge' });
}

type Claimed = z.infer<typeof answerSchema>['findings'][number];

/** What can be taken of a judge's answer. */
export function readFindings(
  trace: Trace,
  modes: readonly MastCode[],
  claimed: readonly Claimed[],
): Pick<TraceJudgement, 'findings' | 'dropped'> {
  const steps = new Map(trace.steps.map((step) => [step.number, step]));
  const findings: Finding[] = [];
  const dropped: TraceJudgement['dropped'] = [];
  const seen = new Set<string>();
  for (const claim of claimed) {
    const refused = refuse(claim, modes, steps.get(claim.step));
    const mode = claim.mode.trim();
    const step = steps.get(claim.step);
    if (refused !== null || !isMastCode(mode) || step === undefined)
      dropped.push({ mode: claim.mode, reason: refused ?? 'unknown' });
    else if (!seen.has(`${mode}/${claim.step}`)) {
      seen.add(`${mode}/${claim.step}`);
      const evidence = cutEvidence(`step ${claim.step}: ${quote(claim.quote, 200)}: ${claim.reason}`);
      const agent = step.kind === 'message' ? { agent: step.agent } : {};
      findings.push({ mode, ...agent, step: claim.step, confidence: claim.confidence, method: 'judge', evidence });
    }
  }
  return { findings, dropped };
}

const minQuoteWords = 3;

function refuse({ mode, step, quote: quoted }: Claimed, modes: readonly MastCode[], found: TraceStep | undefined): string | null {
  if (!modes.some((code) => code === mode.trim())) return 'it was not asked about this mode';
  if (found === undefined) return `there is no step ${step}`;
  const words = plain(quoted);
  if (words.split(' ').length < minQuoteWords) return `its quote has fewer than ${minQuoteWords} words`;
  const text = plain(`${found.text} ${found.calls.map(({ tool, input }) => `${tool} ${input}`).join(' ')}`);
  return text.includes(words) ? null : `its quote does not stand in step ${step}`;
}

/** Case and white space aside: what a model may change in a quote without meaning to. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[“”]/g, '"').replace(/[‘’]/g, "'").replace(/\s+/g, ' ').trim();
}
