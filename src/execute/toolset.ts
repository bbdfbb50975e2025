/**
 * A role's tools as the AI SDK wants them: journaled, timed, their output measured. What a tool returns is data: it
 * reaches the model as a tool result and nothing else.
 */
import type { LanguageModelV4, LanguageModelV4Content } from '@ai-sdk/provider';
import { jsonSchema, tool as sdkTool, type ToolSet } from 'ai';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Store } from '../engine/store.ts';
import { type ErrorCode, PlanwrightError } from '../errors.ts';
import type { Contradiction } from '../events.ts';
import { toolCallKey } from '../ids.ts';
import type { Json } from '../json.ts';
import type { LiveDelta } from '../live.ts';
import type { CallScope } from '../model/call-record.ts';
import { callTool } from '../model/tool-journal.ts';
import { redactOutcome } from '../redact/redact-tool.ts';
import type { TextRedactor } from '../redact/redactor.ts';
import type { Approver } from './approver.ts';
import { defineTool, type Tool, type ToolContext } from './tool.ts';
import type { WorkspaceContext } from './workspace-context.ts';

/** Tool output beyond this many characters is handed over as its beginning and a pointer to the rest. */
const outputCharacters = 16_000;

const readResultName = 'read_result';
const noSources: ReadonlyMap<string, string> = new Map();

/** Errors that are not the model's to handle. */
const fatalCodes = new Set<ErrorCode>(['replay-mismatch', 'tool-outcome-unknown', 'store-corrupt']);

export interface ToolsetOptions {
  tools: Tool[];
  scope: CallScope;
  store: Pick<Store, 'findCall' | 'putCall'>;
  clock: Clock;
  timeoutMs: number;
  filesRoot?: string;
  workspace?: WorkspaceContext;
  onDelta?: (delta: LiveDelta) => void;
  /** Hears of every call that succeeded, once its record is in the journal. */
  onToolCall?: (call: { tool: string; key: string }) => void;
  /** Tools whose calls a person approves, besides those that say so themselves. */
  approvals?: ReadonlySet<string>;
  /** Absent: nobody can be asked, and calls that need it are refused. */
  approver?: Approver;
  /** What tools give is passed through it before the model or the journal has it. */
  redactor?: TextRedactor;
  /** Whole texts of results of other subtasks that the prompt shows cut, by name. */
  sources?: ReadonlyMap<string, string>;
}

/** Which call of which step a tool-call id of the model stands for. */
export interface ToolCallPlaces {
  /** Wraps a model so that the tool calls in its answers are numbered. */
  watch(model: LanguageModelV4): LanguageModelV4;
  placeOf(toolCallId: string): { step: number; toolIndex: number };
}

export function createToolCallPlaces(): ToolCallPlaces {
  const places = new Map<string, { step: number; toolIndex: number }>();
  let step = 0;
  let unknown = 0;
  const enter = (content: LanguageModelV4Content[]): void => {
    step += 1;
    let toolIndex = 0;
    for (const part of content) {
      if (part.type === 'tool-call') places.set(part.toolCallId, { step, toolIndex: toolIndex++ });
    }
  };
  return {
    watch: (model) => ({
      ...model,
      specificationVersion: 'v4',
      provider: model.provider,
      modelId: model.modelId,
      supportedUrls: model.supportedUrls,
      doStream: (options) => model.doStream(options),
      doGenerate: async (options) => {
        const result = await model.doGenerate(options);
        enter(result.content);
        return result;
      },
    }),
    placeOf: (toolCallId) => places.get(toolCallId) ?? { step, toolIndex: 1000 + unknown++ },
  };
}

export interface Toolset {
  tools: ToolSet;
  /** Aborts with the error when a call must not go on: its replay does not match, or a `once` call may have happened. */
  fatal: AbortSignal;
  /** The tools of the next step: read_result only once there is something to read on in. */
  activeTools(): string[];
}

export function createToolset(options: ToolsetOptions, places: ToolCallPlaces): Toolset {
  const set: ToolSet = {};
  const whole = new Map<string, string>();
  const fatal = new AbortController();
  const { sources = noSources } = options;
  const tools = options.tools.length === 0 && sources.size === 0 ? [] : [...options.tools, readResultTool(whole, sources)];
  for (const tool of tools) {
    set[tool.name] = sdkTool({
      description: tool.description,
      inputSchema: tool.inputSchema === undefined ? tool.input : jsonSchema(tool.inputSchema),
      execute: async (input: unknown, { toolCallId, abortSignal }) => {
        try {
          const output = await runTool(tool, input as Json, places.placeOf(toolCallId), abortSignal, options);
          // A page is as long as it may be.
          return tool.name === readResultName ? output : shorten(output, toolCallId, whole);
        } catch (thrown) {
          if (thrown instanceof PlanwrightError && fatalCodes.has(thrown.code)) fatal.abort(thrown);
          throw thrown;
        }
      },
    });
  }
  return {
    tools: set,
    fatal: fatal.signal,
    activeTools: () => Object.keys(set).filter((name) => name !== readResultName || whole.size + sources.size > 0),
  };
}

/** The built-in tool by which an executor says that an assumption of later work is untrue. */
export function reportContradictionTool(assumptions: string[], found: Contradiction[]): Tool {
  return defineTool({
    name: 'report_contradiction',
    description: 'Report that something you found contradicts an assumption of later work.',
    effect: 'idempotent',
    input: z.object({
      assumption: z.string().describe('The assumption, word for word.'),
      evidence: z.string().describe('What you found, with its source.'),
    }),
    execute: ({ assumption, evidence }) => {
      const known = assumptions.find((text) => text.trim() === assumption.trim());
      if (known === undefined) throw new Error(`Not an assumption of this plan. The assumptions are: ${assumptions.join(' | ')}`);
      found.push({ assumption: known, evidence: evidence.slice(0, 2000) });
      return 'Reported.';
    },
  });
}

/** One call of one tool without a model: the first of its attempt. @throws what the tool throws. */
export function callOnce(tool: Tool, input: Json, signal: AbortSignal, options: Omit<ToolsetOptions, 'tools'>): Promise<Json> {
  return runTool(tool, input, { step: 1, toolIndex: 0 }, signal, { ...options, tools: [tool] });
}

async function runTool(
  tool: Tool,
  input: Json,
  place: { step: number; toolIndex: number },
  signal: AbortSignal | undefined,
  options: ToolsetOptions,
): Promise<Json> {
  const { scope, store, clock, timeoutMs, onDelta, onToolCall } = options;
  const key = toolCallKey(scope, place.step, place.toolIndex);
  const { subtaskId, attempt } = scope;
  const end = options.approver?.begin();
  onDelta?.({ type: 'tool-started', subtaskId, attempt, tool: tool.name });
  let ok = false;
  try {
    const output = await callTool({
      key,
      name: tool.name,
      input,
      effect: tool.effect,
      scope,
      store,
      clock,
      ...(signal === undefined ? {} : { signal }),
      admit: (requestHash) => admit(tool, { call: `${place.step}/${place.toolIndex}`, input, requestHash }, signal, options),
      run: () => {
        const limit = AbortSignal.timeout(timeoutMs);
        const both = signal === undefined ? limit : AbortSignal.any([signal, limit]);
        const outcome = Promise.race([
          tool.execute(input, contextOf(options, both)),
          rejectOnAbort(both, tool, timeoutMs, limit),
        ]);
        return options.redactor === undefined ? outcome : redactOutcome(outcome, options.redactor);
      },
    });
    ok = true;
    onToolCall?.({ tool: tool.name, key });
    return (await tool.settle?.(output, contextOf(options, signal ?? AbortSignal.timeout(timeoutMs)))) ?? output;
  } finally {
    onDelta?.({ type: 'tool-ended', subtaskId, attempt, tool: tool.name, ok });
    end?.();
  }
}

/** Made for each call: a replay may have put the attempt's folder elsewhere. */
function contextOf({ filesRoot, workspace }: ToolsetOptions, signal: AbortSignal): ToolContext {
  if (workspace !== undefined) return { signal, filesRoot: workspace.folder, workspace };
  return filesRoot === undefined ? { signal } : { signal, filesRoot };
}

/** Why a call may not act, once everybody who has to was asked; null: it may. The tool's time does not run meanwhile. */
async function admit(
  tool: Tool,
  asked: { call: string; input: Json; requestHash: string },
  signal: AbortSignal | undefined,
  { approvals, approver, redactor }: ToolsetOptions,
): Promise<string | null> {
  const isNeeded = tool.approval === 'required' || approvals?.has(tool.name) === true || approver?.wasAsked(asked.call) === true;
  if (!isNeeded) return null;
  if (approver === undefined)
    return `Tool "${tool.name}" needs a person's approval, and nobody can be asked here. Do without it.`;
  const answer = await approver.ask({ ...asked, tool: tool.name }, signal ?? new AbortController().signal);
  if (answer.kind === 'approved') return null;
  const refusal = `${answer.by} did not approve this call of "${tool.name}": ${answer.reason}`;
  return redactor?.text(refusal) ?? refusal;
}

/** A tool that ignores its signal is left behind: the model gets an error and the run goes on. */
function rejectOnAbort(signal: AbortSignal, { name, effect }: Tool, timeoutMs: number, limit: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => {
      const late = `Tool "${name}" took longer than ${timeoutMs} ms and was stopped.`;
      if (!limit.aborted) reject(signal.reason);
      else if (effect === 'once')
        reject(
          new PlanwrightError('tool-outcome-unknown', `${late} Whether it acted is not known; look before you run it again.`),
        );
      else reject(new Error(late));
    };
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

function shorten(output: Json, toolCallId: string, whole: Map<string, string>): Json {
  const text = typeof output === 'string' ? output : JSON.stringify(output);
  if (text.length <= outputCharacters) return output;
  whole.set(toolCallId, text);
  return {
    truncated: true,
    characters: text.length,
    beginning: text.slice(0, outputCharacters),
    next: `Call read_result with {"result":"${toolCallId}","from":${outputCharacters}} for what follows.`,
  };
}

/** Of two with one name the subtask's result is read: the names of tool results come from outside. */
function readResultTool(whole: ReadonlyMap<string, string>, sources: ReadonlyMap<string, string>): Tool {
  const ofSubtasks = sources.size > 0;
  return defineTool({
    name: readResultName,
    description: ofSubtasks
      ? 'Read on in a result, of another subtask or of a tool, that was too long to be shown whole.'
      : 'Read on in a tool result that was too long to be shown whole.',
    effect: 'read',
    input: z.object({ result: z.string(), from: z.int().nonnegative() }),
    execute: ({ result, from }) => {
      const text = sources.get(result) ?? whole.get(result);
      if (text === undefined) throw new Error(`No long result is called "${result}".`);
      const part = text.slice(from, from + outputCharacters);
      return { from, characters: text.length, text: part };
    },
  });
}
