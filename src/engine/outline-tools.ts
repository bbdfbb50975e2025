/** What the roles that are one tool take, for whoever plans with them. No server is started for it. */
import { z } from 'zod';
import type { Tool } from '../execute/tool.ts';
import type { Json } from '../json.ts';
import type { ToolOutline } from '../patterns/pattern.ts';
import { toolGroups } from '../team/defaults.ts';
import { isMcpReference } from '../team/reach.ts';
import type { Team } from '../team/team.ts';
import { listOwnTools } from './role-tools.ts';
import type { RunEnvironment } from './run-environment.ts';

/** By role. Tools of a folder are left out of a run that has none. @throws {PlanwrightError} `tool-unknown` */
export function outlineTools(env: Pick<RunEnvironment, 'tools' | 'servers' | 'files'>, team: Team): Map<string, ToolOutline> {
  const outlines = new Map<string, ToolOutline>();
  const hasFolder = env.files !== undefined || team.workspace !== undefined;
  for (const role of Object.values(team.roles)) {
    if (role.tool === undefined || isMcpReference(role.tool)) continue;
    const isGiven = env.tools.some(({ name }) => name === role.tool);
    if (!hasFolder && !isGiven && toolGroups.files?.includes(role.tool) === true) continue;
    const [tool] = listOwnTools(env, role, team);
    if (tool !== undefined) outlines.set(role.name, outline(tool));
  }
  return outlines;
}

function outline({ name, description, input, inputSchema }: Tool): ToolOutline {
  const { properties = {}, required = [] } = (inputSchema ?? z.toJSONSchema(input, { io: 'input' })) as {
    properties?: Record<string, { description?: Json }>;
    required?: string[];
  };
  const fields = Object.entries(properties).map(([field, { description: about }]) => ({
    name: field,
    isRequired: required.includes(field),
    ...(typeof about === 'string' ? { description: about } : {}),
  }));
  return { name, description, fields };
}
