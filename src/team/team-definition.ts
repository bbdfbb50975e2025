/** What a person writes: the format of a team file and of `defineTeam`. Everything is optional except that some role must be there. */
import { z } from 'zod';
import { allocationNames } from '../allocate/allocation-strategy.ts';
import { acceptCheckSchema, maxFileSubtasks } from '../plan/plan.ts';
import { redactDefinitionSchema } from '../redact/redact-rules.ts';
import { readPath } from '../value-path.ts';
import { mcpServerSchema, serverNameSchema, webAccessSchema, writtenAgentSchema } from './reach-schema.ts';
import { hasMalformedSecret } from './secrets.ts';
import type { Team } from './team.ts';

/** The longest a timer can wait: 2³¹ − 1 ms, about 24.8 days. */
const maxTimeoutMs = 2_147_483_647;

/** Whole results of any size fit; products of it stay exact. */
const maxHandoffTokens = 1_000_000_000;

const count = z.int().min(1);
const allowance = z.int().nonnegative().max(1000);
const timeoutMs = z.int().min(1).max(maxTimeoutMs);
const line = z.string().min(1).max(1000);
const skill = z
  .string()
  .max(100)
  .refine((text) => text.trim() !== '', { error: 'must not be blank' });
const instructions = z.string().min(1).max(100_000);

export const modelSpecSchema = z
  .string()
  .min(1)
  .max(2000)
  .refine((spec) => !hasMalformedSecret(spec), {
    error: 'holds an {env:…} that is not {env:NAME} (letters, digits and _, not starting with a digit)',
  });

/** More stand-ins than this only make a failure slower. */
const fallbackModelsSchema = z.array(modelSpecSchema).max(10);

/** Letters and digits of any script, spaces, `_` and `-`, starting with a letter or digit; at most 64 characters. */
export const roleNameSchema = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} _-]{0,63}$/u, {
    error: 'is not a role name: use letters, digits, spaces, "_" and "-", at most 64, starting with a letter or digit',
  })
  .refine((name) => !(name in Object.prototype), { error: 'is a reserved word of JavaScript: choose another role name' });

export const roleLimitsSchema = z.strictObject({
  concurrency: count.optional(),
  maxSteps: count.max(1000).optional(),
  callTimeoutMs: timeoutMs.optional(),
  idleTimeoutMs: timeoutMs.optional(),
  attemptTimeoutMs: timeoutMs.optional(),
  toolTimeoutMs: timeoutMs.optional(),
  maxOutputTokens: count.optional(),
  handoffTokens: count.max(maxHandoffTokens).optional(),
});

export const modelLimitsSchema = z.strictObject({
  concurrency: count.optional(),
  requestsPerMinute: z.number().positive().optional(),
  tokensPerMinute: z.number().positive().optional(),
});

export const runLimitsSchema = z.strictObject({
  concurrency: count.optional(),
  calls: count.optional(),
  tokens: count.optional(),
  usd: z.number().positive().optional(),
  timeoutMs: timeoutMs.optional(),
  depth: count.max(16).optional(),
  retries: allowance.optional(),
  reroutes: allowance.optional(),
  replans: allowance.optional(),
  perModel: z.record(modelSpecSchema, modelLimitsSchema).optional(),
});

export const gateWeightsSchema = z.strictObject({
  successUsd: z.number().nonnegative().max(1e9).exactOptional(),
  hourUsd: z.number().nonnegative().max(1e9).exactOptional(),
  millionTokensUsd: z.number().nonnegative().max(1e6).exactOptional(),
  exploration: z.number().min(0).max(0.5).exactOptional(),
  halfLife: z.number().min(1).max(1e6).exactOptional(),
});

export const approvalSchema = z.literal('required');

/** What `defaults` may set for every role that does not say otherwise. */
const roleDefaultsSchema = z.strictObject({
  model: modelSpecSchema.optional(),
  /** Asked in this order when the model's provider fails; an empty list: none, whatever the team says. */
  fallbackModels: fallbackModelsSchema.optional(),
  temperature: z.number().min(0).max(2).optional(),
  tools: z.array(line).optional(),
  accept: z.array(acceptCheckSchema).optional(),
  limits: roleLimitsSchema.optional(),
});

const agentSchema = roleDefaultsSchema.extend({
  description: line.optional(),
  instructions: instructions.optional(),
  /** A person approves each attempt before it starts. */
  approval: approvalSchema.optional(),
});

export const allocationSchema = z.enum(allocationNames);

export const purposeSchema = z.enum(['execute', 'plan', 'replan', 'manage', 'verify', 'synthesize']);

const roleSchema = agentSchema.extend({
  /** What work of this role needs, and what lets it do others'. */
  skills: z.array(skill).max(100).optional(),
  /** The ready-made role to start from; what is given here replaces its parts. */
  preset: z.string().optional(),
  fallback: z.array(z.string()).optional(),
  /** A path to a team file, the name of a preset, or a team written in place. */
  team: z.union([z.string().min(1), z.record(z.string(), z.unknown())]).optional(),
  /** The address of an agent that does this role's work elsewhere. */
  a2a: writtenAgentSchema.optional(),
  /** Its work is one call of this tool, without a model. */
  tool: line.optional(),
  /** Where in the tool's result the role's result is: `value`, `hits.0.text`. */
  result: z
    .string()
    .min(1)
    .max(500)
    .refine((path) => readPath(`.${path}`) !== null, { error: 'is not a path: write keys and indexes with dots between them' })
    .optional(),
  /** The form of its answers, as a JSON Schema. */
  output: z.record(z.string(), z.json()).optional(),
  purpose: purposeSchema.optional(),
  /** Of a role that is a team: its part of this team's budgets. */
  share: z.number().positive().max(1).optional(),
});

export const teamDefinitionSchema = z.strictObject({
  version: z.literal(1).optional(),
  name: line.optional(),
  description: z.string().max(10_000).optional(),
  /** The ready-made team to start from: what is given here replaces its parts. */
  preset: z.string().optional(),
  model: modelSpecSchema.optional(),
  fallbackModels: fallbackModelsSchema.optional(),
  defaults: roleDefaultsSchema.optional(),
  /** By name; a role without a body gets its instructions from its name. */
  roles: z.record(roleNameSchema, roleSchema.nullable()).optional(),
  /** How it plans and goes on, by name, or with options: `{ name: debate, rounds: 3 }`. */
  pattern: z.union([line, z.looseObject({ name: line })]).optional(),
  /** The name of a role, or an agent written in place. */
  generalist: z.union([z.string(), agentSchema]).optional(),
  planner: z
    .strictObject({
      model: modelSpecSchema.optional(),
      fallbackModels: fallbackModelsSchema.optional(),
      instructions: instructions.optional(),
      maxSubtasks: count.max(maxFileSubtasks).optional(),
      maxOutputTokens: count.optional(),
      repairs: z.int().nonnegative().max(10).optional(),
      /** The role that has to accept a plan before anything of it runs. */
      critic: z.string().min(1).optional(),
    })
    .optional(),
  synthesizer: z
    .strictObject({
      model: modelSpecSchema.optional(),
      fallbackModels: fallbackModelsSchema.optional(),
      instructions: instructions.optional(),
    })
    .optional(),
  accept: z.array(acceptCheckSchema).optional(),
  limits: runLimitsSchema.optional(),
  /** Tools of which a person approves every call before it acts. */
  approvals: z.strictObject({ tools: z.array(line).max(1000).optional() }).optional(),
  /** By name; a role reaches a tool by naming it: `mcp:NAME/tool`. */
  mcp: z.record(serverNameSchema, mcpServerSchema).optional(),
  /** What `fetch` may ask. */
  web: webAccessSchema.optional(),
  /** Who takes a subtask that more than one role could do. */
  allocation: allocationSchema.optional(),
  gate: gateWeightsSchema.optional(),
  /** Approvals count only of critics that have been calibrated to `maxFalseAccept`. */
  requireCalibrated: z.boolean().optional(),
  maxFalseAccept: z.number().min(0).max(1).optional(),
  /** Patterns that are taken out of every text before a model or the store sees it. */
  redact: redactDefinitionSchema.optional(),
  /** Every attempt works in a folder of its own; its result is a patch. */
  workspace: z.strictObject({ skip: z.array(line).max(100).optional() }).optional(),
});

/** A definition that has passed the schema; a sub-team in it has not yet. */
export type CheckedDefinition = z.infer<typeof teamDefinitionSchema>;
export type CheckedRole = z.infer<typeof roleSchema>;
export type CheckedAgent = z.infer<typeof agentSchema>;

export interface RoleDefinition extends Omit<z.input<typeof roleSchema>, 'team'> {
  /** The name of a preset, a definition, or a team made by `defineTeam`. In a file also the path of another team file. */
  team?: string | TeamDefinition | Team;
}

export interface TeamDefinition extends Omit<z.input<typeof teamDefinitionSchema>, 'roles'> {
  roles?: Record<string, RoleDefinition | null>;
}
