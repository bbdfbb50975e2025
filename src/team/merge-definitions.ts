/** A preset under what its user wrote: lists and texts are replaced, mappings are merged, roles one by one. */
import type { CheckedDefinition, CheckedRole } from './team-definition.ts';

export function mergeDefinitions(base: CheckedDefinition, over: CheckedDefinition): CheckedDefinition {
  return {
    ...base,
    ...over,
    defaults: { ...base.defaults, ...over.defaults, limits: { ...base.defaults?.limits, ...over.defaults?.limits } },
    roles: mergeRoles(base.roles ?? {}, over.roles ?? {}),
    planner: { ...base.planner, ...over.planner },
    synthesizer: { ...base.synthesizer, ...over.synthesizer },
    ...(base.gate === undefined && over.gate === undefined ? {} : { gate: { ...base.gate, ...over.gate } }),
    limits: { ...base.limits, ...over.limits, perModel: { ...base.limits?.perModel, ...over.limits?.perModel } },
  };
}

function mergeRoles(
  base: Record<string, CheckedRole | null>,
  over: Record<string, CheckedRole | null>,
): Record<string, CheckedRole | null> {
  const merged: Record<string, CheckedRole | null> = { ...base };
  for (const [name, role] of Object.entries(over)) {
    const under = base[name];
    merged[name] = under && role ? { ...under, ...role, limits: { ...under.limits, ...role.limits } } : (role ?? under ?? null);
  }
  return merged;
}
