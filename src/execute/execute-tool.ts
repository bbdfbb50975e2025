/** An attempt of a role that is one tool: the instruction is read as its input, and its result is the result. */
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';
import type { AttemptOutcome } from '../events.ts';
import type { Json } from '../json.ts';
import { keepResult } from './execute-subtask.ts';
import type { Tool } from './tool.ts';
import { callOnce, type ToolsetOptions } from './toolset.ts';

export interface ExecuteToolOptions extends Omit<ToolsetOptions, 'tools' | 'store'> {
  tool: Tool;
  /** As `readToolInput` takes it. */
  input: string;
  store: Parameters<typeof keepResult>[0] & ToolsetOptions['store'];
  signal: AbortSignal;
}

/** @throws {PlanwrightError} `tool-failed`; the signal's reason. */
export async function executeTool(options: ExecuteToolOptions): Promise<Extract<AttemptOutcome, { kind: 'succeeded' }>> {
  const { tool, input, signal, scope, store } = options;
  const read = readToolInput(tool, input);
  let output: Json;
  try {
    output = await callOnce(tool, read, signal, options);
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof PlanwrightError) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new PlanwrightError('tool-failed', `Tool "${tool.name}" failed: ${reason}`, { cause: thrown });
  }
  return { kind: 'succeeded', output: await keepResult(store, output, scope) };
}

/**
 * `{"query": "x"}` is the input itself; `"x", 2` and `x` are its values in the order of the tool's fields, of which the first takes
 * all of a text that is no list of JSON values.
 */
export function readToolInput({ input, inputSchema }: Tool, text: string): Json {
  const trimmed = text.trim();
  const whole = parse(trimmed);
  if (typeof whole === 'object' && whole !== null && !Array.isArray(whole)) return whole;
  const { properties = {} } = (inputSchema ?? z.toJSONSchema(input)) as { properties?: Record<string, { type?: Json }> };
  const names = Object.keys(properties);
  const listed = parse(`[${trimmed}]`);
  const values = Array.isArray(listed) && listed.length <= Math.max(1, names.length) ? listed : [trimmed];
  const named = names
    .slice(0, values.length)
    .map((name, at): [string, Json] => [name, fitText(values[at] ?? null, properties[name]?.type)]);
  return Object.fromEntries(named);
}

/** A field that wants text gets text. */
function fitText(value: Json, type: Json | undefined): Json {
  return type === 'string' && typeof value !== 'string' ? JSON.stringify(value) : value;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
