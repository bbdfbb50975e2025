/** Which role of a team does what, judged by its name, its description and its tools. */

export interface OfferedRole {
  name: string;
  description: string;
  /** Empty when the request names none. */
  tools: string[];
}

export interface ChosenRoles {
  research: string;
  /** undefined when no role but the researcher could check. */
  check?: string;
  write?: string;
  calculate?: string;
}

interface Skill {
  /** Words that a role with this skill has in its name, at their start. */
  words: RegExp;
  tool?: string;
}

const research: Skill = {
  words: /\b(?:research|retriev|search|find|analy|investigat|scout|explor|librarian|gather|reader)/i,
  tool: 'files_search',
};
const check: Skill = { words: /\b(?:critic|review|verif|check|audit|judge|inspect|fact)/i, tool: 'files_read' };
const write: Skill = { words: /\b(?:writ|edit|report|assembl|synthes|author|summar|compos|narrat)/i };
const calculate: Skill = { words: /\b(?:calc|math|arithm|comput|number|figure|quant)/i, tool: 'calc' };

/** `roles` as `<roles>` lists them; null when there are none. */
export function chooseRoles(roles: OfferedRole[]): ChosenRoles | null {
  const [first] = roles;
  if (first === undefined) return null;
  const writer = best(roles, write, 2);
  const checker = best(roles, check, 2, [writer?.name]);
  const others = [writer?.name, checker?.name];
  const researcher = best(roles, research, 1, others) ?? roles.find((role) => hasTool(role, 'files_search')) ?? first;
  const calculator = best(roles, calculate, 1) ?? roles.find((role) => hasTool(role, 'calc'));
  return {
    research: researcher.name,
    ...(checker !== undefined && checker.name !== researcher.name && canUse(checker, 'files_read')
      ? { check: checker.name }
      : {}),
    ...(writer !== undefined && writer.name !== researcher.name ? { write: writer.name } : {}),
    ...(calculator !== undefined && canUse(calculator, 'calc') ? { calculate: calculator.name } : {}),
  };
}

/** A name counts twice a description; at equal scores the first role wins. */
function best(roles: OfferedRole[], skill: Skill, atLeast: number, except: (string | undefined)[] = []): OfferedRole | undefined {
  let bestRole: OfferedRole | undefined;
  let bestScore = atLeast - 1;
  for (const role of roles) {
    if (except.includes(role.name)) continue;
    if (skill.tool !== undefined && !canUse(role, skill.tool)) continue;
    const name = role.name.replace(/([a-z])([A-Z])|[_-]/g, '$1 $2');
    const score =
      (skill.words.test(name) ? 3 : 0) +
      (skill.words.test(role.description) ? 1 : 0) +
      (skill.tool !== undefined && hasTool(role, skill.tool) ? 1 : 0);
    if (score > bestScore) {
      bestRole = role;
      bestScore = score;
    }
  }
  return bestRole;
}

/** A role whose tools are not listed may have any. */
function canUse(role: OfferedRole, tool: string): boolean {
  return role.tools.length === 0 || hasTool(role, tool);
}

function hasTool(role: OfferedRole, tool: string): boolean {
  return role.tools.includes(tool) || role.tools.includes(tool.split('_')[0] ?? tool);
}

const roleLine = /^\s*-\s+([^\s:]+):\s?(.*)$/;
const toolList = /\s*\(tools?:\s*([^()]*)\)\s*$/;

/** The lines `- name: description (tools: a, b)` of a `<roles>` section. */
export function readRoles(section: string): OfferedRole[] {
  return section.split('\n').flatMap((line): OfferedRole[] => {
    const match = roleLine.exec(line.slice(0, 5000));
    if (match?.[1] === undefined) return [];
    const description = match[2] ?? '';
    const tools = toolList.exec(description)?.[1] ?? '';
    const names = tools
      .split(',')
      .map((tool) => tool.trim())
      .filter((tool) => tool !== '');
    return [{ name: match[1], description: description.replace(toolList, ''), tools: names }];
  });
}
