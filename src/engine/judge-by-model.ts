/**
 * Checks that a model makes: a critic role with its tools, and a grader. Their calls are journaled, metered and limited like
 * any other, under ids of their own, with the purpose `verify`.
 */
import { z } from 'zod';
import { hashCritic } from '../calibrate/calibration-record.ts';
import { judgeCalibration } from '../calibrate/judge-calibration.ts';
import { PlanwrightError, toErrorRecord } from '../errors.ts';
import type { StoredValue } from '../events.ts';
import type { ExecutorContext } from '../execute/context.ts';
import type { Json } from '../json.ts';
import type { CallScope } from '../model/call-record.ts';
import type { JsonSchema } from '../plan/plan.ts';
import { makeGeneralist } from '../team/defaults.ts';
import { findRole } from '../team/find-role.ts';
import type { Role } from '../team/team.ts';
import { criticVerdictSchema, judgeCriticVerdict, type Receipt } from '../verify/critic-verdict.ts';
import { type CriticCheck, defaultCritic, type Judges, type RubricCheck } from '../verify/judge.ts';
import { graderInstructions, layOutCritique, layOutGrading } from '../verify/judge-prompts.ts';
import type { CheckOutcome } from '../verify/verdict-parts.ts';
import { textOf } from '../verify/verifier.ts';
import { openAttemptWorkspace } from './attempt-workspace.ts';
import { executeRole } from './execute-role.ts';
import type { RunEnvironment, RunNode } from './run-environment.ts';
import { modelOf } from './run-settings.ts';

export interface JudgedResult {
  /** Whose result it is, as the keys of the judges' calls say it. */
  subtaskId: string;
  attempt: number;
  instruction: string;
  signal: AbortSignal;
  /** What it made of the run's files, for a critic to look at and run. */
  patch?: StoredValue | null;
}

/** A verdict that does not count is asked for once more. */
const asks = 2;

/** Judges of one result. Checks of one result are made in a fixed order, so counting them names their calls. */
export function createJudges(env: RunEnvironment, node: RunNode, result: JudgedResult): Judges {
  let made = 0;
  const scopeOf = (kind: string, role: string): CallScope => ({
    runId: node.runId,
    rootRunId: node.rootRunId,
    subtaskId: `@${kind}.${made++}.${result.subtaskId}`,
    attempt: result.attempt,
    role,
    purpose: 'verify',
  });
  return {
    critic: (check, output) => criticize(env, node, { result, check, output, scopeOf }),
    rubric: (check, output) => grade(env, node, { result, check, output, scopeOf }),
  };
}

interface Judging<Check> {
  result: JudgedResult;
  check: Check;
  output: Json;
  scopeOf: (kind: string, role: string) => CallScope;
}

async function criticize(env: RunEnvironment, node: RunNode, judging: Judging<CriticCheck>): Promise<CheckOutcome> {
  const { result, check, output, scopeOf } = judging;
  const role = criticOf(node, check);
  const work = { instruction: result.instruction, result: textOf(output) };
  const context: ExecutorContext = {
    role,
    task: node.task,
    instruction: layOutCritique(work, check.focus),
    dependencies: [],
    outputSchema: z.toJSONSchema(criticVerdictSchema) as JsonSchema,
  };
  let problem = '';
  for (let ask = 1; ask <= asks; ask++) {
    const receipts: Receipt[] = [];
    const scope = scopeOf('critic', role.name);
    const verdict = await answer(env, node, ask === 1 ? context : { ...context, feedback: problem }, {
      scope,
      result,
      receipts,
    });
    const judged = judgeCriticVerdict(verdict, receipts);
    if (judged.kind === 'void') {
      problem = judged.problem;
      continue;
    }
    return judged.kind === 'passed' ? ((await refuseUncalibrated(env, node, role)) ?? judged) : judged;
  }
  return {
    kind: 'undecided',
    detail: `The verdict of the critic "${role.name}" does not count. It was told: ${problem}`,
  };
}

/** null: its approval counts. A rejection shows its defect, so it counts whoever says it. */
async function refuseUncalibrated(env: RunEnvironment, { team }: RunNode, role: Role): Promise<CheckOutcome | null> {
  if (team.requireCalibrated === undefined) return null;
  const { maxFalseAccept } = team.requireCalibrated;
  const record = await env.store.getCalibration(hashCritic(role, modelOf(role, team, env.defaultModel)));
  const calibrate = `Calibrate it: planwright calibrate critic --role ${role.name} --cases FILE`;
  if (record === undefined) {
    return {
      kind: 'undecided',
      detail: `The critic "${role.name}" accepts the result, and nobody has measured how often it accepts defects. ${calibrate}`,
    };
  }
  const judgement = judgeCalibration(record.table, { maxFalseAccept });
  if (judgement === 'calibrated') return null;
  const { bad, falseAccept } = record.table;
  const measured = `it accepted ${bad.n - bad.rejected} of ${bad.n} known defects (${(falseAccept.low * 100).toFixed(1)} to ${(falseAccept.high * 100).toFixed(1)} %), and the team's limit is ${maxFalseAccept * 100} %`;
  const called = judgement === 'agreeable' ? 'is agreeable' : 'is not known to be strict enough';
  return {
    kind: 'undecided',
    detail: `The critic "${role.name}" accepts the result, but it ${called}: ${measured}. Its approval does not count.`,
  };
}

async function grade(env: RunEnvironment, node: RunNode, judging: Judging<RubricCheck>): Promise<CheckOutcome> {
  const { result, check, output, scopeOf } = judging;
  const { threshold } = check;
  const form = threshold === undefined ? passing : scoring;
  const role = graderOf(node, check.model);
  const context: ExecutorContext = {
    role,
    task: node.task,
    instruction: layOutGrading(
      { instruction: result.instruction, result: textOf(output) },
      check.rubric,
      threshold !== undefined,
    ),
    dependencies: [],
    outputSchema: z.toJSONSchema(form) as JsonSchema,
  };
  const given = await answer(env, node, context, { scope: scopeOf('rubric', role.name), result, receipts: [] });
  const parsed = gradeSchema.safeParse(given);
  if (!parsed.success) return { kind: 'undecided', detail: 'The grade has another form than was asked for.' };
  const { reason, pass, score } = parsed.data;
  if (threshold === undefined) {
    if (pass === undefined) return { kind: 'undecided', detail: 'The grader said neither yes nor no.' };
    return { kind: pass ? 'passed' : 'failed', detail: reason };
  }
  if (score === undefined) return { kind: 'undecided', detail: 'The grader gave no score.' };
  return { kind: score >= threshold ? 'passed' : 'failed', detail: `${score} of at least ${threshold}: ${reason}` };
}

const passing = z.object({ reason: z.string(), pass: z.boolean() });
const scoring = z.object({ reason: z.string(), score: z.number().min(0).max(1) });
const gradeSchema = z.object({ reason: z.string(), pass: z.boolean().optional(), score: z.number().min(0).max(1).optional() });

interface Asking {
  scope: CallScope;
  result: JudgedResult;
  receipts: Receipt[];
}

/** What the judge answers; a judge that fails is no verdict on the work, but a spent budget or an interruption goes on up. */
async function answer(env: RunEnvironment, node: RunNode, context: ExecutorContext, asking: Asking): Promise<Json> {
  const { scope, result, receipts } = asking;
  const { signal, patch } = result;
  const release = await env.slots.acquire(signal);
  try {
    await using workspace = await openFilesOf(env, patch, signal);
    const { output } = await executeRole(env, node, context, scope, {
      signal,
      ...(workspace === null ? {} : { workspace: workspace.context }),
      onToolCall: (receipt) => {
        if (receipt.tool !== readOn) receipts.push(receipt);
      },
    });
    return await env.store.getValue(output);
  } catch (thrown) {
    signal.throwIfAborted();
    const { code, message, recovery } = toErrorRecord(thrown);
    if (recovery === 'none') throw thrown;
    return { failed: code, message };
  } finally {
    release();
  }
}

/** A folder of the judge's own with the files of the result; null in a run without workspaces. */
async function openFilesOf(
  { workspaces: run, store }: RunEnvironment,
  patch: StoredValue | null | undefined,
  signal: AbortSignal,
) {
  return run === undefined || !patch ? null : openAttemptWorkspace({ run, store, patches: [patch], signal });
}

/** Reading on in a tool's result shows nothing by itself. */
const readOn = 'read_result';

function criticOf({ team }: RunNode, check: CriticCheck): Role {
  const name = check.role ?? defaultCritic;
  const role = findRole(team, name);
  if (role !== undefined && role.team === undefined) return role;
  throw new PlanwrightError(
    'team-invalid',
    `The critic "${name}" is not a role of team "${team.name}". Roles: ${Object.keys(team.roles).join(', ')}.`,
  );
}

function graderOf({ team }: RunNode, model: string | undefined): Role {
  const grader = makeGeneralist({
    name: 'grader',
    tools: [],
    accept: [],
    limits: { ...team.generalist.limits },
    instructions: graderInstructions,
  });
  return model === undefined ? grader : { ...grader, model };
}
