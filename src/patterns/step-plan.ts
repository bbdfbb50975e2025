/** Plans that a model writes as steps in a published text form: read while they arrive, refused with the place of what is wrong. */
import { tag } from '../execute/context.ts';
import type { PlanStep, PlanTextProblem } from '../interop/plan-text/plan-text.ts';
import type { PlanProblem, ProblemCode, Subtask } from '../plan/plan.ts';
import type { DialectReader, PatternTask, PromptTexts } from './pattern.ts';
import { findWorker, type Worker } from './workers.ts';

/** What the readers of the texts have in common. */
export interface StepReader {
  push(text: string): readonly PlanStep[];
  end(): readonly PlanStep[];
  problems(): readonly PlanTextProblem[];
}

export interface StepPlanOptions {
  reader: StepReader;
  workers: readonly Worker[];
  /** Of the step, its references resolved. */
  instructionOf: (step: PlanStep, worker: Worker) => string;
}

/** Steps as subtasks. Once something is wrong no further step is passed on: the plan will be refused. */
export class StepPlan {
  readonly subtasks: Subtask[] = [];
  /** Why a step is there, by its id, where the text says so. */
  readonly thoughts = new Map<string, string>();
  readonly #options: StepPlanOptions;
  readonly #problems: PlanProblem[] = [];

  constructor(options: StepPlanOptions) {
    this.#options = options;
  }

  push(text: string): Subtask[] {
    return this.#enter(this.#options.reader.push(text));
  }

  end(): Subtask[] {
    return this.#enter(this.#options.reader.end());
  }

  problems(): PlanProblem[] {
    return [...this.#options.reader.problems().map(toPlanProblem), ...this.#problems];
  }

  #enter(steps: readonly PlanStep[]): Subtask[] {
    const entered: Subtask[] = [];
    const { reader, workers, instructionOf } = this.#options;
    for (const step of steps) {
      const { id, tool = '', references, thought, line, column } = step;
      const worker = findWorker(workers, tool);
      if (worker === undefined) {
        const known = workers.map(({ name }) => name).join(', ');
        const message = `Line ${line}, column ${column}: step ${id} calls "${tool}", and there is no such tool. Tools: ${known}.`;
        this.#problems.push({ code: 'unknown-role', message, subtaskId: id, line });
        continue;
      }
      if (thought !== undefined) this.thoughts.set(id, thought);
      entered.push({ id, role: worker.role, instruction: instructionOf(step, worker), dependsOn: references });
    }
    this.subtasks.push(...entered);
    return this.#problems.length > 0 || reader.problems().length > 0 ? [] : entered;
  }
}

const codes: Partial<Record<PlanTextProblem['code'], ProblemCode>> = {
  'too-large': 'too-large',
  'duplicate-id': 'duplicate-id',
  'self-reference': 'self-dependency',
  'forward-reference': 'unknown-dependency',
  'unknown-reference': 'unknown-dependency',
};

function toPlanProblem({ code, message, line, column }: PlanTextProblem): PlanProblem {
  return { code: codes[code] ?? 'malformed', message: `Line ${line}, column ${column}: ${message}`, line };
}

const mostProblems = 20;

export function listProblems(problems: readonly PlanProblem[]): string {
  const shown = problems.slice(0, mostProblems).map(({ message }) => `- ${message}`);
  if (problems.length > shown.length) shown.push(`- … and ${problems.length - shown.length} more`);
  return shown.join('\n');
}

export interface StepPrompt {
  instructions: string;
  tools: string;
  /** Steps that stand already, in the text's form; '' for none. */
  soFar: string;
  problems: readonly PlanProblem[];
}

/** Stable parts first, as in the planner's own prompt. */
export function layOutSteps({ team, task, files }: PatternTask<unknown>, prompt: StepPrompt): PromptTexts {
  const { instructions, tools, soFar, problems } = prompt;
  const parts = [tag('tools', tools)];
  if (files !== undefined) parts.push(tag('files', files));
  parts.push(tag('task', task));
  if (soFar !== '') parts.push(tag('so_far', soFar), 'Go on with the steps that are missing, numbered on from these.');
  if (problems.length > 0)
    parts.push(tag('problems', listProblems(problems)), 'Write the whole plan again without these problems.');
  const own = team.planner.instructions;
  return { instructions: own === undefined ? instructions : `${instructions}\n${own}`, prompt: parts.join('\n') };
}

export interface StepPlanEnd {
  /** Of what stands already: what the text wrote, and not what `close` has added. */
  isStep(subtask: Subtask): boolean;
  /** What follows the steps, once the text has ended. */
  close(steps: readonly Subtask[], thoughts: ReadonlyMap<string, string>): Subtask[];
  /** Default: a text without a step is refused. */
  mayBeEmpty?(): boolean;
}

/** @param soFar What stands already of this plan. */
export function readStepPlan(plan: StepPlan, soFar: readonly Subtask[], end: StepPlanEnd): DialectReader {
  return {
    push: (text) => plan.push(text),
    end: () => {
      const rest = plan.end();
      const problems = plan.problems();
      const steps = [...soFar.filter((subtask) => end.isStep(subtask)), ...plan.subtasks];
      if (problems.length === 0 && steps.length === 0 && end.mayBeEmpty?.() !== true)
        problems.push({ code: 'empty', message: 'The text has no step in the form that was asked for.' });
      if (problems.length > 0) return { subtasks: rest, problems };
      const known = new Set(soFar.map(({ id }) => id));
      return { subtasks: [...rest, ...end.close(steps, plan.thoughts).filter(({ id }) => !known.has(id))], problems };
    },
  };
}
