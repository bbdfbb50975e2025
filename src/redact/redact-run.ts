/** Redaction of what a run is made of: plans, events, records, requests from outside. Only texts of these are touched. */
import type { RunRecord, RunSignal } from '../engine/store.ts';
import type { ErrorRecord } from '../errors.ts';
import type { ApprovalRequest, AttemptOutcome, Contradiction, GivenPlan, RunEvent, StoredValue } from '../events.ts';
import type { Json } from '../json.ts';
import { redactSecrets } from '../model/model-error.ts';
import type { PlanProblem, Subtask } from '../plan/plan.ts';
import type { Verdict } from '../verify/verdict.ts';
import { redactAnswer, redactJson } from './redact-json.ts';
import type { TextRedactor } from './redactor.ts';

/** Ids, roles and references stay; code, expressions and schemas of checks too. */
export function redactSubtask(subtask: Subtask, redactor: TextRedactor): Subtask {
  // A subtask is plain JSON, and comes back with the same keys.
  return redactJson(subtask as unknown as Json, redactor) as unknown as Subtask;
}

export function redactPlan<Plan extends GivenPlan>(plan: Plan, redactor: TextRedactor): Plan {
  return { ...plan, subtasks: plan.subtasks.map((subtask) => redactSubtask(subtask, redactor)) };
}

/** The task, and the task within the setup; the team is stored as its file has it. */
export function redactRecord(record: RunRecord, redactor: TextRedactor): RunRecord {
  const { setup } = record;
  const task = redactor.text(record.task);
  if (setup === null || typeof setup !== 'object' || Array.isArray(setup) || typeof setup['task'] !== 'string')
    return { ...record, task };
  return { ...record, task, setup: { ...setup, task: redactor.text(setup['task']) } };
}

/** Who asks stays; what is said is redacted. */
export function redactSignal(signal: RunSignal, redactor: TextRedactor): RunSignal {
  if (signal.type !== 'approve') return { ...signal, reason: redactor.text(signal.reason) };
  return signal.plan === undefined ? signal : { ...signal, plan: redactPlan(signal.plan, redactor) };
}

export function redactEvent(event: RunEvent, redactor: TextRedactor): RunEvent {
  const text = (given: string): string => redactor.text(given);
  const subtasks = (given: Subtask[]): Subtask[] => given.map((subtask) => redactSubtask(subtask, redactor));
  switch (event.type) {
    case 'run-started': {
      const { settings } = event;
      const plan = settings.plan === undefined ? {} : { plan: redactPlan(settings.plan, redactor) };
      return { ...event, task: text(event.task), settings: { ...settings, ...plan } };
    }
    case 'gate-decided': {
      const { decision } = event;
      const input = { ...decision.input, task: text(decision.input.task) };
      return { ...event, decision: { ...decision, reasons: decision.reasons.map(text), input } };
    }
    case 'subtask-proposed':
      return { ...event, subtask: redactSubtask(event.subtask, redactor) };
    case 'plan-accepted':
      return event.subtasks === undefined ? event : { ...event, subtasks: subtasks(event.subtasks) };
    case 'plan-refused':
      return { ...event, problems: event.problems.map((problem) => redactProblem(problem, redactor)) };
    case 'planner-failed':
    case 'expansion-failed':
    case 'growth-failed':
    case 'replan-failed':
      return { ...event, error: redactErrorRecord(event.error, redactor) };
    case 'plan-approved':
      return event.plan === undefined ? event : { ...event, plan: redactPlan(event.plan, redactor) };
    case 'plan-denied':
    case 'approval-denied':
    case 'cancel-requested':
      return { ...event, reason: text(event.reason) };
    case 'approval-asked':
      return { ...event, request: redactRequest(event.request, redactor) };
    case 'attempt-finished':
    case 'synthesis-finished':
      return { ...event, outcome: redactOutcome(event.outcome, redactor) };
    case 'verdict-given': {
      const { contradicted } = event;
      const found = contradicted === undefined ? {} : { contradicted: redactContradictions(contradicted, redactor) };
      return { ...event, verdict: redactVerdict(event.verdict, redactor), ...found };
    }
    case 'deliverable-checked':
      return { ...event, verdict: redactVerdict(event.verdict, redactor) };
    case 'subtask-expanded':
      return { ...event, items: event.items.map((item) => redactStored(item, redactor)) };
    case 'subtask-collected':
      return { ...event, output: redactStored(event.output, redactor) };
    case 'plan-revised':
      return { ...event, add: subtasks(event.add) };
    case 'plan-grown': {
      const output = event.output === undefined ? {} : { output: redactStored(event.output, redactor) };
      return { ...event, add: subtasks(event.add), ...output };
    }
    case 'run-ended': {
      const detail = event.detail === undefined ? {} : { detail: text(event.detail) };
      return { ...event, deliverable: event.deliverable && redactStored(event.deliverable, redactor), ...detail };
    }
    case 'run-resumed':
    case 'approval-given':
    case 'wait-began':
    case 'wait-ended':
    case 'attempt-started':
    case 'timer-fired':
      return event;
    default:
      return event satisfies never;
  }
}

/** Passwords in URLs, keys and tokens, by their shape, in the error of a failure. */
export function hideInErrors(event: RunEvent): RunEvent {
  switch (event.type) {
    case 'planner-failed':
    case 'expansion-failed':
    case 'replan-failed':
      return { ...event, error: hideInError(event.error) };
    case 'attempt-finished':
    case 'synthesis-finished':
      return event.outcome.kind === 'failed'
        ? { ...event, outcome: { kind: 'failed', error: hideInError(event.outcome.error) } }
        : event;
    default:
      return event;
  }
}

function hideInError(error: ErrorRecord): ErrorRecord {
  return { ...error, message: redactSecrets(error.message) };
}

/** What stands in the store under a hash was redacted on its way there. */
function redactStored(stored: StoredValue, redactor: TextRedactor): StoredValue {
  return stored.kind === 'stored' ? stored : { kind: 'inline', value: redactJson(stored.value, redactor) };
}

function redactOutcome(outcome: AttemptOutcome, redactor: TextRedactor): AttemptOutcome {
  switch (outcome.kind) {
    case 'succeeded': {
      const { contradictions } = outcome;
      const found = contradictions === undefined ? {} : { contradictions: redactContradictions(contradictions, redactor) };
      // A patch names files and hashes.
      return { ...outcome, output: redactStored(outcome.output, redactor), ...found };
    }
    case 'failed':
      return { ...outcome, error: redactErrorRecord(outcome.error, redactor) };
    case 'cancelled':
      return outcome;
  }
}

function redactRequest(request: ApprovalRequest, redactor: TextRedactor): ApprovalRequest {
  return request.kind === 'attempt' ? request : { ...request, input: redactStored(request.input, redactor) };
}

function redactVerdict(verdict: Verdict, redactor: TextRedactor): Verdict {
  const evidence = verdict.evidence.map((found) => ({ ...found, detail: redactor.text(found.detail) }));
  if (verdict.kind === 'accepted') return { ...verdict, evidence };
  return { ...verdict, reason: redactor.text(verdict.reason), evidence };
}

/** As `redactAnswer` does it: an assumption has to stay, word for word, the one of the plan. */
function redactContradictions(found: readonly Contradiction[], redactor: TextRedactor): Contradiction[] {
  return found.map(({ assumption, evidence }) => ({
    assumption: redactAnswer(assumption, redactor),
    evidence: redactAnswer(evidence, redactor),
  }));
}

function redactErrorRecord(error: ErrorRecord, redactor: TextRedactor): ErrorRecord {
  return { ...error, message: redactor.text(error.message) };
}

function redactProblem(problem: PlanProblem, redactor: TextRedactor): PlanProblem {
  return { ...problem, message: redactor.text(problem.message) };
}
