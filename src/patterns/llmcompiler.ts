/**
 * LLMCompiler: calls are dispatched while the plan is still being written, those that need nothing of each other at the same time; a
 * joiner finishes, or has the planner go on from the results so far.
 *
 * 1. Ids go on: a call of a replan has a number above all before it, and refers to their results.
 * 2. A replan adds a suffix; nothing that was done is done again.
 * 3. There are at most `replans` of them.
 */
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';
import { tag } from '../execute/context.ts';
import type { Json } from '../json.ts';
import type { Subtask } from '../plan/plan.ts';
import { CallReader, createCallPlan, showCalls, writeCalls } from './llmcompiler-text.ts';
import { definePattern, type Growth, type GrowthView, type PatternTask, type PlanDialect } from './pattern.ts';
import { formOf, readAnswer } from './read-answer.ts';
import { layOutSteps, listProblems, readStepPlan } from './step-plan.ts';
import { stepWorkers } from './step-workers.ts';
import { describeWorkers, listWorkers, type Worker } from './workers.ts';

const options = z.strictObject({
  /** How often the joiner may have the planner go on. */
  replans: z.int().min(0).max(20).default(1),
  /** Answers, or asks for more; every role but it and the planner is a tool of the plan. */
  joiner: z.string().default('joiner'),
  /** Plans on after the joiner's question; the first plan is the team's planner's. */
  planner: z.string().default('planner'),
});
type Options = z.infer<typeof options>;

const joinSchema = z.object({
  action: z.enum(['finish', 'replan']),
  /** finish: the answer to the task. replan: what is missing, and why. */
  answer: z.string(),
});

const joinId = (round: number): string => `join-${round}`;
const replanId = (round: number): string => `replan-${round}`;
const roundOf = (id: string): number => Number(id.slice(id.lastIndexOf('-') + 1));
const isCall = ({ id }: Subtask): boolean => /^\d+$/.test(id);

const rules =
  'Arguments are quoted text, numbers, lists, or name=value. Calls that use no result of each other run at the same time. Use only the tools listed.';

const instructions = `Plan the calls of tools that the task needs, as few as will do. One call a line:
1. tool("text", 2)
$1 stands for the result of call 1, also inside text and lists. ${rules} The last line is a numbered join(). What follows from the results is not planned: it is concluded after join().`;

const workersOf = (planning: PatternTask<Options>): Worker[] =>
  listWorkers(planning, [planning.options.joiner, planning.options.planner]);

const dialect: PlanDialect<Options> = {
  layOut: (planning, { soFar, problems }) => {
    const workers = workersOf(planning);
    const tools = describeWorkers(workers, ['(', ')']);
    return layOutSteps(planning, { instructions, tools, soFar: writeCalls(soFar.filter(isCall), workers), problems });
  },
  read: (planning, soFar) => {
    const workers = workersOf(planning);
    const reader = new CallReader(soFar.filter(isCall).map(({ id }) => id));
    return readStepPlan(createCallPlan(reader, workers, planning.task), soFar, {
      isStep: isCall,
      close: (calls) => [joinOf(planning, calls, 1)],
      mayBeEmpty: () => reader.hasJoined,
    });
  },
};

function joinOf(planning: PatternTask<Options>, calls: readonly Subtask[], round: number): Subtask {
  const { replans, joiner } = planning.options;
  const isLast = round > replans;
  const lines = [
    'These calls were made for the task; their results are given to you.',
    showCalls(calls, workersOf(planning)),
    isLast
      ? 'Answer the task with action "finish". No more calls can be made: name what is missing.'
      : 'Answer the task with action "finish". Only if the results do not suffice and more calls would help: action "replan", and what is missing.',
  ];
  // A role with a form is asked for it anyway.
  if (planning.team.roles[joiner]?.output === undefined)
    lines.push('Write JSON and nothing else: {"action": "finish", "answer": "…"}');
  if (planning.outputSchema !== undefined)
    lines.push(`A finished answer is the text of JSON with this schema: ${JSON.stringify(planning.outputSchema)}`);
  return {
    id: joinId(round),
    role: joiner,
    instruction: lines.join('\n\n'),
    dependsOn: calls.map(({ id }) => id),
    grow: true,
    evenIfFailed: true,
  };
}

function goOn(view: GrowthView<Options>): Growth {
  return isJoin(view.subtask) ? followJoin(view) : followReplan(view);
}

const isJoin = ({ id }: Subtask): boolean => id.startsWith('join-');

function followJoin(view: GrowthView<Options>): Growth {
  const { subtask, options: own } = view;
  const { action, answer } = readAnswer(readWords(view.output), joinSchema, subtask.role);
  const round = roundOf(subtask.id);
  if (action === 'finish') {
    if (answer.trim() === '') throw refusal(`The answer of "${subtask.role}" is empty.`);
    return { add: [], deliverable: subtask.id, output: view.outputSchema === undefined ? answer : parsed(answer) };
  }
  if (round > own.replans) throw refusal('No more calls can be made. Finish with what there is, and name what is missing.');
  return { add: [replanOf(view, round)] };
}

/** A joiner without a form of its own may also say it as its authors' do: all between the first bracket and the last. */
function readWords(output: Json): Json {
  if (typeof output !== 'string') return output;
  const [, fenced = output] = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(output) ?? [];
  const read = parsed(fenced);
  if (typeof read !== 'string') return read;
  const match = /(?:^|\n)\s{0,100}(?:Action:\s{0,100})?(Finish|Replan)\(([\s\S]*)\)\s*$/.exec(output);
  return match === null ? output : { action: match[1]?.toLowerCase() ?? '', answer: match[2] ?? '' };
}

function replanOf(view: GrowthView<Options>, round: number): Subtask {
  const workers = workersOf(view);
  const calls = callsOf(view);
  const next = Math.max(0, ...calls.map(({ id }) => Number(id))) + 1;
  const lines = [
    `The calls so far did not suffice; "${view.subtask.id}" says what is missing. Write only the calls that are needed besides, as few as will do. One call a line, numbered from ${next}:`,
    `${next}. tool("text", 2)`,
    // No number after the sign: an instruction's own references are resolved.
    `The sign $ and a call's number stand for its result, also inside text and lists. ${rules}`,
    tag('tools', describeWorkers(workers, ['(', ')'])),
    ...(view.files === undefined ? [] : [tag('files', view.files)]),
    tag('calls_so_far', showCalls(calls, workers)),
  ];
  return {
    id: replanId(round),
    role: view.options.planner,
    instruction: lines.join('\n'),
    dependsOn: [...calls.map(({ id }) => id), view.subtask.id],
    grow: true,
    evenIfFailed: true,
  };
}

function followReplan(view: GrowthView<Options>): Growth {
  const { subtask, output } = view;
  const calls = callsOf(view);
  const plan = createCallPlan(new CallReader(calls.map(({ id }) => id)), workersOf(view), view.task);
  if (typeof output !== 'string') throw refusal('Write the calls as lines of text: 1. tool("text")');
  plan.push(output);
  plan.end();
  const problems = plan.problems();
  const lost = new Set(view.results.filter(({ status }) => status !== 'succeeded').map(({ subtask: { id } }) => id));
  for (const { id, dependsOn } of plan.subtasks) {
    for (const name of dependsOn.filter((dependency) => lost.has(dependency)))
      problems.push({ code: 'unknown-dependency', message: `Step ${id} uses $${name}, which gave no result.` });
  }
  if (problems.length === 0 && plan.subtasks.length === 0)
    problems.push({ code: 'empty', message: 'There is no call. Write: 1. tool("text")' });
  if (problems.length > 0) throw refusal(`The calls can't be made:\n${listProblems(problems)}`);
  return { add: [...plan.subtasks, joinOf(view, [...calls, ...plan.subtasks], roundOf(subtask.id) + 1)] };
}

function callsOf({ results }: GrowthView<Options>): Subtask[] {
  return results.map(({ subtask }) => subtask).filter(isCall);
}

function refusal(message: string): PlanwrightError {
  return new PlanwrightError('growth-refused', message);
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

export const llmcompiler = definePattern<Options>({
  name: 'llmcompiler',
  summary: 'Calls of tools are dispatched while their plan is being written; a joiner finishes, or has the planner go on.',
  source: 'Kim et al. 2024, LLMCompiler',
  calls: '1 + tasks + 1, where a task that is one tool needs none; each replan 1 + its tasks + 1 more',
  options,
  team: {
    name: 'llmcompiler',
    description: 'Tools that are called in parallel, a joiner, and a planner for what is missing.',
    // Another role in a tool's place would make up what the tool could not find.
    limits: { reroutes: 0 },
    roles: {
      ...stepWorkers,
      joiner: {
        description: 'Answers from the results, or says what is missing.',
        instructions:
          'You answer the task from results that you are given. A result that failed or is missing stays missing: name it and make nothing up.',
        output: formOf(joinSchema),
        purpose: 'synthesize',
      },
      planner: {
        description: 'Plans further calls.',
        instructions: 'You plan further calls of tools where those that were made did not suffice.',
        purpose: 'replan',
      },
    },
  },
  roles: ({ joiner, planner, replans }) => (replans === 0 ? [joiner] : [joiner, planner]),
  plan: dialect,
  grow: goOn,
});
