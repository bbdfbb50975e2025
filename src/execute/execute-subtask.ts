/** One attempt of one role at one subtask: perceive, reason, act, until it answers or a limit ends it. */
import { generateText, isStepCount } from 'ai';
import type { Clock } from '../clock.ts';
import type { Store } from '../engine/store.ts';
import { PlanwrightError } from '../errors.ts';
import type { AttemptOutcome, Contradiction, StoredValue } from '../events.ts';
import type { Json } from '../json.ts';
import type { LiveDelta } from '../live.ts';
import type { CallScope } from '../model/call-record.ts';
import { meterModel } from '../model/journal.ts';
import type { Limiter } from '../model/limiter.ts';
import type { Model } from '../model/model.ts';
import { toModelError } from '../model/model-error.ts';
import type { TextRedactor } from '../redact/redactor.ts';
import type { Role } from '../team/team.ts';
import type { Receipt } from '../verify/critic-verdict.ts';
import type { Approver } from './approver.ts';
import { limitAttempt } from './attempt-limit.ts';
import { type ExecutorContext, layOutContext } from './context.ts';
import type { Tool } from './tool.ts';
import { createToolCallPlaces, createToolset, reportContradictionTool } from './toolset.ts';
import type { WorkspaceContext } from './workspace-context.ts';

export interface ExecuteOptions {
  context: ExecutorContext;
  model: Model;
  /** Stand in for `model` when its provider fails. */
  fallbackModels?: readonly Model[];
  tools: Tool[];
  scope: CallScope;
  store: Store;
  limiter: Limiter;
  clock: Clock;
  signal: AbortSignal;
  filesRoot?: string;
  workspace?: WorkspaceContext;
  /** Handed to the model with every call; a model may ignore it. */
  seed?: number;
  onDelta?: (delta: LiveDelta) => void;
  /** Hears of every tool call that succeeded, once its record is in the journal. */
  onToolCall?: (receipt: Receipt) => void;
  /** Tools whose calls a person approves, besides those that say so themselves. */
  approvals?: ReadonlySet<string>;
  /** Absent: nobody can be asked, and calls that need it are refused. */
  approver?: Approver;
  /** What tools give is passed through it before the model or the journal has it. */
  redactor?: TextRedactor;
}

/**
 * The answer of the last step, as text, or as JSON when a schema was asked for.
 * @throws whatever ended the attempt: a PlanwrightError, or the signal's reason.
 */
export async function executeSubtask(options: ExecuteOptions): Promise<Extract<AttemptOutcome, { kind: 'succeeded' }>> {
  const { context, model, scope, store, limiter, clock, signal, onDelta } = options;
  const { role } = context;
  const contradictions: Contradiction[] = [];
  const tools = [...options.tools];
  const assumptions = [...(context.ownAssumptions ?? []), ...(context.assumptions ?? [])];
  if (assumptions.length > 0) tools.push(reportContradictionTool(assumptions, contradictions));
  const places = createToolCallPlaces();
  const shared = { scope, store, clock, ...(onDelta === undefined ? {} : { onDelta }) };
  const { callTimeoutMs, idleTimeoutMs } = role.limits;
  const metered = meterModel({
    ...shared,
    model,
    ...(options.fallbackModels === undefined ? {} : { fallbackModels: options.fallbackModels }),
    limiter,
    callTimeoutMs,
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
  });
  const limit = limitAttempt(role, clock);
  const filesRoot = options.filesRoot === undefined ? {} : { filesRoot: options.filesRoot };
  const watching = options.onToolCall === undefined ? {} : { onToolCall: options.onToolCall };
  const asking = {
    ...(options.approvals === undefined ? {} : { approvals: options.approvals }),
    ...(options.approver === undefined ? {} : { approver: limit.watch(options.approver) }),
  };
  const workspace = options.workspace === undefined ? {} : { workspace: options.workspace };
  const sources = context.sources === undefined ? {} : { sources: context.sources };
  const redacting = options.redactor === undefined ? {} : { redactor: options.redactor };
  const surroundings = { ...shared, ...filesRoot, ...workspace, ...watching, ...asking, ...sources, ...redacting };
  const toolset = createToolset({ ...surroundings, tools, timeoutMs: role.limits.toolTimeoutMs }, places);
  const { instructions, prompt } = layOutContext(context);
  const { maxSteps, maxOutputTokens } = role.limits;
  let isLastStep = false;
  try {
    const result = await generateText({
      model: places.watch(metered),
      instructions,
      prompt,
      tools: toolset.tools,
      stopWhen: isStepCount(maxSteps),
      prepareStep: ({ stepNumber }) => {
        isLastStep = stepNumber === maxSteps - 1;
        // The last step has to answer with what it has.
        return { activeTools: toolset.activeTools(), ...(isLastStep && maxSteps > 1 ? { toolChoice: 'none' as const } : {}) };
      },
      abortSignal: AbortSignal.any([signal, toolset.fatal, limit.signal]),
      maxRetries: 0,
      ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
      ...(role.temperature === undefined ? {} : { temperature: role.temperature }),
      ...(options.seed === undefined ? {} : { seed: options.seed }),
    });
    refuseOwnContradiction(context, contradictions);
    const output = readAnswer(result.text, result.finishReason, context);
    return {
      kind: 'succeeded',
      output: await keepResult(store, output, scope),
      ...(contradictions.length === 0 ? {} : { contradictions }),
    };
  } catch (thrown) {
    if (toolset.fatal.aborted) throw toolset.fatal.reason;
    signal.throwIfAborted();
    limit.signal.throwIfAborted();
    // The AI SDK refuses tool calls where none are allowed; the model's answer itself was fine.
    if (isLastStep && metered.failure() === undefined && !(thrown instanceof PlanwrightError)) throw stepLimit(role);
    throw toModelError(metered.failure() ?? thrown, model.spec);
  } finally {
    limit.stop();
    await metered.drain();
  }
}

/** @throws {PlanwrightError} `value-too-large`, written for the executor that tries again. */
export async function keepResult(
  store: Pick<Store, 'putValue'>,
  output: Json,
  { subtaskId, attempt }: CallScope,
): Promise<StoredValue> {
  try {
    return await store.putValue(output);
  } catch (thrown) {
    if (!(thrown instanceof PlanwrightError) || thrown.code !== 'value-too-large') throw thrown;
    const message = `The result of attempt ${attempt} at "${subtaskId}" can't be kept. ${thrown.message}`;
    throw new PlanwrightError('value-too-large', message, { cause: thrown });
  }
}

/** What an executor finds untrue of its own subtask's assumptions makes its result worthless. */
function refuseOwnContradiction({ ownAssumptions, instruction }: ExecutorContext, found: Contradiction[]): void {
  const own = found.find(({ assumption }) => ownAssumptions?.includes(assumption));
  if (own === undefined) return;
  const message = `"${instruction.slice(0, 80)}" assumes: ${own.assumption} But: ${own.evidence}`;
  throw new PlanwrightError('assumption-contradicted', message, { details: { ...own } });
}

function readAnswer(text: string, finishReason: string, context: ExecutorContext): Json {
  if (text.trim() === '') {
    if (finishReason === 'tool-calls') throw stepLimit(context.role);
    throw new PlanwrightError('model-output-invalid', `Role "${context.role.name}" answered with nothing (${finishReason}).`);
  }
  if (finishReason === 'length') {
    throw new PlanwrightError(
      'model-output-invalid',
      `The answer was cut off at the output limit. Be briefer, or raise limits.maxOutputTokens.`,
    );
  }
  return context.outputSchema === undefined ? text : (parseJsonAnswer(text) ?? text);
}

function stepLimit({ name, limits }: Role): PlanwrightError {
  return new PlanwrightError(
    'step-limit',
    `Role "${name}" used its ${limits.maxSteps} steps without an answer. Raise limits.maxSteps.`,
  );
}

/** JSON that stands alone or in a code fence; undefined when there is none. */
export function parseJsonAnswer(text: string): Json | undefined {
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(text);
  try {
    return JSON.parse(fenced?.[1] ?? text) as Json;
  } catch {
    return undefined;
  }
}
