/** What a tool is. `defineTool` is how a user makes one; the built-in ones are made the same way. */
import type { z } from 'zod';
import type { Json } from '../json.ts';
import type { JsonSchema } from '../plan/plan.ts';
import type { WorkspaceContext } from './workspace-context.ts';

/**
 * What happens when a call is made twice. `read`: nothing. `idempotent`: the same as once. `once`: harm; a call whose
 * outcome is unknown after a crash is not repeated.
 */
export type ToolEffect = 'read' | 'idempotent' | 'once';

export interface ToolContext {
  /** Aborts on cancellation and on the tool's timeout. */
  signal: AbortSignal;
  /** The folder given with `--files`; absent when none was. */
  filesRoot?: string;
  /** The attempt's own folder; absent in a run without workspaces. `filesRoot` is then this folder. */
  workspace?: WorkspaceContext;
}

export interface Tool {
  /** Letters, digits, `_` and `-`; at most 64. */
  name: string;
  description: string;
  effect: ToolEffect;
  /** A person approves every call before it acts. */
  approval?: 'required';
  input: z.ZodType;
  /** What the model is shown in place of the form of `input`. */
  inputSchema?: JsonSchema;
  /** @throws anything: the message goes back to the model as the tool's error. */
  execute(input: unknown, context: ToolContext): Promise<Json>;
  /**
   * Called with every result, made or replayed: puts the surroundings to where the call left them, and says what the model is
   * given of the result. Default: the result as it is.
   */
  settle?(result: Json, context: ToolContext): Promise<Json>;
}

export interface ToolDefinition<Schema extends z.ZodType> {
  name: string;
  description: string;
  /** Default `once`: the careful choice for a tool that says nothing. */
  effect?: ToolEffect;
  /** `required`: a person sees every call with its input, and approves it before it acts. Default: none is asked. */
  approval?: 'required';
  input: Schema;
  execute(input: z.infer<Schema>, context: ToolContext): Json | Promise<Json>;
}

/** Makes a tool; its input is parsed with `input` before `execute` sees it. */
export function defineTool<Schema extends z.ZodType>(definition: ToolDefinition<Schema>): Tool {
  return {
    name: definition.name,
    description: definition.description,
    effect: definition.effect ?? 'once',
    ...(definition.approval === undefined ? {} : { approval: definition.approval }),
    input: definition.input,
    execute: async (input, context) => definition.execute(definition.input.parse(input), context),
  };
}
