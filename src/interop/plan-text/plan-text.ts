/** What a plan is once its text is read, whatever the dialect: its steps, and where the text could not be followed. */
import type { Plan } from '../../plan/plan.ts';

export const planDialects = ['rewoo', 'llmcompiler', 'qdmr'] as const;
/** `rewoo`: `#E1 = Tool[input]`. `llmcompiler`: `1. tool(args)`. `qdmr`: `return #1 …`, the decompositions of Break. */
export type PlanDialect = (typeof planDialects)[number];

/** One line of a plan's text. */
export interface PlanStep {
  /** `E1` (ReWOO), `1` (LLMCompiler, QDMR): what references name, so that they are answered in an instruction too. */
  id: string;
  /** As written; absent in QDMR, which names none. */
  tool?: string;
  /** Between the tool's brackets, with its references as written; QDMR: the step without `return`. */
  input: string;
  /** Ids of steps before it, each once, in the order of the text. */
  references: string[];
  /** ReWOO's `Plan:`, LLMCompiler's `Thought:` before it. */
  thought?: string;
  /** Where it begins, from 1. */
  line: number;
  column: number;
}

export type PlanTextCode =
  | 'too-large'
  | 'empty'
  | 'malformed-step'
  | 'duplicate-id'
  | 'falling-id'
  | 'self-reference'
  | 'forward-reference'
  | 'unknown-reference'
  | 'after-join'
  | 'more-problems';

/** One thing wrong with a plan's text. Lines and columns count from 1. */
export interface PlanTextProblem {
  code: PlanTextCode;
  message: string;
  line: number;
  column: number;
}

/** `steps` are those that could be read, also beside problems: a reference that a problem refuses is not among their references. */
export type PlanTextReading =
  | { kind: 'plan'; plan: Plan; steps: PlanStep[] }
  | { kind: 'problems'; problems: PlanTextProblem[]; steps: PlanStep[] };

/** In UTF-16 units. Reading takes time linear in it. */
export const maxPlanTextLength = 4_000_000;
