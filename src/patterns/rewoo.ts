/**
 * ReWOO: one call plans all steps before anything is looked up, each step's evidence is fetched by a tool, and one call solves the
 * task with plan and evidence. Whatever the number of steps, the planner and the solver are asked once.
 */
import { z } from 'zod';
import type { PlanStep } from '../interop/plan-text/plan-text.ts';
import { nameEvidence, RewooReader } from '../interop/plan-text/rewoo.ts';
import type { Subtask } from '../plan/plan.ts';
import { definePattern, type PatternTask, type PlanDialect } from './pattern.ts';
import { layOutSteps, readStepPlan, StepPlan } from './step-plan.ts';
import { stepWorkers } from './step-workers.ts';
import { describeWorkers, listWorkers, type Worker } from './workers.ts';

const options = z.strictObject({
  /** Answers the task from plan and evidence; every other role is a tool of the plan. */
  solver: z.string().default('solver'),
});
type Options = z.infer<typeof options>;

const solveId = 'solve';
/** Of a step's input, where the solver is shown the plan. */
const shownCharacters = 500;
/** Executors are shown so much of the task. */
const taskCharacters = 2000;

const instructions = `Plan how to solve the task, step by step, before anything is looked up. Two lines a step:
Plan: what this step finds out
#E1 = Tool[input]
Number the steps #E1, #E2, … An input may use evidence of steps before it: #E1 stands for the result. Use only the tools listed. A tool with several fields takes its first as plain text, or all of them as a JSON object. Write nothing else; who solves the task gets the plan and its evidence.`;

const isStep = ({ id }: Subtask): boolean => id !== solveId;

const workersOf = (planning: PatternTask<Options>): Worker[] => listWorkers(planning, [planning.options.solver]);

/** What a tool is given is its input and nothing else; a model, the task's where the input says nothing. */
function instructionOf({ input, references }: PlanStep, { isTool }: Worker, task: string): string {
  if (input === '') return isTool ? '{}' : task;
  return nameEvidence(input, new Set(references));
}

const dialect: PlanDialect<Options> = {
  layOut: (planning, { soFar, problems }) => {
    const workers = workersOf(planning);
    const tools = describeWorkers(workers, ['[', ']']);
    return layOutSteps(planning, { instructions, tools, soFar: writeSteps(soFar.filter(isStep), workers, '#'), problems });
  },
  read: (planning, soFar) => {
    const workers = workersOf(planning);
    const plan = new StepPlan({
      reader: new RewooReader({ earlier: soFar.filter(isStep).map(({ id }) => id) }),
      workers,
      instructionOf: (step, worker) => instructionOf(step, worker, planning.task),
    });
    return readStepPlan(plan, soFar, {
      isStep,
      close: (subtasks, thoughts) => [solveWith(planning, writeSteps(subtasks, workers, '', thoughts), subtasks)],
    });
  },
};

/** @param mark Before a step's id. Without one, nothing in the text is taken for a reference by those who read it as an instruction. */
function writeSteps(
  subtasks: readonly Subtask[],
  workers: readonly Worker[],
  mark: '#' | '',
  thoughts: ReadonlyMap<string, string> = new Map(),
): string {
  const lines = subtasks.flatMap(({ id, role, instruction }) => {
    const thought = thoughts.get(id);
    const name = workers.find((worker) => worker.role === role)?.name ?? role;
    const line = `${mark}${id} = ${name}[${mark === '' ? cut(instruction) : instruction}]`;
    return thought === undefined ? [line] : [`Plan: ${thought}`, line];
  });
  const text = lines.join('\n').replace(/\{\{(E\d+)\}\}/g, `${mark}$1`);
  return mark === '' ? text.replace(/#(?=E\d)/g, '').replaceAll('{{', '{ {') : text;
}

function solveWith({ task, options: { solver } }: PatternTask<Options>, plan: string, steps: readonly Subtask[]): Subtask {
  const whole = task.length > taskCharacters ? `${task}\n\n` : '';
  return {
    id: solveId,
    role: solver,
    instruction: `${whole}Solve the task with this plan and the evidence that its steps have found.\n\n${plan}`,
    dependsOn: steps.map(({ id }) => id),
    evenIfFailed: true,
  };
}

function cut(text: string): string {
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`;
}

export const rewoo = definePattern<Options>({
  name: 'rewoo',
  summary: 'One call plans every step with placeholders for evidence, tools fetch the evidence, one call solves the task.',
  source: 'Xu et al. 2023, ReWOO',
  calls: '2 + steps that a model takes; a step that is one tool needs none',
  options,
  team: {
    name: 'rewoo',
    description: 'Tools that fetch evidence, and a solver.',
    // Another role in a tool's place would make up what the tool could not find.
    limits: { reroutes: 0 },
    roles: {
      ...stepWorkers,
      solver: {
        description: 'Solves the task from the evidence.',
        instructions:
          'You solve the task from the evidence you are given. Evidence that failed or is missing stays missing: name it, make nothing up, and answer as far as the rest goes.',
        purpose: 'synthesize',
      },
    },
  },
  roles: ({ solver }) => [solver],
  plan: dialect,
});
