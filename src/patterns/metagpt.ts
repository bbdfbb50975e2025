/**
 * MetaGPT: a company that works by a procedure. Typed documents lie in a pool, each role waits for the types that it watches, and
 * the tests of the code are run: until they pass, it is mended, round by round.
 *
 * The plan has one subtask a document, called by its type, and `check-1`, which runs the tests. A run that fails adds `fix-N` and
 * `check-N+1`; the fix of the last round is accepted only if the tests pass, so that the monitor's ladder is what ends the loop.
 */
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';
import type { AcceptCheck, Subtask } from '../plan/plan.ts';
import { findProblem, foundNoTest } from '../verify/workspace-checks.ts';
import {
  build,
  findPoolProblem,
  listAfterBuild,
  listMembers,
  listUnwatched,
  memberSchema,
  type PoolMember,
  requirement,
  typeSchema,
} from './document-pool.ts';
import { definePattern, type Growth, type GrowthView, type PatternPlan, type PatternTask } from './pattern.ts';
import { readAnswer } from './read-answer.ts';
import { softwareCompany, softwarePool } from './software-company.ts';

const commandSchema = z.tuple([z.enum(['node', 'python'])], z.string().max(2000)).refine((words) => words.length <= 50);

const options = z
  .strictObject({
    /** Who watches what and produces what. Default: the software company. */
    pool: z.array(memberSchema).min(1).max(40).default(softwarePool),
    /** Further members; one that produces a type of the pool takes its producer's place. */
    join: z.array(memberSchema).max(40).default([]),
    /** Of mending after a failed test run. */
    rounds: z.int().min(1).max(10).default(3),
    /** The test run, on all files, in the sandbox. */
    test: commandSchema.default(['node', '--test']),
    /** Has to succeed on the files of every version of the code. Default: nothing has to. */
    build: commandSchema.optional(),
    /** The role that runs the tests: one call of the tool `run_program`. */
    runner: z.string().default('runner'),
    /** What is handed over: the passing test run, or a document that rests on it. */
    deliverable: typeSchema.default(build),
  })
  .superRefine((given, context) => {
    const problem = findPoolProblem(given);
    if (problem !== null) {
      context.addIssue({ code: 'custom', path: [given.join.length > 0 ? 'join' : 'pool'], message: problem });
      return;
    }
    const members = listMembers(given);
    const after = listAfterBuild(members);
    const isBefore = (type: string) => !after.has(type);
    if (!members.some(({ produces }) => produces === 'Code') || !['Code', 'Tests'].every(isBefore)) {
      context.addIssue({
        code: 'custom',
        path: ['pool'],
        message: '"Code" has to be produced, and neither it nor "Tests" from the build',
      });
    }
    if (given.deliverable !== build && !after.has(given.deliverable)) {
      const message = `has to be "${build}" or rest on it: ${[build, ...after].join(', ')}`;
      context.addIssue({ code: 'custom', path: ['deliverable'], message });
    }
  });
type Options = z.infer<typeof options>;

/** As `run_program` gives it. */
const runSchema = z.object({
  exitStatus: z.number().nullable(),
  stopped: z.enum(['timeout', 'memory', 'output']).optional(),
  printed: z.string(),
});

const checkId = (round: number): string => `check-${round}`;
const fixId = (round: number): string => `fix-${round}`;

/** @param builtBy The subtask that stands for the build, once there is one. */
function write(member: PoolMember, { task, options: given }: PatternTask<Options>, builtBy?: string): Subtask {
  const { role, produces, watches, does = `Write the document "${produces}" from what you are given.` } = member;
  const accept = produces === 'Code' ? checksOf(given.build) : [];
  return {
    id: produces,
    role,
    instruction: watches.includes(requirement) ? `${task}\n\n${does}` : does,
    dependsOn: idsOf(watches, builtBy),
    ...(accept.length === 0 ? {} : { accept }),
  };
}

function idsOf(watches: readonly string[], builtBy?: string): string[] {
  return watches.flatMap((type) => {
    if (type === requirement) return [];
    return type === build ? (builtBy ?? []) : type;
  });
}

function checksOf(run: Options['build']): AcceptCheck[] {
  return run === undefined ? [] : [{ kind: 'command', run }];
}

function runTests(round: number, dependsOn: string[], { runner, test: [program, ...args] }: Options): Subtask {
  return { id: checkId(round), role: runner, instruction: JSON.stringify({ program, args }), dependsOn, grow: true };
}

function planDocuments(planning: PatternTask<Options>): PatternPlan {
  const members = listMembers(planning.options);
  const after = listAfterBuild(members);
  const before = members.filter(({ produces }) => !after.has(produces));
  const check = runTests(1, listUnwatched(before), planning.options);
  return { subtasks: [...before.map((member) => write(member, planning)), check], deliverable: check.id };
}

function readRun(view: GrowthView<Options>): Growth {
  const ended = readAnswer(view.output, runSchema, view.subtask.role);
  const problem = findProblem({ signal: null, ...ended, stopped: ended.stopped ?? null });
  const round = Number(view.subtask.id.slice(checkId(0).length - 1));
  if (problem === null) return handOver(view);
  const { rounds } = view.options;
  if (round > rounds) {
    throw new PlanwrightError('growth-refused', `The tests do not pass after ${rounds} rounds of mending: ${problem}`);
  }
  const fix = mend(view, round, { problem, byTester: foundNoTest(ended.printed) });
  const next = runTests(round + 1, [fix.id], view.options);
  return { add: [fix, next], deliverable: next.id };
}

function mend(
  { subtask, ids, options: given }: GrowthView<Options>,
  round: number,
  { problem, byTester }: { problem: string; byTester: boolean },
): Subtask {
  const members = listMembers(given);
  const code = members.find(({ produces }) => produces === 'Code');
  const tests = members.find(({ produces }) => produces === 'Tests');
  const written = [round === 1 ? 'Code' : fixId(round - 1), 'Tests'].filter((id) => ids.has(id));
  const accept = [...checksOf(given.build), ...(round === given.rounds ? checksOf(given.test) : [])];
  return {
    id: fixId(round),
    role: (byTester ? tests : undefined)?.role ?? code?.role ?? '',
    instruction: `The test run "${subtask.id}" failed: ${problem} Find the cause and mend the files; keep what works. The code has to do what the documents ask: change a test only where it contradicts them, and say so.`,
    dependsOn: [...new Set([...idsOf(code?.watches ?? []), ...written, subtask.id])],
    ...(accept.length === 0 ? {} : { accept }),
  };
}

function handOver(view: GrowthView<Options>): Growth {
  const { subtask, options: given } = view;
  const members = listMembers(given);
  const after = listAfterBuild(members);
  const rest = members.filter(({ produces }) => after.has(produces));
  return {
    add: rest.map((member) => write(member, view, subtask.id)),
    deliverable: given.deliverable === build ? subtask.id : given.deliverable,
  };
}

export const metagpt = definePattern<Options>({
  name: 'metagpt',
  summary: 'A software company: typed documents in a pool, roles that watch them, code that is mended until its tests pass.',
  source: 'Hong et al. 2023, MetaGPT',
  calls: 'documents + rounds of mending, and one more for each step with tools',
  options,
  team: softwareCompany,
  roles: (given) => [...listMembers(given).map(({ role }) => role), given.runner],
  plan: planDocuments,
  grow: readRun,
});
