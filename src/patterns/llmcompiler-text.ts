/** LLMCompiler's calls as subtasks, and subtasks as its calls. */
import { readCallArguments, takeOffQuotes } from '../interop/plan-text/call-arguments.ts';
import { LlmCompilerReader, nameResults } from '../interop/plan-text/llmcompiler.ts';
import type { PlanStep } from '../interop/plan-text/plan-text.ts';
import type { Json } from '../json.ts';
import type { Subtask } from '../plan/plan.ts';
import { StepPlan, type StepReader } from './step-plan.ts';
import type { Worker } from './workers.ts';

/** Of a call's arguments, where others are shown the plan. */
const shownCharacters = 500;

export class CallReader implements StepReader {
  readonly #reader: LlmCompilerReader;

  /** @param earlier Ids of calls that stand already. */
  constructor(earlier: readonly string[]) {
    this.#reader = new LlmCompilerReader({ earlier });
  }

  push(text: string): PlanStep[] {
    return stepsOf(this.#reader.push(text));
  }

  end(): PlanStep[] {
    return stepsOf(this.#reader.end());
  }

  problems(): ReturnType<LlmCompilerReader['problems']> {
    return this.#reader.problems();
  }

  get hasJoined(): boolean {
    return this.#reader.hasJoined;
  }
}

function stepsOf(arrivals: ReturnType<LlmCompilerReader['push']>): PlanStep[] {
  return arrivals.flatMap((arrival) => (arrival.kind === 'step' ? [arrival.step] : []));
}

export function createCallPlan(reader: CallReader, workers: readonly Worker[], task: string): StepPlan {
  return new StepPlan({ reader, workers, instructionOf: (step, worker) => instructionOf(step, worker, task) });
}

/** `$1` as `{{1}}`, wherever it stands. A tool is given its values as JSON, a model as text, one a line. */
function instructionOf({ input, references }: PlanStep, { isTool, fields }: Worker, task: string): string {
  const known = new Set(references);
  const read = readCallArguments(input);
  if (read === null) return nameResults(takeOffQuotes(input), known);
  const { values, named } = read;
  const names = Object.entries(named);
  if (values.length + names.length === 0) return isTool ? '{}' : task;
  if (!isTool) {
    const lines = [...values.map(textOf), ...names.map(([name, value]) => `${name}: ${textOf(value)}`)];
    return nameResults(lines.join('\n'), known).trim() || task;
  }
  if (names.length === 0) return nameResults(values.map((value) => JSON.stringify(value)).join(', '), known);
  const positional = values.map((value, at): [string, Json] => [fields?.[at]?.name ?? `argument${at + 1}`, value]);
  return nameResults(JSON.stringify(Object.fromEntries([...positional, ...names])), known);
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** As in a plan's text, for whoever goes on with it. */
export function writeCalls(subtasks: readonly Subtask[], workers: readonly Worker[]): string {
  return callsOf(subtasks, workers, (text) => text).replace(/\{\{(\d+)\}\}/g, '$$$1');
}

/** For an instruction: `[1]` in place of `$1`, so that nothing in it is taken for a reference. */
export function showCalls(subtasks: readonly Subtask[], workers: readonly Worker[]): string {
  return callsOf(subtasks, workers, cut)
    .replace(/\{\{(\d+)\}\}/g, '[$1]')
    .replaceAll('{{', '{ {')
    .replace(/\$(?=\d)/g, '$ ');
}

function callsOf(subtasks: readonly Subtask[], workers: readonly Worker[], show: (text: string) => string): string {
  const nameOf = (role: string): string => workers.find((worker) => worker.role === role)?.name ?? role;
  return subtasks.map(({ id, role, instruction }) => `${id}. ${nameOf(role)}(${show(instruction)})`).join('\n');
}

function cut(text: string): string {
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`;
}
