/**
 * What a pattern is: a published way of working as a team, over the same plan, scheduler, verifier and ledger as all others.
 *
 * 1. A pattern is pure: what it plans and how a plan grows follows from the task, the team, its options and the results.
 * 2. It adds subtasks and names the deliverable; it starts, verifies and repeats nothing itself.
 * 3. Every way of going on ends: after a number of subtasks that its options bound.
 */
import type { z } from 'zod';
import type { Json } from '../json.ts';
import type { JsonSchema, PlanProblem, Subtask } from '../plan/plan.ts';
import type { Team } from '../team/team.ts';
import type { TeamDefinition } from '../team/team-definition.ts';

export type PatternOptions = { [key: string]: Json };

export interface PatternTask<Options> {
  task: string;
  team: Team;
  options: Options;
  /** One line a file, where a folder was given. */
  files?: string;
  /** The tools of roles that are one tool, by the role, as far as they are known without a server and have something to work on. */
  tools?: ReadonlyMap<string, ToolOutline>;
  /** The form that the run's deliverable must have. */
  outputSchema?: JsonSchema;
}

/** What there is to know of a tool before it is called. */
export interface ToolOutline {
  name: string;
  description: string;
  /** In the order in which values without names are read. */
  fields: { name: string; isRequired: boolean; description?: string }[];
}

export interface PatternPlan {
  subtasks: Subtask[];
  deliverable?: string;
}

/** A subtask that has ended, or has a result already. */
export interface PatternResult {
  subtask: Subtask;
  status: 'succeeded' | 'failed' | 'skipped' | 'cancelled';
  /** null unless it succeeded. */
  output: Json;
  /** Why it has none. */
  error?: string;
}

export interface GrowthView<Options> extends PatternTask<Options> {
  /** Whose accepted result says how the plan goes on. */
  subtask: Subtask;
  output: Json;
  /** Every subtask that has ended, in the order in which they joined the plan, `subtask` aside. */
  results: readonly PatternResult[];
  /** Ids of all subtasks of the run: an added one is called otherwise. */
  ids: ReadonlySet<string>;
}

export interface Growth {
  add: Subtask[];
  /** What the run hands over from now on: an id that is there or added. */
  deliverable?: string;
  /** What the subtask's result is, where the answer that was read says more than that. */
  output?: Json;
}

/** A plan that a model writes in a form of its own, line by line. */
export interface PlanDialect<Options> {
  layOut(planning: PatternTask<Options>, before: { soFar: readonly Subtask[]; problems: readonly PlanProblem[] }): PromptTexts;
  /** Reads one answer. */
  read(planning: PatternTask<Options>, soFar: readonly Subtask[]): DialectReader;
}

export interface PromptTexts {
  instructions: string;
  prompt: string;
}

export interface DialectReader {
  /** @returns subtasks that are whole now. */
  push(text: string): Subtask[];
  /** What is left, once the answer has ended; subtasks that `push` gave are not given again. */
  end(): PatternPlan & { problems: PlanProblem[] };
}

export interface Pattern<Options = PatternOptions> {
  /** As in `--pattern NAME`. */
  name: string;
  /** One sentence. */
  summary: string;
  /** Who published it: `Xu et al. 2023, ReWOO`. */
  source: string;
  /** Model calls of a run in which nothing is done twice, in words: `1 + tasks + 1`. */
  calls: string;
  options: z.ZodType<Options>;
  /** The team that `--pattern NAME` runs without `--team`. */
  team: TeamDefinition;
  /** Roles that a team needs for it; with these options. */
  roles(options: Options): readonly string[];
  /** What the run begins with, without a model; or how a model writes it. */
  plan: ((planning: PatternTask<Options>) => PatternPlan) | PlanDialect<Options>;
  /**
   * What an accepted result of a subtask with `grow` adds. The message of what it throws goes back to the role that is
   * tried again.
   * @throws {PlanwrightError} `growth-refused` for a result that does not say how the plan goes on.
   */
  grow?(view: GrowthView<Options>): Growth;
}

/** Keeps the type of the options where a pattern is written; elsewhere they are what its schema has read. */
export function definePattern<Options>(pattern: Pattern<Options>): Pattern {
  return pattern as unknown as Pattern;
}
