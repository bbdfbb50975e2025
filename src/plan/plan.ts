/** What a plan is: the file format of `--plan`, the output of a planner, the input of the scheduler. */
import { z } from 'zod';
import type { Json } from '../json.ts';

const oneOrMore = z.union([z.string(), z.array(z.string())]);

/** A condition on a text: every given field must hold. A result that is JSON is tested as its compact JSON text. */
export const predicateSchema = z.strictObject({
  /** Each of these occurs in the text, upper and lower case alike. */
  contains: oneOrMore.optional(),
  /** None of these occurs. */
  notContains: oneOrMore.optional(),
  /** An RE2 expression (linear time; no backreferences or lookaround) that finds a match. */
  matches: z.string().optional(),
  notMatches: z.string().optional(),
  /** Length in characters. */
  minLength: z.int().nonnegative().optional(),
  maxLength: z.int().nonnegative().optional(),
});
export type Predicate = z.infer<typeof predicateSchema>;

/** The result is code, and tests run in a sandbox decide. See docs/verification.md. */
export const codeCheckSchema = z.strictObject({
  kind: z.literal('code'),
  language: z.enum(['javascript', 'typescript', 'python']),
  /** In the solution's own scope, or with `solutionFile` a file of their own. */
  tests: z.string().min(1).max(200_000),
  /** The tests import the solution from this file beside them: `solution.mjs`, `solution.ts`, `solution.py`. */
  solutionFile: z
    .string()
    .max(100)
    .regex(/^[A-Za-z_][\w-]*\.(?:[cm]?[jt]s|py)$/)
    .optional(),
  /** Packages that solution and tests may import; the host has a folder that they are taken from. */
  packages: z.array(z.string().min(1).max(214)).max(50).optional(),
  /** Wall time. Default 10,000. */
  timeoutMs: z.int().min(100).max(600_000).optional(),
  /** Of all processes together. Default 256. */
  memoryMb: z.int().min(16).max(8192).optional(),
  /** Default 1,000,000. */
  outputBytes: z.int().min(1000).max(100_000_000).optional(),
  /** Default: the isolate where the code can run in it, else bubblewrap. */
  sandbox: z.enum(['isolate', 'bubblewrap']).optional(),
});
export type CodeCheck = z.infer<typeof codeCheckSchema>;

/** What a result must pass before it is accepted. */
export const acceptCheckSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('schema'), schema: z.record(z.string(), z.json()) }),
  predicateSchema.extend({ kind: z.literal('predicate') }),
  /** Every `"quote" [file:line]` of the result stands in its file; at least `min` of them (default 0). */
  z.strictObject({ kind: z.literal('quotes'), min: z.int().nonnegative().optional() }),
  /** A file of the attempt's workspace: it is there, and its text meets the conditions. */
  predicateSchema.extend({ kind: z.literal('file'), path: z.string().min(1).max(1000) }),
  /** A program that succeeds on the attempt's files: `node` or `python` and its arguments, in a sandbox. */
  z.strictObject({
    kind: z.literal('command'),
    run: z.tuple([z.enum(['node', 'python'])], z.string().max(2000)).refine((words) => words.length <= 50),
    timeoutMs: z.int().min(100).max(600_000).optional(),
    memoryMb: z.int().min(16).max(8192).optional(),
  }),
  codeCheckSchema,
  /** A role of the team tries to refute the result with its tools; default: the role `critic`. `focus`: where it looks first. */
  z.strictObject({ kind: z.literal('critic'), role: z.string().min(1).optional(), focus: z.string().min(1).optional() }),
  /** A model grades the result: yes or no, or with `threshold` a score from 0 to 1. `model`: a spec; default the team's. */
  z.strictObject({
    kind: z.literal('rubric'),
    rubric: z.string().min(1),
    threshold: z.number().min(0).max(1).optional(),
    model: z.string().min(1).optional(),
  }),
]);
export type AcceptCheck = z.infer<typeof acceptCheckSchema>;

/**
 * What must hold for this subtask to make sense. A sentence is shown to the executors whose results it rests on, which
 * report a contradiction by tool; an object is tested against the named subtask's accepted result without a model.
 */
export const assumptionSchema = z.union([
  z.string().min(1),
  z.strictObject({ subtask: z.string(), holds: predicateSchema, text: z.string().optional() }),
]);
export type Assumption = z.infer<typeof assumptionSchema>;

export const estimateSchema = z.strictObject({
  durationMs: z.number().nonnegative().optional(),
  tokens: z.number().nonnegative().optional(),
  /** Probability that one attempt is right, given right inputs. */
  p: z.number().min(0).max(1).optional(),
});
export type Estimate = z.infer<typeof estimateSchema>;

/** The most items that a mapped subtask may be asked to run over, and its default. */
export const maxMapItems = 10_000;
export const defaultMapItems = 200;

/** The subtask runs once for each item of a list that a subtask before it gives; its result is the list of their results. */
export const mapSchema = z.strictObject({
  /** The dependency that gives the list. */
  over: z.string().min(1),
  /** Where in its result: keys and indexes with dots between them. Default: the result itself. */
  path: z.string().min(1).max(500).optional(),
  /** Longer lists are refused. Default 200. */
  max: z.int().min(1).max(maxMapItems).optional(),
});
export type MapOver = z.infer<typeof mapSchema>;

export const subtaskSchema = z.strictObject({
  /** Unique in its run and never reused, not even by a replan. */
  id: z.string().min(1).max(200),
  role: z.string().min(1),
  instruction: z.string().min(1),
  /** Ids of the subtasks whose results this one is given; they finish first. */
  dependsOn: z.array(z.string()).default([]),
  accept: z.array(acceptCheckSchema).optional(),
  assumes: z.array(assumptionSchema).optional(),
  estimate: estimateSchema.optional(),
  map: mapSchema.optional(),
  /** Its accepted result goes to the team's pattern, which may add subtasks; only then has it succeeded. */
  grow: z.literal(true).optional(),
  /** It starts also when some of its dependencies have failed, and is told which. */
  evenIfFailed: z.literal(true).optional(),
  /** The run is whole without it: that it gave no result makes no partial run. */
  optional: z.literal(true).optional(),
});
/** One unit of work for one role. */
export interface Subtask {
  id: string;
  role: string;
  instruction: string;
  dependsOn: string[];
  accept?: AcceptCheck[];
  assumes?: Assumption[];
  estimate?: Estimate;
  map?: MapOver;
  grow?: true;
  evenIfFailed?: true;
  optional?: true;
}

/** A plan: its subtasks, in any order, and which one's result is handed over. */
export interface Plan {
  version: 1;
  task: string;
  /** Default: the only sink; with several sinks their results are synthesized by one call. */
  deliverable?: string;
  /** Names of `{placeholders}` that have to be given before it runs; see fillInputs. Default: none. */
  inputs?: string[];
  subtasks: Subtask[];
}

/** The most subtasks a planner may propose, and a file may hold. */
export const maxPlannedSubtasks = 200;
export const maxFileSubtasks = 100_000;

export type ProblemCode =
  | 'malformed'
  | 'empty'
  | 'too-large'
  | 'too-deep'
  | 'duplicate-id'
  | 'self-dependency'
  | 'unknown-dependency'
  | 'cycle'
  | 'unknown-role'
  | 'unreachable'
  | 'unknown-deliverable'
  /** A planner's plan that the team's plan critic has refuted; `planwright check` never gives it. */
  | 'refuted';

/** One thing wrong with a plan, and where. */
export interface PlanProblem {
  code: ProblemCode;
  message: string;
  subtaskId?: string;
  /** Dotted path in the document: `subtasks.3.dependsOn.0`. */
  path?: string;
  /** Line in the file, from 1. */
  line?: number;
}

/** A plan's structure, from the graph and its estimates alone. */
export interface PlanShape {
  subtasks: number;
  edges: number;
  /** Subtasks on the longest path. */
  depth: number;
  /** The largest set of one depth. */
  width: number;
  roots: number;
  leaves: number;
  /** Sum of `estimate.durationMs` (default 0) along the heaviest path. */
  criticalPathMs: number;
  criticalPath: string[];
  makespanMs: { unlimited: number; workers?: number; one: number };
}

/** The verdict on a draft: a plan that can be scheduled, or why not. */
export interface PlanCheck {
  ok: boolean;
  problems: PlanProblem[];
  shape: PlanShape | null;
  /** Present when `ok`. */
  plan?: Plan;
}

/** A JSON Schema document, as it travels in `accept` and in model calls. */
export type JsonSchema = { [key: string]: Json };
