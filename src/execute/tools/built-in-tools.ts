/** The tools that every role may name without defining them, and what the names in a team file stand for. */
import { PlanwrightError } from '../../errors.ts';
import type { Tool } from '../tool.ts';
import { calcTool } from './calc.ts';
import { checkPlanTool } from './check-plan.ts';
import { composeTextTool } from './compose-text.ts';
import { filesTools } from './files-tools.ts';
import { runCodeTool, runProgramTool } from './run-tools.ts';
import { workspaceTools } from './workspace-tools.ts';

/** @param filesRoot the folder of the files tools. Default: the calling context's. */
export function builtInTools(filesRoot?: string): Tool[] {
  return [...filesTools(filesRoot), ...otherTools()];
}

function otherTools(): Tool[] {
  return [calcTool(), checkPlanTool(), composeTextTool(), ...workspaceTools(), runProgramTool(), runCodeTool()];
}

/**
 * The tools that `names` stand for, each once, in their order. `files` is the group of all files tools. A custom tool goes before a
 * built-in one of the same name.
 * @throws PlanwrightError `tool-unknown`.
 */
export function expandToolNames(names: string[], custom: Tool[]): Tool[] {
  // Most roles have none, and making the built-in ones takes a millisecond.
  if (names.length === 0) return [];
  const files = filesTools();
  const single = new Map([...files, ...otherTools(), ...custom].map((tool) => [tool.name, tool]));
  const groupOf = (members: Tool[]): Tool[] => members.map((tool) => single.get(tool.name) ?? tool);
  const groups = new Map<string, Tool[]>([
    ['files', groupOf(files)],
    ['workspace', groupOf(workspaceTools())],
  ]);
  const expanded = new Map<string, Tool>();
  for (const name of names) {
    const tool = single.get(name);
    const tools = tool === undefined ? groups.get(name) : [tool];
    if (tools === undefined) {
      const known = [...new Set([...groups.keys(), ...single.keys()])].join(', ');
      throw new PlanwrightError('tool-unknown', `Tool "${name}" is not known. Known tools: ${known}.`, { details: { name } });
    }
    for (const each of tools) expanded.set(each.name, each);
  }
  return [...expanded.values()];
}
