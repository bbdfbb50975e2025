/**
 * Carries out what the fold asks for: the gate, the planner, executors, verifiers, the synthesizer, timers. Each
 * command's outcome is one event; whatever is thrown becomes a failed outcome, so that no run hangs on a lost answer.
 */
import { toErrorRecord } from '../errors.ts';
import type { AttemptOutcome, RunEvent } from '../events.ts';
import type { ExecutorContext } from '../execute/context.ts';
import type { CallPurpose, CallScope } from '../model/call-record.ts';
import type { Subtask } from '../plan/plan.ts';
import { draftPlan } from '../planner/draft-plan.ts';
import { draftRevision } from '../planner/draft-revision.ts';
import type { Command } from '../schedule/command.ts';
import { synthesizerRole } from '../synthesize/synthesize.ts';
import { contextOfAttempt } from './attempt-context.ts';
import { describeForGate } from './describe-for-gate.ts';
import { dispatchAttempt, dispatchCheck } from './dispatch-work.ts';
import { attemptKey, isInterruption, type Perform, plannerKey, type RunPort, timerKey } from './drive.ts';
import { executeInWorkspace, mergingOf, patchesFor } from './execute-in-workspace.ts';
import { executeRole, surroundingsOf } from './execute-role.ts';
import { collectItems, expandSubtask, expansionFailed } from './expand-subtask.ts';
import { growPlan, growthFailed } from './grow-plan.ts';
import { loadOutputs } from './hand-over-results.ts';
import { checkDeliverable, checkResult, unverified } from './perform-checks.ts';
import { planByPattern, planningOf } from './plan-by-pattern.ts';
import { reviewPlan } from './review-plan.ts';
import { modelSpecsOf, resolveModels } from './role-models.ts';
import { roleOf } from './role-of.ts';
import type { DriveNode, RunEnvironment, RunNode } from './run-environment.ts';
import { createPlace } from './slots.ts';
import { runSubTeam } from './sub-team.ts';
import { createWaitingCalls, type WaitingCalls } from './waiting-calls.ts';
import { needsPlace } from './work-order.ts';

type CommandOf<Kind extends Command['kind']> = Extract<Command, { kind: Kind }>;

export interface Performer {
  perform: Perform;
  /** Resolves when nothing that was started is under way any more. */
  settled(): Promise<void>;
}

/** `drive` runs the sub-teams. */
export function createPerformer(env: RunEnvironment, node: RunNode, drive: DriveNode): Performer {
  const underWay = new Set<Promise<void>>();
  const waitingCalls = createWaitingCalls();
  const track = (work: Promise<void>, port: RunPort, failed: (thrown: unknown) => RunEvent): void => {
    const guarded = work.catch((thrown: unknown) => port.post(failed(thrown))).finally(() => underWay.delete(guarded));
    underWay.add(guarded);
  };
  return {
    settled: async () => {
      await Promise.all(underWay);
    },
    perform: (command, port) => {
      switch (command.kind) {
        case 'decide-gate':
          track(askGate(env, node, port), port, plannerFailed(0));
          return;
        case 'plan':
          track(plan(env, node, command, port), port, plannerFailed(command.attempt));
          return;
        case 'replan':
          track(replan(env, node, command, port), port, (thrown) => ({
            type: 'replan-failed',
            epoch: command.epoch,
            error: toErrorRecord(thrown),
          }));
          return;
        case 'start':
          track(start(env, node, command, { port, drive, waitingCalls }), port, (thrown) => attemptFailed(command, thrown));
          return;
        case 'expand':
          track(postOf(expandSubtask(env.store, command), port), port, (thrown) => expansionFailed(command, thrown));
          return;
        case 'collect':
          track(postOf(collectItems(env.store, command), port), port, (thrown) => expansionFailed(command, thrown));
          return;
        case 'grow':
          track(postOf(growPlan(env, node, command, port.state), port), port, (thrown) => growthFailed(command, thrown));
          return;
        case 'go-on':
          waitingCalls.goOn(command);
          return;
        case 'verify':
          track(verify(env, node, command, port), port, (thrown) => unverified(command, thrown));
          return;
        case 'synthesize':
          track(synthesize(env, node, command, port), port, (thrown) => ({
            type: 'synthesis-finished',
            outcome: failure(thrown),
          }));
          return;
        case 'check-deliverable':
          track(checkDeliverable(env, node, command, port), port, (thrown) => ({
            type: 'deliverable-checked',
            verdict: { kind: 'unverified', reason: toErrorRecord(thrown).message, evidence: [] },
          }));
          return;
        case 'set-timer':
          track(setTimer(env, command, port), port, () => ({ type: 'timer-fired', timerId: command.timerId }));
          return;
        // Carried out by the loop itself, or by whoever looks at the run's state.
        case 'abort':
        case 'ask':
        case 'stop-planner':
        case 'stop-timer':
        case 'wait':
        case 'end':
          return;
        default:
          command satisfies never;
      }
    },
  };
}

async function postOf(event: Promise<RunEvent>, port: RunPort): Promise<void> {
  port.post(await event);
}

async function askGate(env: RunEnvironment, { task, team, taskClass }: RunNode, port: RunPort): Promise<void> {
  const input = await describeForGate(env, { task, team, ...(taskClass === undefined ? {} : { taskClass }) });
  port.post({ type: 'gate-decided', decision: await env.gate.decide(input) });
}

async function plan(env: RunEnvironment, node: RunNode, command: CommandOf<'plan'>, port: RunPort): Promise<void> {
  const { attempt, soFar, problems, stream } = command;
  const planner = await plannerOptions(env, node, port, scopeOf(node, '@plan', attempt, 'planner', 'plan'));
  const drafting = {
    ...planner,
    soFar,
    problems,
    onElement: (subtask: Subtask) => {
      if (stream) port.post({ type: 'subtask-proposed', attempt, subtask });
    },
  };
  const { pattern } = node.team;
  const drafted = await (pattern === undefined
    ? draftPlan(drafting)
    : planByPattern(planningOf(env, node, pattern), { ...drafting, choice: pattern }));
  const problemsFound =
    drafted.kind === 'refused' ? drafted.problems : await reviewPlan(env, node, drafted.plan, { attempt, port });
  if (problemsFound.length > 0) port.post({ type: 'plan-refused', attempt, problems: problemsFound });
  else if (drafted.kind === 'accepted') {
    port.post({
      type: 'plan-accepted',
      attempt,
      ...(drafted.plan.deliverable === undefined ? {} : { deliverable: drafted.plan.deliverable }),
      ...(stream ? {} : { subtasks: drafted.plan.subtasks }),
    });
  }
}

async function replan(env: RunEnvironment, node: RunNode, command: CommandOf<'replan'>, port: RunPort): Promise<void> {
  const { epoch, cause, frozen, fixed, usedIds } = command;
  const planner = await plannerOptions(env, node, port, scopeOf(node, '@replan', epoch, 'planner', 'replan'));
  const revision = await draftRevision({ ...planner, cause, frozen, fixed, usedIds });
  port.post({ type: 'plan-revised', epoch, ...revision });
}

async function plannerOptions(env: RunEnvironment, node: RunNode, port: RunPort, scope: CallScope) {
  const { store, limiter, clock } = env;
  const { team, task } = node;
  const models = await resolveModels(env.models, modelSpecsOf(team.planner, team, env.defaultModel));
  const signal = port.signalFor(plannerKey);
  const files = env.files === undefined ? {} : { files: env.files.listing };
  return { team, task, ...models, scope, store, limiter, clock, signal, ...files, ...surroundingsOf(env, node) };
}

async function start(
  env: RunEnvironment,
  node: RunNode,
  command: CommandOf<'start'>,
  { port, drive, waitingCalls }: { port: RunPort; drive: DriveNode; waitingCalls: WaitingCalls },
): Promise<void> {
  const { subtask, attempt } = command;
  const key = attemptKey(subtask.id, attempt);
  const signal = port.signalFor(key);
  const role = roleOf(node, command.role);
  const { dispatcher } = env;
  if (role.team === undefined && dispatcher !== undefined) {
    await dispatchAttempt({ ...env, dispatcher }, node, command, { port, waitingCalls });
    return;
  }
  const { task, outputSchema } = node;
  const context = await contextOfAttempt(env.store, port.state, { command, role, task, outputSchema });
  const patches = patchesFor(node, port, subtask.dependsOn);
  let outcome: AttemptOutcome;
  if (role.team === undefined) {
    const place = createPlace(env.slots, signal);
    const work = { subtaskId: subtask.id, attempt, role: role.name };
    const approver = waitingCalls.approverFor({ ...work, store: env.store, port, place });
    await place.take();
    try {
      const scope = scopeOf(node, subtask.id, attempt, role.name, role.purpose ?? 'execute');
      outcome = await executeInWorkspace(env, node, context, { scope, signal, approver, patches });
    } finally {
      place.leave();
    }
  } else
    outcome = await runSubTeam(drive, node, {
      context,
      team: role.team,
      defaultModel: env.defaultModel,
      subtaskId: subtask.id,
      attempt,
      signal,
      patches,
      ...mergingOf(env, signal),
      onWaiting: (isWaiting) => port.setBlocked(key, isWaiting),
    });
  port.post({ type: 'attempt-finished', subtaskId: subtask.id, attempt, outcome });
}

function verify(env: RunEnvironment, node: RunNode, command: CommandOf<'verify'>, port: RunPort): Promise<void> {
  const { dispatcher } = env;
  return dispatcher !== undefined && needsPlace(node, command)
    ? dispatchCheck({ ...env, dispatcher }, node, command, port)
    : checkResult(env, node, command, port);
}

async function synthesize(env: RunEnvironment, node: RunNode, command: CommandOf<'synthesize'>, port: RunPort): Promise<void> {
  const role = synthesizerRole(node.team);
  const dependencies = await loadOutputs(env.store, port.state, command.sinks);
  const context: ExecutorContext = { role, task: node.task, instruction: node.task, dependencies };
  if (node.outputSchema !== undefined) context.outputSchema = node.outputSchema;
  const scope = scopeOf(node, '@synthesize', port.state.syntheses + 1, role.name, 'synthesize');
  const signal = port.signalFor('@synthesize');
  port.post({ type: 'synthesis-finished', outcome: await executeRole(env, node, context, scope, { signal }) });
}

async function setTimer(env: RunEnvironment, { timerId, delayMs }: CommandOf<'set-timer'>, port: RunPort): Promise<void> {
  const signal = port.signalFor(timerKey(timerId));
  try {
    await env.clock.sleep(delayMs, signal);
  } catch {
    return;
  }
  port.post({ type: 'timer-fired', timerId });
}

function scopeOf(node: RunNode, subtaskId: string, attempt: number, role: string, purpose: CallPurpose): CallScope {
  return { runId: node.runId, rootRunId: node.rootRunId, subtaskId, attempt, role, purpose };
}

function failure(thrown: unknown): AttemptOutcome {
  return isInterruption(thrown) ? { kind: 'cancelled' } : { kind: 'failed', error: toErrorRecord(thrown) };
}

function attemptFailed({ subtask, attempt }: CommandOf<'start'>, thrown: unknown): RunEvent {
  return { type: 'attempt-finished', subtaskId: subtask.id, attempt, outcome: failure(thrown) };
}

function plannerFailed(attempt: number): (thrown: unknown) => RunEvent {
  return (thrown) => ({ type: 'planner-failed', attempt, error: toErrorRecord(thrown) });
}
