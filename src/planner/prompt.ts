/** What the planner is told. The layout is fixed: a small model must manage it, and the offline model reads it by rule. */
import type { JSONSchema7 } from '@ai-sdk/provider';
import type { ReplanCause } from '../events.ts';
import { tag } from '../execute/context.ts';
import type { PlanProblem, Subtask } from '../plan/plan.ts';
import type { FixedSubtask } from '../schedule/command.ts';
import type { Team } from '../team/team.ts';

export interface PlanRequest {
  team: Team;
  task: string;
  /** One line a file: `path (N lines): title`. */
  files?: string;
  soFar: Subtask[];
  problems: PlanProblem[];
}

export interface ReplanRequest {
  team: Team;
  task: string;
  files?: string;
  cause: ReplanCause;
  frozen: Subtask[];
  fixed: FixedSubtask[];
  usedIds: string[];
  problems: PlanProblem[];
}

const planInstructions = `Split the task into the fewest subtasks that roles do well alone. dependsOn: only ids whose results it needs; the rest run at once. deliverable: the answer's id.
JSON only: {"subtasks":[{"id":"a","role":"…","instruction":"…","dependsOn":[],"assumes":[]}],"deliverable":"a"}`;

const replanInstructions = `A plan did not work out. Write subtasks that take the place of those in replace. They may depend on finished ids and on each other; ids in used_ids are taken. The last one gives the answer.
Answer with JSON only: {"subtasks":[{"id":"a","role":"…","instruction":"…","dependsOn":[],"assumes":[]}],"deliverable":"a"}`;

export function layOutPlanPrompt(request: PlanRequest): { instructions: string; prompt: string } {
  const { team, task, files, soFar, problems } = request;
  const parts = [tag('roles', listRoles(team))];
  if (files !== undefined) parts.push(tag('files', files));
  parts.push(tag('task', task));
  if (soFar.length > 0) parts.push(tag('so_far', JSON.stringify(soFar)), 'Go on with the remaining subtasks only.');
  if (problems.length > 0)
    parts.push(tag('problems', listProblems(problems)), 'Write the whole plan again without these problems.');
  return { instructions: withOwn(planInstructions, team), prompt: parts.join('\n') };
}

export function layOutReplanPrompt(request: ReplanRequest): { instructions: string; prompt: string } {
  const { team, task, files, cause, frozen, fixed, usedIds, problems } = request;
  const parts = [tag('roles', listRoles(team))];
  if (files !== undefined) parts.push(tag('files', files));
  parts.push(tag('task', task), tag('failure', describeCause(cause)));
  const finished = fixed.map(({ subtask, state }) => `${subtask.id} (${subtask.role}, ${state}): ${subtask.instruction}`);
  parts.push(tag('finished', finished.join('\n')), tag('replace', JSON.stringify(frozen)), tag('used_ids', usedIds.join(', ')));
  if (problems.length > 0) parts.push(tag('problems', listProblems(problems)), 'Write them again without these problems.');
  return { instructions: withOwn(replanInstructions, team), prompt: parts.join('\n') };
}

export function describeCause(cause: ReplanCause): string {
  if (cause.kind === 'subtask-failed') return `Subtask "${cause.subtaskId}" failed: ${cause.reason}`;
  return `The result of "${cause.subtaskId}" contradicts the assumption "${cause.assumption}": ${cause.evidence}`;
}

function listRoles(team: Team): string {
  return Object.values(team.roles)
    .map(
      ({ name, description, tools }) => `- ${name}: ${description}${tools.length === 0 ? '' : ` (tools: ${tools.join(', ')})`}`,
    )
    .join('\n');
}

function listProblems(problems: PlanProblem[]): string {
  const shown = problems.slice(0, 20).map(({ path, message }) => `- ${path === undefined ? '' : `${path}: `}${message}`);
  if (problems.length > shown.length) shown.push(`- … and ${problems.length - shown.length} more`);
  return shown.join('\n');
}

function withOwn(instructions: string, team: Team): string {
  return team.planner.instructions === undefined ? instructions : `${instructions}\n${team.planner.instructions}`;
}

/** Ids of a new plan. Without a form, small models write sentences for them. */
const newId = { type: 'string', pattern: '^[a-z0-9_-]{1,24}$' } as const;
/** Empty: the only sink, or all of them. */
const newDeliverable = { type: 'string', pattern: '^[a-z0-9_-]{0,24}$' } as const;
const anyText = { type: 'string' } as const;

/** Lists of a small model don't end by themselves. A wider join than this is planned in two levels. */
const mostDependencies = 64;
const mostAssumptions = 5;

/**
 * The schema that providers hold the planner to. Every property is required and nothing else is allowed, because some
 * providers' strict modes know no optional ones; of the bounds it uses those that strict modes know.
 * `ids`: `any` where the planner has to name ids that are there already, a file's say.
 */
export function planOutputSchema(roles: string[], ids: 'new' | 'any' = 'new'): JSONSchema7 {
  const id = ids === 'new' ? newId : anyText;
  return {
    type: 'object',
    properties: {
      subtasks: {
        type: 'array',
        ...(ids === 'new' ? { minItems: 1 } : {}),
        items: {
          type: 'object',
          properties: {
            id,
            role: { type: 'string', enum: roles },
            instruction: anyText,
            dependsOn: { type: 'array', items: id, ...(ids === 'new' ? { maxItems: mostDependencies } : {}) },
            assumes: { type: 'array', items: anyText, maxItems: mostAssumptions },
          },
          required: ['id', 'role', 'instruction', 'dependsOn', 'assumes'],
          additionalProperties: false,
        },
      },
      deliverable: ids === 'new' ? newDeliverable : anyText,
    },
    required: ['subtasks', 'deliverable'],
    additionalProperties: false,
  };
}
