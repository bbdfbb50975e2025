/**
 * A definition becomes a team: checked, merged with its preset, defaults filled in, sub-teams built the same way.
 * Every problem is collected; nothing throws for what a definition says. Reading files is the caller's, through `openTeam`.
 */

import type { AcceptCheck } from '../plan/plan.ts';
import { type RedactRules, resolveRedact, uniteRedact } from '../redact/redact-rules.ts';
import { buildPattern } from './build-pattern.ts';
import {
  defaultMaxFalseAccept,
  defaultPlannerLimits,
  defaultRunLimits,
  defaultSkip,
  generalistName,
  makeGeneralist,
} from './defaults.ts';
import { measureDepth } from './find-role.ts';
import { gatherReach } from './generalist-reach.ts';
import { mergeDefinitions } from './merge-definitions.ts';
import { placeServers } from './place-servers.ts';
import { copyPlain } from './plain-copy.ts';
import { findPreset, listPresets } from './presets.ts';
import type { LocatedValue } from './read-document.ts';
import { findCheckProblems, findReferenceProblems } from './reference-problems.ts';
import { resolveRole, resolveRoleLimits } from './resolve-role.ts';
import { findRolePreset, listRolePresets } from './role-presets.ts';
import { describeIssues, describeUnknown } from './schema-issues.ts';
import type { Role, RunLimits, Team } from './team.ts';
import {
  type CheckedAgent,
  type CheckedDefinition,
  type CheckedRole,
  type TeamDefinition,
  teamDefinitionSchema,
} from './team-definition.ts';
import { parseResolvedTeam } from './team-json.ts';
import type { Finding, PathSegment, TeamProblem } from './team-problems.ts';
import { withoutUndefined } from './without-undefined.ts';

/** Teams of one definition, sub-teams at every depth counted. */
const maxTeams = 64;

/** A sub-team's document, or why it cannot be had. `trail`: the files that led here, the team file first. */
export type OpenTeam = (
  reference: string,
  trail: readonly string[],
) => OpenedTeam | { kind: 'refused'; problems: TeamProblem[] } | { kind: 'unknown'; message: string };

export interface OpenedTeam {
  kind: 'opened';
  document: LocatedValue;
  trail: readonly string[];
}

export interface BuildOptions {
  /** Tool names that exist besides the built-in ones. Without them tool names are not checked. */
  tools?: readonly string[] | undefined;
  /** Where relative file names start. Default: the process's folder. */
  cwd?: string | undefined;
  openTeam: OpenTeam;
}

/** Where a definition stands: a document, and the path inside it. */
interface Place {
  document: LocatedValue;
  trail: readonly string[];
  path: readonly PathSegment[];
  /** 1 for the outermost team. */
  level: number;
}

interface Building {
  options: BuildOptions;
  problems: TeamProblem[];
  teams: number;
  maxDepth: number;
}

/** @returns the team, or null with at least one problem. */
export function buildTeam(
  opened: OpenedTeam,
  options: BuildOptions,
): { team: Team; problems: [] } | { team: null; problems: TeamProblem[] } {
  const building: Building = { options, problems: [], teams: 0, maxDepth: 0 };
  const team = buildDocument(opened, 1, building);
  if (team !== null && building.problems.length === 0) return { team, problems: [] };
  return { team: null, problems: building.problems };
}

function buildDocument({ document, trail }: OpenedTeam, level: number, building: Building): Team | null {
  const place: Place = { document, trail, path: [], level };
  const copy = copyPlain(document.value);
  if (copy.kind === 'refused') return refuse(building, place, copy.finding);
  return buildDefinition(copy.value, place, building);
}

function buildDefinition(value: unknown, place: Place, building: Building): Team | null {
  building.teams += 1;
  if (building.teams > maxTeams)
    return refuse(building, place, { path: [], message: `there are more than ${maxTeams} teams within teams` });
  if (value === null || value === undefined)
    return refuse(building, place, { path: [], message: 'the team is empty. It needs at least one role under "roles"' });
  if (isNewerVersion(value)) {
    return refuse(building, place, {
      path: ['version'],
      message: `version ${value.version} is newer than version 1, the one this Planwright knows. Use a newer Planwright`,
    });
  }
  const parsed = teamDefinitionSchema.safeParse(value);
  if (!parsed.success) {
    for (const finding of describeIssues(teamDefinitionSchema, value, parsed.error)) refuse(building, place, finding);
    return null;
  }
  const definition = applyPreset(parsed.data, place, building);
  return definition === null ? null : resolveDefinition(definition, place, building);
}

function applyPreset(definition: CheckedDefinition, place: Place, building: Building): CheckedDefinition | null {
  const { preset: name, ...over } = definition;
  if (name === undefined) return over;
  const preset = findPreset(name);
  if (preset === undefined)
    return refuse(building, place, { path: ['preset'], message: describeUnknown('preset', name, presetNames()) });
  return mergeDefinitions(teamDefinitionSchema.parse(preset), over);
}

/** Roles that name a preset, with it under what their author wrote. */
function applyRolePresets(definition: CheckedDefinition, place: Place, building: Building): CheckedDefinition {
  const roles = Object.entries(definition.roles ?? {}).map(([name, role]): [string, CheckedRole | null] => {
    if (role?.preset === undefined) return [name, role];
    const { preset: wanted, ...own } = role;
    const preset = findRolePreset(wanted);
    if (preset === undefined) {
      refuse(building, place, {
        path: ['roles', name, 'preset'],
        message: describeUnknown('role preset', wanted, listRolePresets()),
      });
      return [name, own];
    }
    const { team: _, ...under } = preset;
    return [name, { ...under, ...own, limits: { ...under.limits, ...own.limits } }];
  });
  return definition.roles === undefined ? definition : { ...definition, roles: Object.fromEntries(roles) };
}

function resolveDefinition(given: CheckedDefinition, place: Place, building: Building): Team | null {
  const definition = applyRolePresets(given, place, building);
  const limits = resolveRunLimits(definition.limits ?? {});
  if (place.level === 1) building.maxDepth = limits.depth;
  const problemsBefore = building.problems.length;
  const named = definition.roles ?? {};
  if (Object.keys(named).length === 0)
    return refuse(building, place, { path: ['roles'], message: 'is missing or empty: a team needs at least one role' });

  const defaults = definition.defaults ?? {};
  const roles: Record<string, Role> = {};
  for (const [name, role] of Object.entries(named)) {
    const team =
      role?.team === undefined
        ? undefined
        : buildSubTeam(role.team, { ...place, path: [...place.path, 'roles', name, 'team'] }, building);
    roles[name] = resolveRole(name, role ?? {}, defaults, team ?? undefined);
  }
  const accept = definition.accept ?? [];
  const mcp = definition.mcp === undefined ? undefined : placeServers(definition.mcp, place.trail.at(-1), building.options.cwd);
  const reach = withoutUndefined({ mcp, web: definition.web });
  const generalist = resolveGeneralist(definition, { roles, ...reach }, accept);

  const { tools } = building.options;
  for (const finding of findReferenceProblems(definition, generalist, { roles, tools })) refuse(building, place, finding);
  for (const finding of findCheckProblems(definition)) refuse(building, place, finding);
  const { choice: pattern, findings: patternProblems } = buildPattern(definition.pattern, roles);
  for (const finding of patternProblems) refuse(building, place, finding);
  if (building.problems.length > problemsBefore || generalist === null) return null;
  return {
    version: 1,
    name: definition.name ?? 'team',
    description: definition.description ?? '',
    ...withoutUndefined({ model: definition.model, fallbackModels: definition.fallbackModels }),
    roles,
    generalist,
    planner: { ...defaultPlannerLimits, ...withoutUndefined(definition.planner ?? {}) },
    synthesizer: withoutUndefined(definition.synthesizer ?? {}),
    accept,
    limits,
    ...reach,
    ...withoutUndefined({
      approvals: uniteApprovals(definition, roles),
      redact: gatherRedact(definition, roles),
      allocation: definition.allocation,
      pattern,
      gate: definition.gate,
    }),
    ...(definition.requireCalibrated === true
      ? { requireCalibrated: { maxFalseAccept: definition.maxFalseAccept ?? defaultMaxFalseAccept } }
      : {}),
    ...(definition.workspace === undefined ? {} : { workspace: { skip: definition.workspace.skip ?? [...defaultSkip] } }),
  };
}

function resolveRunLimits(limits: NonNullable<CheckedDefinition['limits']>): RunLimits {
  const perModel = Object.fromEntries(
    Object.entries(limits.perModel ?? {}).map(([model, own]) => [model, withoutUndefined(own)]),
  );
  return { ...defaultRunLimits, ...withoutUndefined(limits), perModel };
}

/** A named role, an agent written in place, a role that is called so, or one made of the whole team. null: it names no agent. */
function resolveGeneralist(
  definition: CheckedDefinition,
  { roles, ...reach }: Pick<Team, 'roles' | 'mcp' | 'web'>,
  accept: AcceptCheck[],
): Role | null {
  const given = definition.generalist;
  if (typeof given === 'string') {
    const role = roles[given];
    return role === undefined || !isOwnAgent(role) || definition.roles?.[given]?.team !== undefined ? null : role;
  }
  const own = roles[generalistName];
  if (given === undefined && own !== undefined) return isOwnAgent(own) ? own : null;
  const agent: CheckedAgent = given ?? {};
  const defaults = definition.defaults ?? {};
  const limits = resolveRoleLimits(agent, defaults);
  const { tools, ...outside } = agent.tools === undefined ? gatherReach({ roles, ...reach }) : { tools: agent.tools };
  const made = makeGeneralist({
    tools,
    accept: agent.accept ?? accept,
    limits,
    ...withoutUndefined({ instructions: agent.instructions }),
  });
  // It may be given all that the roles may do.
  const asks = Object.values(roles).some((role) => role.approval !== undefined);
  return {
    ...made,
    ...outside,
    ...withoutUndefined({
      approval: agent.approval ?? (asks ? 'required' : undefined),
      description: agent.description ?? made.description,
      model: agent.model ?? defaults.model,
      fallbackModels: agent.fallbackModels ?? defaults.fallbackModels,
      temperature: agent.temperature ?? defaults.temperature,
    }),
  };
}

/** It takes a whole task alone: a sub-team can't, nor a tool, and an agent elsewhere has nothing of what this team's roles reach. */
function isOwnAgent({ team, a2a, tool }: Role): boolean {
  return team === undefined && a2a === undefined && tool === undefined;
}

/** A tool that any team of the tree wants approved waits in all of them: the generalist has the tools of all. */
function uniteApprovals({ approvals }: CheckedDefinition, roles: Record<string, Role>): Team['approvals'] {
  const tools = new Set(approvals?.tools);
  for (const { team } of Object.values(roles)) for (const tool of team?.approvals?.tools ?? []) tools.add(tool);
  return tools.size === 0 ? undefined : { tools: [...tools] };
}

/** What any team of the tree redacts is redacted in the whole run: they hand each other results. */
function gatherRedact({ redact }: CheckedDefinition, roles: Record<string, Role>): RedactRules | undefined {
  const own = redact === undefined ? undefined : resolveRedact(redact);
  return uniteRedact([own, ...Object.values(roles).map(({ team }) => team?.redact)]);
}

function buildSubTeam(reference: NonNullable<CheckedRole['team']>, place: Place, building: Building): Team | null {
  const level = place.level + 1;
  if (level > building.maxDepth) {
    return refuse(building, place, {
      path: [],
      message: `this team is ${level} teams deep; limits.depth of the outermost team is ${building.maxDepth}`,
    });
  }
  if (typeof reference !== 'string') {
    const finished = parseResolvedTeam(reference);
    if (finished === null) return buildDefinition(reference, { ...place, level }, building);
    const depth = place.level + measureDepth(finished);
    if (depth <= building.maxDepth) return finished;
    return refuse(building, place, {
      path: [],
      message: `with this team there are ${depth} teams within each other; limits.depth of the outermost team is ${building.maxDepth}`,
    });
  }
  const preset: TeamDefinition | undefined = findPreset(reference);
  if (preset !== undefined) return buildDefinition(preset, { ...place, level }, building);
  const opened = building.options.openTeam(reference, place.trail);
  switch (opened.kind) {
    case 'opened':
      return buildDocument(opened, level, building);
    case 'refused':
      building.problems.push(...opened.problems);
      return null;
    case 'unknown':
      return refuse(building, place, { path: [], message: opened.message });
  }
}

function refuse(building: Building, place: Place, finding: Finding): null {
  const path = [...place.path, ...finding.path];
  const location = place.document.locate({ path, at: finding.at ?? 'value' });
  building.problems.push({ location, message: endSentence(finding.message) });
  return null;
}

function endSentence(message: string): string {
  return /[.!?…]$/.test(message) ? message : `${message}.`;
}

function isNewerVersion(value: unknown): value is { version: number } {
  return (
    typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'number' && value.version > 1
  );
}

function presetNames(): string[] {
  return listPresets().map(({ name }) => name);
}
