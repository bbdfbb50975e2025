/** A plan that was written as text for another system becomes a plan of this one. */
import { checkPlan } from '../../plan/check.ts';
import type { Plan, Subtask } from '../../plan/plan.ts';
import { LlmCompilerReader, nameResults } from './llmcompiler.ts';
import { maxPlanTextLength, type PlanDialect, type PlanStep, type PlanTextReading } from './plan-text.ts';
import { nameAnswers, readQdmr } from './qdmr.ts';
import { nameEvidence, readRewoo } from './rewoo.ts';
import { toRoleName } from './role-name.ts';
import type { StepBook } from './step-book.ts';

export interface ReadPlanTextOptions {
  dialect: PlanDialect;
  /** The plan's task: the question that it answers. Default: a sentence that names the dialect. */
  task?: string;
  /** The role of every step. Default: the name of its tool in lower case with hyphens, `worker` where it names none. */
  role?: string;
}

/**
 * Never throws, whatever the text; time and memory are linear in its length, which is at most `maxPlanTextLength`.
 * LLMCompiler's `join()` and ReWOO's solver are no steps: several sinks of a plan are put together by the synthesizer.
 */
export function readPlanText(text: string, options: ReadPlanTextOptions): PlanTextReading {
  const start = { line: 1, column: 1 };
  if (text.length > maxPlanTextLength) {
    const message = `The text has ${text.length} characters; at most ${maxPlanTextLength} are read.`;
    return { kind: 'problems', problems: [{ code: 'too-large', message, ...start }], steps: [] };
  }
  const book = readSteps(text.startsWith('\uFEFF') ? text.slice(1) : text, options.dialect);
  const { steps } = book;
  const found = book.problems();
  if (found.length === 0 && steps.length === 0) book.refuse('empty', `The text has no step. ${forms[options.dialect]}`, start);
  else if (found.length === 0) {
    const check = checkPlan(toPlan(steps, options));
    if (check.plan !== undefined) return { kind: 'plan', plan: check.plan, steps };
    for (const { message } of check.problems) book.refuse('malformed-step', message, start);
  }
  return { kind: 'problems', problems: book.problems(), steps };
}

const forms: Record<PlanDialect, string> = {
  rewoo: 'Write: #E1 = Tool[input]',
  llmcompiler: 'Write: 1. tool(arguments)',
  qdmr: 'Write: return what it asks for',
};

function readSteps(text: string, dialect: PlanDialect): StepBook {
  switch (dialect) {
    case 'rewoo':
      return readRewoo(text);
    case 'qdmr':
      return readQdmr(text);
    case 'llmcompiler': {
      const reader = new LlmCompilerReader();
      reader.push(text);
      reader.end();
      return reader.book;
    }
  }
}

function toPlan(steps: readonly PlanStep[], { dialect, task, role }: ReadPlanTextOptions): Plan {
  const named = task === undefined || task.trim() === '' ? `Carry out this ${titles[dialect]} plan.` : task;
  return { version: 1, task: named, subtasks: steps.map((step) => toSubtask(step, dialect, role)) };
}

const titles: Record<PlanDialect, string> = { rewoo: 'ReWOO', llmcompiler: 'LLMCompiler', qdmr: 'QDMR' };

function toSubtask(step: PlanStep, dialect: PlanDialect, role: string | undefined): Subtask {
  return {
    id: step.id,
    role: role ?? toRoleName(step.tool ?? ''),
    instruction: instructionOf(step, dialect),
    dependsOn: step.references,
  };
}

/** References become `{{ID}}`, which an executor is given the result for (docs/handoffs.md). */
function instructionOf({ tool = '', input, thought, references }: PlanStep, dialect: PlanDialect): string {
  const known = new Set(references);
  switch (dialect) {
    case 'rewoo':
      return withThought(thought, `${tool}[${nameEvidence(input, known)}]`);
    case 'llmcompiler':
      return withThought(thought, `${tool}(${nameResults(input, known)})`);
    case 'qdmr':
      return `Return ${nameAnswers(input, known)}`;
  }
}

function withThought(thought: string | undefined, call: string): string {
  return thought === undefined ? call : `${thought}\n${call}`;
}
