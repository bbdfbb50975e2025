/**
 * Work that nobody is named for: a manager lists it, each piece is given out by the team's allocation when it is about to start,
 * and a reporter puts the results together. What contract nets and response thresholds have in common.
 */
import { z } from 'zod';
import type { AllocationName } from '../allocate/allocation-strategy.ts';
import { PlanwrightError } from '../errors.ts';
import type { Subtask } from '../plan/plan.ts';
import type { TeamDefinition } from '../team/team-definition.ts';
import type { Growth, GrowthView, PatternPlan, PatternTask } from './pattern.ts';
import { formOf, readAnswer, refuseAnswer } from './read-answer.ts';

export const workOptions = z.strictObject({
  manager: z.string().default('manager'),
  /** Kinds of work: who does a piece of one is whoever has its skills and tools. */
  workers: z.array(z.string()).min(1).max(64),
  reporter: z.string().default('reporter'),
  /** The most pieces. */
  pieces: z.int().min(1).max(100).default(20),
});
export type WorkOptions = z.infer<typeof workOptions>;

const workSchema = z.object({
  work: z.array(
    z.object({
      instruction: z.string().min(1),
      /** Numbers of earlier pieces, from 1, whose results it needs. */
      after: z.array(z.int().min(1)),
      /** The kind of work; '' when any will do. */
      kind: z.string(),
    }),
  ),
});

/** @throws {PlanwrightError} `team-invalid` for a team that gives out work in another way. */
export function announceWork(
  { task, team, options: { manager, workers, pieces } }: PatternTask<WorkOptions>,
  allocations: readonly AllocationName[],
): PatternPlan {
  if (!allocations.includes(team.allocation ?? 'assigned')) {
    throw new PlanwrightError(
      'team-invalid',
      `The pattern gives work out by the team's allocation, and "${team.name}" has "${team.allocation ?? 'assigned'}". Add to the team: allocation: ${allocations.join(' or ')}`,
    );
  }
  return {
    subtasks: [
      {
        id: 'announce',
        role: manager,
        instruction: `List the pieces of work that this task takes, at most ${pieces}, each with all that is needed to do it. What needs the result of an earlier piece names its number in "after". Kinds of work: ${workers.join(', ')}; leave "kind" empty where any will do.\n\n${task}`,
        dependsOn: [],
        grow: true,
      },
    ],
  };
}

const pieceId = (number: number): string => `work-${number}`;

export function giveOut({ subtask, output, task, options }: GrowthView<WorkOptions>): Growth {
  const { workers, reporter, pieces } = options;
  const { work } = readAnswer(output, workSchema, subtask.role);
  if (work.length === 0) refuseAnswer('The list of work is empty. A task that can’t be divided is one piece.');
  if (work.length > pieces)
    refuseAnswer(`You list ${work.length} pieces of work; at most ${pieces} are allowed. Make larger ones.`);
  const add = work.map(({ instruction, after, kind }, at): Subtask => {
    const unknown = after.find((number) => number > at);
    if (unknown !== undefined) refuseAnswer(`Piece ${at + 1} names piece ${unknown} in "after", which is no earlier one.`);
    if (kind !== '' && !workers.includes(kind))
      refuseAnswer(`Piece ${at + 1} is of the kind "${kind}". Kinds: ${workers.join(', ')}.`);
    return {
      id: pieceId(at + 1),
      role: kind === '' ? (workers[at % workers.length] ?? '') : kind,
      instruction,
      dependsOn: [...new Set(after)].map(pieceId),
    };
  });
  const report: Subtask = {
    id: 'report',
    role: reporter,
    instruction: `${task}\n\nIts pieces were done by others. Put what they came to together into the answer to the whole.`,
    dependsOn: add.map(({ id }) => id),
  };
  return { add: [...add, report], deliverable: report.id };
}

export interface WorkingTeam {
  description: string;
  allocation: AllocationName;
  /** Of the manager, less that it does none of the work itself. */
  lists: string;
  workers: readonly string[];
}

/** Workers that can do each other's work, one that lists it and one that puts it together. */
export function makeWorkingTeam({ description, allocation, lists, workers }: WorkingTeam): TeamDefinition {
  const worker = {
    description: 'Does a piece of work.',
    instructions: 'You do the piece of work that you are given, whole and to the point.',
    tools: ['files', 'calc'],
    skills: ['work'],
    limits: { concurrency: 2 },
  };
  return {
    name: allocation,
    description,
    allocation,
    roles: {
      manager: {
        description: 'Says what work a task takes.',
        instructions: `${lists} You do none of it yourself.`,
        tools: ['files'],
        output: formOf(workSchema),
        purpose: 'plan',
      },
      ...Object.fromEntries(workers.map((name) => [name, worker])),
      reporter: {
        description: 'Puts results together.',
        instructions: 'You put results together from what you are given only. Say where they disagree and what is missing.',
        purpose: 'synthesize',
      },
    },
  };
}
