/** What a tool of the MCP server is: its schemas, what it does, and what it hands back. */
import type { z } from 'zod';
import { PlanwrightError } from '../../errors.ts';
import { describeIssues } from '../../team/schema-issues.ts';
import { dottedPath } from '../../team/team-problems.ts';
import type { RunDesk } from './run-desk.ts';

/** How far a call is. */
export interface CallProgress {
  done: number;
  /** Grows when a plan does. */
  total: number;
  message: string;
}

/** One call of a tool, as the client made it. */
export interface ServedCall {
  /** Aborts when the client cancels its request, and when it is gone. */
  signal: AbortSignal;
  report: (progress: CallProgress) => void;
}

/** `structured` is checked against the tool's output schema; `text` says the same for a reader. */
export interface ToolAnswer<Output> {
  structured: Output;
  text: string;
}

export interface ServedTool {
  name: string;
  title: string;
  description: string;
  input: z.ZodObject;
  output: z.ZodObject;
  /** Starts nothing and changes nothing. */
  readOnly: boolean;
  /** @throws {PlanwrightError} what the client is told as the tool's error. */
  answer: (desk: RunDesk, input: unknown, call: ServedCall) => Promise<ToolAnswer<Record<string, unknown>>>;
}

/** What a tool is declared with: its schemas give its work their types. */
export interface ToolDeclaration<Input extends z.ZodObject, Output extends z.ZodObject>
  extends Omit<ServedTool, 'input' | 'output' | 'answer'> {
  input: Input;
  output: Output;
  carryOut: (desk: RunDesk, input: z.output<Input>, call: ServedCall) => Promise<ToolAnswer<z.input<Output>>>;
}

export function declareTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  declaration: ToolDeclaration<Input, Output>,
): ServedTool {
  const { carryOut, ...declared } = declaration;
  return { ...declared, answer: (desk, input, call) => carryOut(desk, parseInput(declared, input), call) };
}

/** Problems that one message names. */
const maxShown = 5;

/** @throws {PlanwrightError} `usage`, with the path of what is wrong. */
function parseInput<Input extends z.ZodObject>(
  { name, input: schema }: { name: string; input: Input },
  input: unknown,
): z.output<Input> {
  const given = input ?? {};
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const findings = describeIssues(schema, given, parsed.error);
  const lines = findings.slice(0, maxShown).map(({ path, message }) => `${dottedPath(path) || 'the input'} ${message}`);
  const more = findings.length > maxShown ? ` (and ${findings.length - maxShown} more)` : '';
  throw new PlanwrightError('usage', `The tool "${name}" was called wrongly: ${lines.join('; ')}${more}.`);
}
