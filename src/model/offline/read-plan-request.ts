/** What a planning or replanning request says, section by section. */
import { z } from 'zod';
import type { OfferedRole } from './choose-roles.ts';
import { readRoles } from './choose-roles.ts';
import { parseJson } from './read-prompt.ts';
import { readSection } from './read-sections.ts';

export interface PlanRequest {
  roles: OfferedRole[];
  /** Paths, in the order given. */
  files: string[];
  task: string;
  /** Ids of subtasks that are accepted already. */
  soFar: string[];
}

export interface DraftSubtask {
  id: string;
  role: string;
  instruction: string;
  dependsOn: string[];
  assumes: string[];
}

export interface FinishedSubtask {
  id: string;
  role: string;
}

export interface ReplanRequest extends PlanRequest {
  failure: string;
  finished: FinishedSubtask[];
  replace: Omit<DraftSubtask, 'assumes'>[];
  usedIds: Set<string>;
}

const givenSubtask = z.object({
  id: z.string(),
  role: z.string().catch(''),
  instruction: z.string().catch(''),
  dependsOn: z.array(z.string()).catch([]),
});

export function readPlanRequest(text: string): PlanRequest {
  return {
    roles: readRoles(readSection(text, 'roles') ?? ''),
    files: readFiles(readSection(text, 'files') ?? ''),
    task: readSection(text, 'task') ?? '',
    soFar: readSubtasks(readSection(text, 'so_far')).map((subtask) => subtask.id),
  };
}

export function readReplanRequest(text: string): ReplanRequest {
  const finished = (readSection(text, 'finished') ?? '').split('\n').flatMap((line): FinishedSubtask[] => {
    const match = /^\s*(?:-\s+)?(\S+) \(([^)]*)\)/.exec(line.slice(0, 1000));
    return match?.[1] === undefined ? [] : [{ id: match[1], role: match[2] ?? '' }];
  });
  const usedIds = readIds(readSection(text, 'used_ids') ?? '');
  const known = finished.filter((subtask) => usedIds.size === 0 || usedIds.has(subtask.id));
  const request = readPlanRequest(text);
  const replace = readSubtasks(readSection(text, 'replace'));
  for (const subtask of [...finished, ...replace]) usedIds.add(subtask.id);
  return { ...request, failure: readSection(text, 'failure') ?? '', finished: known, replace, usedIds };
}

const fileLine = /^(.+?)(?: \(\d[\d,]* lines?\))(?::.*)?$/;

function readFiles(section: string): string[] {
  return section.split('\n').flatMap((line) => {
    const path = fileLine
      .exec(line.slice(0, 5000))?.[1]
      ?.replace(/^\s*-\s+/, '')
      .trim();
    return path === undefined || path === '' ? [] : [path];
  });
}

function readSubtasks(section: string | undefined): z.infer<typeof givenSubtask>[] {
  const value = parseJson(section ?? '');
  return Array.isArray(value) ? value.flatMap((item) => givenSubtask.safeParse(item).data ?? []) : [];
}

function readIds(section: string): Set<string> {
  const value = parseJson(section);
  const ids = Array.isArray(value) ? value.filter((id) => typeof id === 'string') : section.split(/[\s,]+/);
  return new Set(ids.filter((id) => id !== ''));
}
