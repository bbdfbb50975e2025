/** agents.yaml, field by field. */
import { toolGroups } from '../../team/defaults.ts';
import { roleNameSchema } from '../../team/team-definition.ts';
import { toRoleName } from '../plan-text/role-name.ts';
import type { CrewAgent } from './crew.ts';
import { carriedAgentFields, leftAgentFields } from './crew-fields.ts';
import type { CrewFile } from './crew-file.ts';
import { noteLeftFields } from './left-fields.ts';
import { toModelSpec } from './model-spec.ts';

export function readAgents(file: CrewFile): CrewAgent[] {
  const taken = new Set<string>();
  return Array.from(file.entries.keys(), (name) => readAgent(file, name, taken));
}

const textFields = ['role', 'goal', 'backstory'] as const;
/** Names that a role may have among its tools. */
const builtInTools = new Set([...Object.keys(toolGroups), ...Object.values(toolGroups).flat()]);

function readAgent(file: CrewFile, name: string, taken: Set<string>): CrewAgent {
  const [role = '', goal = '', backstory = ''] = textFields.map((key) => file.text(name, key));
  const missing = textFields.filter((_, at) => [role, goal, backstory][at] === '');
  if (missing.length > 0) file.note('missing-text', [name], () => `Agent "${name}" has no ${missing.join(', ')} here.`);
  const tools = file.texts(name, 'tools') ?? [];
  for (const [at, tool] of tools.entries()) {
    if (builtInTools.has(tool)) continue;
    file.note(
      'tool-in-python',
      [name, 'tools', at],
      () =>
        `The tool "${tool}" is the crew’s Python’s. Give the role one that does the same: of your own, of an MCP server, or built in.`,
    );
  }
  noteLeftFields(file, name, { carried: carriedAgentFields, left: leftAgentFields });
  const maxIterations = file.count(name, 'max_iter');
  const maxSeconds = file.count(name, 'max_execution_time');
  return {
    name,
    roleName: nameRole(file, name, taken),
    role: role || name,
    goal,
    backstory,
    ...readModel(file, name),
    tools,
    knownTools: tools.filter((tool) => builtInTools.has(tool)),
    ...(maxIterations === undefined ? {} : { maxIterations }),
    ...(maxSeconds === undefined ? {} : { maxSeconds }),
    ...(file.entries.get(name)?.['allow_delegation'] === undefined
      ? {}
      : { allowDelegation: file.flag(name, 'allow_delegation') }),
  };
}

function readModel(file: CrewFile, name: string): Pick<CrewAgent, 'llm' | 'model'> {
  const value = file.entries.get(name)?.['llm'];
  if (value === undefined || value === null) return {};
  const llm = typeof value === 'string' ? value.trim() : '';
  const model = toModelSpec(llm);
  if (model !== undefined) return { llm, model };
  const what = llm === '' ? 'What llm says is no model’s name.' : `The model "${llm}" is none that is known here.`;
  file.note('llm-unknown', [name, 'llm'], () => `${what} Give the role a model, or run with --model.`);
  return llm === '' ? {} : { llm };
}

function nameRole(file: CrewFile, name: string, taken: Set<string>): string {
  const base = roleNameSchema.safeParse(name).success ? name : toRoleName(name, 'agent');
  let roleName = base;
  for (let count = 2; taken.has(roleName); count++) roleName = `${base.slice(0, 58)}-${count}`;
  taken.add(roleName);
  if (roleName !== name) file.note('renamed-role', [name], () => `The role of agent "${name}" is called "${roleName}".`);
  return roleName;
}
