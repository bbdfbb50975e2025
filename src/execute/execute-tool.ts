/** An attempt of a role that is one tool: the instruction is read as its input, and its result is the result. */
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';
import type { AttemptOutcome } from '../events.ts';
import type { Json } from '../json.ts';
import { readPath, valueAt } from '../value-path.ts';
import { keepResult } from './execute-subtask.ts';
import { fitInput } from './fit-input.ts';
import type { Tool } from './tool.ts';
import type { ToolInput } from './tool-input.ts';
import { callOnce, type ToolsetOptions } from './toolset.ts';

export interface ExecuteToolOptions extends Omit<ToolsetOptions, 'tools' | 'store'> {
  tool: Tool;
  input: ToolInput;
  /** Where in what the tool gives the result is. Default: it is the result. */
  result?: string | undefined;
  store: Parameters<typeof keepResult>[0] & ToolsetOptions['store'];
  signal: AbortSignal;
}

/** @throws {PlanwrightError} `tool-failed`; the signal's reason. */
export async function executeTool(options: ExecuteToolOptions): Promise<Extract<AttemptOutcome, { kind: 'succeeded' }>> {
  const { tool, input, signal, scope, store } = options;
  const read = fitInput(input, tool.inputSchema ?? z.toJSONSchema(tool.input));
  let output: Json;
  try {
    output = await callOnce(tool, read, signal, options);
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof PlanwrightError) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new PlanwrightError('tool-failed', `Tool "${tool.name}" failed: ${reason}`, { cause: thrown });
  }
  return { kind: 'succeeded', output: await keepResult(store, takeResult(tool, output, options.result), scope) };
}

function takeResult({ name }: Tool, output: Json, path: string | undefined): Json {
  if (path === undefined) return output;
  const found = valueAt(output, readPath(`.${path}`) ?? []);
  if (found !== undefined) return found;
  throw new PlanwrightError('tool-failed', `What tool "${name}" gave has no "${path}".`);
}
