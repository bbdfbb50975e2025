/** Every default value of a team, in one place. team.ts and docs/ quote these numbers. */
import type { AcceptCheck } from '../plan/plan.ts';
import { maxPlannedSubtasks } from '../plan/plan.ts';
import type { LadderLimits, Role, RoleLimits, RunLimits } from './team.ts';

/** Limits of one attempt of a role. A tool that has not answered after 30 s is an error the model sees. */
export const defaultRoleLimits: Readonly<RoleLimits> = {
  maxSteps: 12,
  callTimeoutMs: 300_000,
  toolTimeoutMs: 30_000,
  handoffTokens: 32_000,
};

/** One more try by the same role, one other role, one replan. */
export const defaultLadderLimits: Readonly<LadderLimits> = { retries: 1, reroutes: 1, replans: 1 };

/** No limit on calls, tokens, money or wall time unless one is given. */
export const defaultRunLimits: Readonly<RunLimits> = { ...defaultLadderLimits, concurrency: 8, perModel: {}, depth: 3 };

/** The most subtasks a planner may propose (200), and how often a bad plan is sent back. */
export const defaultPlannerLimits: Readonly<{ maxSubtasks: number; repairs: number }> = {
  maxSubtasks: maxPlannedSubtasks,
  repairs: 1,
};

/** A critic that accepts more of the known defects than this is called agreeable. */
export const defaultMaxFalseAccept = 0.1;

/** Left out of workspaces unless the team names others. */
export const defaultSkip: readonly string[] = ['node_modules', '.git', '.planwright'];

/** The name of the generalist when the team does not name one; a role with this name is taken for it. */
export const generalistName = 'generalist';

/** The preset used when no team is given. */
export const defaultPreset = 'research';

const wholeTask =
  'You carry out the whole task yourself, from start to finish. Use your tools where they help, check your result against every part of the task, and answer with the finished work only.';
const citing =
  'When files are given, take every statement from them and follow it with its citation, "exact quote" [path:line], copied word for word from that one line. For a part they do not answer write: Not found in the files: that part.';

/** The tool groups and their members, as a role may name them. */
export const toolGroups: Readonly<Record<string, readonly string[]>> = {
  files: ['files_list', 'files_read', 'files_search'],
  calc: ['calc'],
  check_plan: ['check_plan'],
  compose_text: ['compose_text'],
  fetch: ['fetch'],
  fetch_send: ['fetch_send'],
  workspace: ['write_file', 'replace_text', 'remove_file'],
  run_code: ['run_code'],
  run_program: ['run_program'],
};

export interface GeneralistParts {
  name?: string;
  /** Tools of the roles, sub-teams included; one name may occur many times. */
  tools: Iterable<string>;
  /** The team's checks on its deliverable. */
  accept: AcceptCheck[];
  limits: RoleLimits;
  instructions?: string;
}

/** The single agent: the whole deliverable is its task, the union of the team's tools is its own. */
export function makeGeneralist({ name = generalistName, tools, accept, limits, instructions }: GeneralistParts): Role {
  const union = uniteTools(tools);
  return {
    name,
    description: 'Does the whole task alone.',
    instructions: instructions ?? (union.some(readsFiles) ? `${wholeTask} ${citing}` : wholeTask),
    tools: union,
    limits: { ...limits },
    accept: structuredClone(accept),
    fallback: [],
  };
}

/** Each tool once, in the order of first mention; a tool that a named group holds is left out. */
function uniteTools(tools: Iterable<string>): string[] {
  const names = new Set(tools);
  const members = new Set([...names].flatMap((name) => membersOf(name).filter((member) => member !== name)));
  return [...names].filter((name) => !members.has(name));
}

/** With groups written out, each once. */
export function listTools(tools: Iterable<string>): string[] {
  return [...new Set([...tools].flatMap((name) => (Object.hasOwn(toolGroups, name) ? membersOf(name) : [name])))];
}

function readsFiles(tool: string): boolean {
  return tool === 'files' || tool.startsWith('files_');
}

/** Tool names come from files: nothing that objects inherit is a group. */
function membersOf(group: string): readonly string[] {
  return Object.hasOwn(toolGroups, group) ? (toolGroups[group] ?? []) : [];
}
