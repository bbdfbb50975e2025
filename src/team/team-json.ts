/** A team as the plain JSON that is stored with a run, and back. Stored data is checked as if it came from a stranger. */
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';
import type { Json } from '../json.ts';
import { acceptCheckSchema } from '../plan/plan.ts';
import { describeValue } from '../plan/quote-value.ts';
import { redactRulesSchema } from '../redact/redact-rules.ts';
import { findRole } from './find-role.ts';
import { copyPlain } from './plain-copy.ts';
import { mcpServerSchema, remoteAgentSchema, webAccessSchema } from './reach-schema.ts';
import { describeIssues } from './schema-issues.ts';
import type { Role, Team } from './team.ts';
import {
  allocationSchema,
  approvalSchema,
  gateWeightsSchema,
  modelSpecSchema,
  purposeSchema,
  roleNameSchema,
} from './team-definition.ts';
import { dottedPath, type Finding, teamProblemsError } from './team-problems.ts';

const count = z.int().min(1);
const allowance = z.int().nonnegative();
const checks = z.array(acceptCheckSchema);
const fallbackModels = z.array(modelSpecSchema).exactOptional();
const servers = z.record(z.string(), mcpServerSchema);

const roleSchema: z.ZodType<Role> = z.strictObject({
  name: roleNameSchema,
  description: z.string(),
  instructions: z.string(),
  skills: z.array(z.string()).exactOptional(),
  approval: approvalSchema.exactOptional(),
  tools: z.array(z.string()),
  mcp: servers.exactOptional(),
  webs: z.array(webAccessSchema).exactOptional(),
  model: modelSpecSchema.exactOptional(),
  fallbackModels,
  temperature: z.number().exactOptional(),
  limits: z.strictObject({
    concurrency: count.exactOptional(),
    maxSteps: count,
    callTimeoutMs: count,
    idleTimeoutMs: count.exactOptional(),
    attemptTimeoutMs: count.exactOptional(),
    toolTimeoutMs: count,
    maxOutputTokens: count.exactOptional(),
    handoffTokens: count.exactOptional(),
  }),
  accept: checks,
  fallback: z.array(z.string()),
  tool: z.string().exactOptional(),
  result: z.string().exactOptional(),
  output: z.record(z.string(), z.json()).exactOptional(),
  purpose: purposeSchema.exactOptional(),
  a2a: remoteAgentSchema.exactOptional(),
  team: z.lazy(() => resolvedTeamSchema).exactOptional(),
  share: z.number().positive().max(1).exactOptional(),
});

const modelLimits = z.strictObject({
  concurrency: count.exactOptional(),
  requestsPerMinute: z.number().positive().exactOptional(),
  tokensPerMinute: z.number().positive().exactOptional(),
});

const resolvedTeamSchema: z.ZodType<Team> = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  description: z.string(),
  model: modelSpecSchema.exactOptional(),
  fallbackModels,
  roles: z.record(roleNameSchema, roleSchema),
  generalist: roleSchema,
  planner: z.strictObject({
    model: modelSpecSchema.exactOptional(),
    fallbackModels,
    instructions: z.string().exactOptional(),
    maxSubtasks: count,
    maxOutputTokens: z.exactOptional(count),
    repairs: allowance,
    critic: z.string().exactOptional(),
  }),
  synthesizer: z.strictObject({
    model: modelSpecSchema.exactOptional(),
    fallbackModels,
    instructions: z.string().exactOptional(),
  }),
  accept: checks,
  limits: z.strictObject({
    retries: allowance,
    reroutes: allowance,
    replans: allowance,
    concurrency: count,
    perModel: z.record(modelSpecSchema, modelLimits),
    calls: count.exactOptional(),
    tokens: count.exactOptional(),
    usd: z.number().positive().exactOptional(),
    timeoutMs: count.exactOptional(),
    depth: count,
  }),
  mcp: servers.exactOptional(),
  web: webAccessSchema.exactOptional(),
  approvals: z.strictObject({ tools: z.array(z.string()) }).exactOptional(),
  allocation: allocationSchema.exactOptional(),
  gate: gateWeightsSchema.exactOptional(),
  pattern: z.strictObject({ name: z.string(), options: z.record(z.string(), z.json()) }).exactOptional(),
  requireCalibrated: z.strictObject({ maxFalseAccept: z.number() }).exactOptional(),
  workspace: z.strictObject({ skip: z.array(z.string()) }).exactOptional(),
  redact: redactRulesSchema.exactOptional(),
});

/** @throws {PlanwrightError} `team-invalid` when the team holds something that is not plain data. */
export function teamToJson(team: Team): Json {
  const copy = copyPlain(team);
  if (copy.kind === 'refused') throw refusal([copy.finding]);
  return copy.value;
}

/**
 * The team of `teamToJson`.
 * @throws {PlanwrightError} `team-invalid`: not a team, or written by a newer version.
 */
export function teamFromJson(json: unknown): Team {
  const copy = copyPlain(json);
  if (copy.kind === 'refused') throw refusal([copy.finding]);
  const version =
    typeof copy.value === 'object' && copy.value !== null && !Array.isArray(copy.value) ? copy.value.version : undefined;
  if (version !== 1) {
    const advice =
      typeof version === 'number' && version > 1 ? 'Use the newer Planwright that wrote it.' : 'This is not a stored team.';
    throw new PlanwrightError(
      'team-invalid',
      `A stored team has version ${describeValue(version)}; this Planwright knows version 1. ${advice}`,
      {
        location: { path: 'version' },
      },
    );
  }
  const parsed = resolvedTeamSchema.safeParse(copy.value);
  if (!parsed.success) throw refusal(describeIssues(resolvedTeamSchema, copy.value, parsed.error));
  const findings = findMisnamedRoles(parsed.data);
  if (findings.length > 0) throw refusal(findings);
  return parsed.data;
}

/** The value as a resolved team, or null when it is anything else: a definition, say. */
export function parseResolvedTeam(value: unknown): Team | null {
  const parsed = resolvedTeamSchema.safeParse(value);
  return parsed.success && findMisnamedRoles(parsed.data).length === 0 ? parsed.data : null;
}

/** Roles filed under another name than their own, and fallbacks to nobody, at every depth. */
function findMisnamedRoles(team: Team): Finding[] {
  return Object.entries(team.roles).flatMap(([key, role]): Finding[] => [
    ...(role.name === key
      ? []
      : [
          {
            path: ['roles', key, 'name'],
            message: `is ${describeValue(role.name)}, but the role stands under ${describeValue(key)}.`,
          },
        ]),
    ...role.fallback
      .filter((name) => findRole(team, name) === undefined)
      .map((name) => ({ path: ['roles', key, 'fallback'], message: `names ${describeValue(name)}, which is not a role.` })),
    ...(role.team === undefined
      ? []
      : findMisnamedRoles(role.team).map((finding) => ({ ...finding, path: ['roles', key, 'team', ...finding.path] }))),
  ]);
}

function refusal(findings: readonly Finding[]): PlanwrightError {
  return teamProblemsError(findings.map(({ path, message }) => ({ location: { path: dottedPath(path) }, message })));
}
