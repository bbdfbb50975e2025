/**
 * The spans of one run, read off its events: a command that the fold issues opens a span, the event that answers it ends it.
 * The fold is the engine's own, so the spans are the same live, after a crash and from a store years later.
 *
 * 1. A span's key comes from what it is about (run, subtask, attempt), never from when it was seen.
 * 2. A span is told once, at its end. What the run's end leaves open ends with it, as cancelled.
 */
import type { AttemptOutcome, JournalEntry, RunEvent, Verdict } from '../../events.ts';
import type { Command } from '../../schedule/command.ts';
import { decide } from '../../schedule/decide.ts';
import { candidateDeliverable } from '../../schedule/finish.ts';
import { createRunState, type RunState } from '../../schedule/state.ts';
import type { Team } from '../../team/team.ts';
import { attributesOfModel, type CallParent } from './call-spans.ts';
import { genAi, planwright } from './conventions.ts';
import { contentOfAttempt, contentOfRun, contentOfVerdict, messageOf } from './span-content.ts';
import { keepWithin, type SpanAttributes, type SpanEvent, spanIdOf, type TraceSpan } from './trace-span.ts';

export interface RunPlace {
  runId: string;
  rootRunId: string;
  traceId: string;
  team: Team;
  /** The attempt that this run carries out. Absent: it is the outermost. */
  parent?: CallParent;
  /** Hears of an attempt at a composite subtask when it starts. */
  onComposite: (subtaskId: string, attempt: number, role: string, parent: CallParent) => void;
}

interface OpenSpan extends CallParent {
  parentSpanId: string | null;
  bounds: CallParent | undefined;
  name: string;
  attributes: SpanAttributes;
  /** Of an attempt: what it was started with. */
  started?: Extract<Command, { kind: 'start' }>;
}

type Ending = Partial<Pick<TraceSpan, 'errorType' | 'readContent'>> & { attributes?: SpanAttributes };
type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

const runKey = 'run';

export class RunSpans {
  readonly #place: RunPlace;
  readonly #state: RunState = createRunState();
  readonly #spans = new Map<string, OpenSpan>();
  readonly #moments: SpanEvent[] = [];
  #finished: TraceSpan[] = [];

  constructor(place: RunPlace) {
    this.#place = place;
  }

  /** @param entries In order, each once. @returns the spans that they end. */
  enter(entries: readonly JournalEntry[]): TraceSpan[] {
    this.#finished = [];
    for (const entry of entries) {
      const { event, atMs } = entry;
      if (event.type === 'run-started') this.#openRun(event, atMs);
      const syntheses = this.#state.syntheses + 1;
      const commands = decide(this.#state, entry);
      this.#close(event, atMs, syntheses);
      this.#note(event, atMs);
      for (const command of commands) this.#open(command, atMs);
      if (event.type === 'attempt-started') this.#openAttempt(event, atMs);
      if (event.type === 'run-ended') this.#closeRun(event, atMs);
    }
    return this.#finished;
  }

  /** Where a call belongs. undefined: the run has not begun. */
  parentOf(subtaskId: string, attempt: number): CallParent | undefined {
    const keys = [attemptKey(subtaskId, attempt), keyOfScope(subtaskId, attempt), runKey];
    return keys.map((key) => this.#spans.get(key)).find((span) => span !== undefined);
  }

  #openRun({ settings }: EventOf<'run-started'>, atMs: number): void {
    const { team, parent, runId, rootRunId } = this.#place;
    this.#add(runKey, atMs, {
      name: `invoke_workflow ${team.name}`,
      attributes: {
        [genAi.operation]: 'invoke_workflow',
        [genAi.agent]: team.name,
        [genAi.provider]:
          attributesOfModel(settings.roles[settings.generalist]?.model ?? 'offline')[genAi.provider] ?? 'planwright',
        [planwright.runId]: runId,
        [planwright.rootRunId]: rootRunId,
      },
      parentSpanId: parent?.spanId ?? null,
      bounds: parent,
    });
  }

  #openAttempt({ subtaskId, attempt, role }: EventOf<'attempt-started'>, atMs: number): void {
    const { model, composite } = this.#state.settings.roles[role] ?? { model: 'offline', composite: false };
    const key = attemptKey(subtaskId, attempt);
    const started = this.#state.subtasks.get(subtaskId)?.started ?? undefined;
    this.#add(key, atMs, {
      name: `invoke_agent ${role}`,
      attributes: {
        [genAi.operation]: 'invoke_agent',
        [genAi.agent]: role,
        ...attributesOfModel(model),
        [planwright.subtask]: subtaskId,
        [planwright.attempt]: attempt,
      },
      ...(started === undefined ? {} : { started }),
    });
    const open = this.#spans.get(key);
    if (composite && open !== undefined) this.#place.onComposite(subtaskId, attempt, role, open);
  }

  #open(command: Command, atMs: number): void {
    switch (command.kind) {
      case 'decide-gate':
        this.#add('gate', atMs, { name: 'gate', attributes: {} });
        return;
      case 'plan': {
        const { attempt } = command;
        const attributes = { [genAi.operation]: 'plan', [genAi.agent]: 'planner', [planwright.planAttempt]: attempt };
        this.#add(planKey(attempt), atMs, { name: 'plan planner', attributes });
        return;
      }
      case 'replan': {
        const { epoch, cause } = command;
        const attributes = { [planwright.epoch]: epoch, [planwright.cause]: cause.kind, [planwright.subtask]: cause.subtaskId };
        this.#add(replanKey(epoch), atMs, { name: 'replan', attributes });
        return;
      }
      case 'verify': {
        const { subtask, attempt, role } = command;
        const attributes = { [planwright.subtask]: subtask.id, [planwright.attempt]: attempt, [genAi.agent]: role };
        this.#add(verifyKey(subtask.id, attempt), atMs, { name: 'verify', attributes });
        return;
      }
      case 'synthesize': {
        const attributes = { [planwright.attempt]: this.#state.syntheses + 1 };
        this.#add(synthesisKey(this.#state.syntheses + 1), atMs, { name: 'synthesize', attributes });
        return;
      }
      case 'check-deliverable': {
        const { subtaskId, attempt } = this.#deliverer();
        const attributes = { [planwright.subtask]: subtaskId, [planwright.attempt]: attempt };
        this.#add(deliverableKey(subtaskId, attempt), atMs, { name: 'verify deliverable', attributes });
        return;
      }
      case 'grow':
      // No span of their own: an attempt's begins with its event, the others are moments or nobody's work.
      case 'abort':
      case 'ask':
      case 'collect':
      case 'end':
      case 'expand':
      case 'go-on':
      case 'set-timer':
      case 'start':
      case 'stop-planner':
      case 'stop-timer':
      case 'wait':
        return;
    }
  }

  #close(event: RunEvent, atMs: number, synthesis: number): void {
    switch (event.type) {
      case 'gate-decided':
        this.#end('gate', atMs, { attributes: { [planwright.strategy]: event.decision.strategy } });
        return;
      case 'planner-failed':
        this.#end(this.#spans.has(planKey(event.attempt)) ? planKey(event.attempt) : 'gate', atMs, failed(event.error));
        return;
      case 'plan-accepted':
        this.#end(planKey(event.attempt), atMs, { attributes: { [planwright.planSubtasks]: this.#state.subtasks.size } });
        return;
      case 'plan-refused':
        this.#end(planKey(event.attempt), atMs, {
          errorType: 'plan-invalid',
          attributes: { [planwright.problems]: [...new Set(event.problems.map(({ code }) => code))] },
          readContent: messageOf(event.problems.map(({ message }) => message).join('\n')),
        });
        return;
      case 'attempt-finished':
        this.#endAttempt(event, atMs);
        return;
      case 'verdict-given':
        this.#end(verifyKey(event.subtaskId, event.attempt), atMs, judged(event.verdict));
        return;
      case 'deliverable-checked':
        for (const key of this.#openKeys('deliverable/')) this.#end(key, atMs, judged(event.verdict));
        return;
      case 'plan-revised':
        this.#end(replanKey(event.epoch), atMs, { attributes: { [planwright.planSubtasks]: event.add.length } });
        return;
      case 'replan-failed':
        this.#end(replanKey(event.epoch), atMs, failed(event.error));
        return;
      case 'synthesis-finished':
        this.#end(synthesisKey(synthesis), atMs, finished(event.outcome));
        return;
      default:
        return;
    }
  }

  #endAttempt({ subtaskId, attempt, outcome }: EventOf<'attempt-finished'>, atMs: number): void {
    const key = attemptKey(subtaskId, attempt);
    const { started } = this.#spans.get(key) ?? {};
    const { attributes, ...rest } = finished(outcome);
    const { team } = this.#place;
    const readContent = contentOfAttempt({ team, state: this.#state, started, outcome });
    const kind = isWithdrawn(outcome) ? 'cancelled' : outcome.kind;
    this.#end(key, atMs, { ...rest, attributes: { ...attributes, [planwright.outcome]: kind }, readContent });
  }

  #closeRun({ status, reason, deliverable, detail }: EventOf<'run-ended'>, atMs: number): void {
    for (const key of this.#openKeys('')) {
      if (key !== runKey) this.#end(key, atMs, { attributes: { [planwright.outcome]: 'cancelled' } });
    }
    this.#end(runKey, atMs, {
      attributes: { [planwright.runStatus]: status, [planwright.endReason]: reason, [planwright.strategy]: this.#state.strategy },
      ...(status === 'failed' || status === 'partial' ? { errorType: reason } : {}),
      readContent: contentOfRun({ task: this.#state.task, deliverable, detail }),
    });
  }

  /** Whose result the deliverable is; as the keys of the calls that check it say. */
  #deliverer(): { subtaskId: string; attempt: number } {
    const made = candidateDeliverable(this.#state)?.item ?? null;
    return made === null
      ? { subtaskId: '@synthesize', attempt: this.#state.syntheses + 1 }
      : { subtaskId: made.subtask.id, attempt: made.attempt };
  }

  /** Points in time that a reader of the trace wants to see: when it was taken up again, when people were asked. */
  #note(event: RunEvent, atMs: number): void {
    switch (event.type) {
      case 'run-resumed':
      case 'wait-began':
      case 'wait-ended':
      case 'cancel-requested':
      case 'plan-approved':
      case 'plan-denied':
        this.#moments.push({ name: event.type, atMs, attributes: {} });
        return;
      case 'approval-asked':
      case 'approval-given':
      case 'approval-denied': {
        const { subtaskId, attempt } = event.request;
        const attributes = { [planwright.subtask]: subtaskId, [planwright.attempt]: attempt };
        this.#moments.push({ name: event.type, atMs, attributes });
        return;
      }
      default:
        return;
    }
  }

  #openKeys(prefix: string): string[] {
    return [...this.#spans].filter(([key, { endMs }]) => endMs === null && key.startsWith(prefix)).map(([key]) => key);
  }

  #add(
    key: string,
    atMs: number,
    span: Pick<OpenSpan, 'name' | 'attributes' | 'started'> & Partial<Pick<OpenSpan, 'parentSpanId' | 'bounds'>>,
  ): void {
    if (this.#spans.has(key)) return;
    const { traceId, runId, rootRunId } = this.#place;
    const bounds = span.bounds ?? this.#spans.get(runKey);
    this.#spans.set(key, {
      parentSpanId: bounds?.spanId ?? null,
      ...span,
      bounds,
      attributes: { ...span.attributes, [planwright.runId]: runId, [planwright.rootRunId]: rootRunId },
      spanId: spanIdOf(traceId, 'run', runId, key),
      startMs: keepWithin({ startMs: atMs, endMs: atMs }, bounds).startMs,
      endMs: null,
    });
  }

  #end(key: string, atMs: number, { attributes = {}, ...ending }: Ending): void {
    const open = this.#spans.get(key);
    if (open === undefined || open.endMs !== null) return;
    const { spanId, parentSpanId, name, bounds, startMs } = open;
    const times = keepWithin({ startMs, endMs: atMs }, bounds);
    open.endMs = times.endMs;
    // What ends is asked only for its times from here on.
    delete open.started;
    this.#finished.push({
      traceId: this.#place.traceId,
      spanId,
      parentSpanId,
      name,
      kind: 'internal',
      ...times,
      attributes: { ...open.attributes, ...attributes },
      events: key === runKey ? this.#moments : [],
      ...ending,
    });
  }
}

const attemptKey = (subtaskId: string, attempt: number): string => `attempt/${attempt}/${subtaskId}`;
const verifyKey = (subtaskId: string, attempt: number): string => `verify/${attempt}/${subtaskId}`;
const deliverableKey = (subtaskId: string, attempt: number): string => `deliverable/${attempt}/${subtaskId}`;
const planKey = (attempt: number): string => `plan/${attempt}`;
const replanKey = (epoch: number): string => `replan/${epoch}`;
const synthesisKey = (n: number): string => `synthesize/${n}`;

/** Of calls that belong to no attempt (see CallScope); judges' ids name what they judge. */
function keyOfScope(subtaskId: string, attempt: number): string {
  if (/^@plan(?:\.\d+)?$/.test(subtaskId)) return planKey(attempt);
  if (subtaskId === '@replan') return replanKey(attempt);
  if (subtaskId === '@synthesize') return synthesisKey(attempt);
  const whose = /^@(?:critic|rubric)\.\d+\.(.*)$/s.exec(subtaskId)?.[1];
  if (whose === undefined) return runKey;
  if (whose === '@plan') return planKey(attempt);
  const delivered = /^@deliverable\.(.*)$/s.exec(whose)?.[1];
  return delivered === undefined ? verifyKey(whose, attempt) : deliverableKey(delivered, attempt);
}

function failed({ code, message }: { code: string; message: string }): Ending {
  return { errorType: code, readContent: messageOf(message) };
}

function finished(outcome: AttemptOutcome): Ending {
  return outcome.kind === 'failed' && !isWithdrawn(outcome) ? failed(outcome.error) : {};
}

/** Work that nobody wanted any more is no error. */
function isWithdrawn(outcome: AttemptOutcome): boolean {
  return outcome.kind === 'failed' && outcome.error.code === 'cancelled';
}

/** A refusal is the check's result, not its failure. */
function judged(verdict: Verdict): Ending {
  const against = kindsOf(verdict.evidence.filter(({ passed }) => !passed));
  return {
    attributes: {
      [planwright.verdict]: verdict.kind,
      [planwright.checks]: kindsOf(verdict.evidence),
      ...(against.length === 0 ? {} : { [planwright.failedChecks]: against }),
    },
    readContent: contentOfVerdict(verdict),
  };
}

function kindsOf(evidence: Verdict['evidence']): string[] {
  return [...new Set(evidence.map(({ check }) => check))];
}
