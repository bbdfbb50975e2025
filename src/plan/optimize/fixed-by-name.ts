import type { Plan } from '../plan.ts';

/**
 * Subtasks that stay as they are because others name them, by a `map` or by a reference in an instruction, and those that
 * name them: another subtask in their place would not be found.
 */
export function fixedByName({ subtasks }: Plan): Set<string> {
  const fixed = new Set<string>();
  for (const { id, instruction, dependsOn, map } of subtasks) {
    const refers = dependsOn.length > 0 && /\{\{|#E\d|\$\d/.test(instruction);
    if (map === undefined && !refers) continue;
    fixed.add(id);
    for (const dependency of refers ? dependsOn : [map?.over ?? '']) fixed.add(dependency);
  }
  return fixed;
}
