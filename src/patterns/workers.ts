/** The roles that a plan's text may name as tools: what they are called there, and what the planner is told of them. */
import { toRoleName } from '../interop/plan-text/role-name.ts';
import { isMcpReference } from '../team/reach.ts';
import type { PatternTask, ToolOutline } from './pattern.ts';

export interface Worker {
  role: string;
  /** As in a plan's text. */
  name: string;
  /** It is one tool, without a model. */
  isTool: boolean;
  description: string;
  /** Absent: not known. */
  fields?: ToolOutline['fields'];
}

type Planning = Pick<PatternTask<unknown>, 'team' | 'tools'>;

const written = /^[\p{L}_][\p{L}\p{N}_.-]{0,99}$/u;
const descriptionCharacters = 240;

/** All roles but those, and but tools that have nothing to work on; of one whose input is not known, what its role says. */
export function listWorkers({ team, tools }: Planning, except: readonly string[]): Worker[] {
  const others = [...except, team.planner.critic];
  const roles = Object.values(team.roles);
  const isAlone = (tool: string): boolean => roles.filter((role) => role.tool === tool).length === 1;
  return roles
    .filter(({ name, tool }) => !others.includes(name) && (tool === undefined || mayWork(tool, tools?.has(name))))
    .map(({ name, tool, description }) => {
      const outline = tools?.get(name);
      const said = description === name ? (outline?.description ?? '') : description;
      return {
        role: name,
        name: tool !== undefined && written.test(tool) && isAlone(tool) ? tool : name.replaceAll(' ', '_'),
        isTool: tool !== undefined,
        description: shorten(said),
        ...(outline === undefined ? {} : { fields: outline.fields }),
      };
    });
}

/** Of a server's tools nothing is known before they are called. */
function mayWork(tool: string, isKnown: boolean | undefined): boolean {
  return isKnown !== false || isMcpReference(tool);
}

/** By its own name, or as `toRoleName` makes one of it; `search_files` and `SearchFiles` are the same. */
export function findWorker(workers: readonly Worker[], tool: string): Worker | undefined {
  const name = toRoleName(tool);
  return (
    workers.find((worker) => worker.name === tool || worker.role === tool) ??
    workers.find((worker) => toRoleName(worker.name) === name || toRoleName(worker.role) === name)
  );
}

/** `files_search(query, limit?): Find …` @param brackets Of the dialect's calls. */
export function describeWorkers(workers: readonly Worker[], [open, close]: readonly [string, string]): string {
  return workers
    .map(({ name, isTool, description, fields }) => {
      const unknown = isTool ? 'input' : 'instruction';
      const named = fields?.map((field) => (field.isRequired ? field.name : `${field.name}?`)).join(', ') ?? unknown;
      return `- ${name}${open}${named}${close}${description === '' ? '' : `: ${description}`}`;
    })
    .join('\n');
}

/** Its first sentences, as far as they are short. */
function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= descriptionCharacters) return line;
  const end = line.lastIndexOf('. ', descriptionCharacters);
  return end > 0 ? line.slice(0, end + 1) : `${line.slice(0, descriptionCharacters - 1)}…`;
}
