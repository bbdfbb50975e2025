/** The check of a replan: what takes the place of the unfinished rest must fit what stays. */
import { checkGraph, checkRoles } from './check-graph.ts';
import type { PlanProblem, Subtask } from './plan.ts';
import { ProblemList } from './problem-list.ts';
import { quoteText } from './quote-value.ts';
import { ElementReader } from './read-draft.ts';

export interface Revision {
  add: readonly Subtask[];
  /** Subtasks that stay: they may be depended on. */
  fixedIds: ReadonlySet<string>;
  /** Every id the run has ever used, the fixed ones included or not. */
  usedIds: ReadonlySet<string>;
  /** The team's roles. Default: roles are not checked. */
  roles?: readonly string[];
  /** The most subtasks that may be added. */
  maxSubtasks: number;
  /** Named anew by the replan; a fixed or an added id. */
  deliverable?: string;
}

/** No problems: the revision can be applied. Paths are `subtasks.N…` with N the position in `add`. */
export function checkRevision(revision: Revision): PlanProblem[] {
  const problems = new ProblemList();
  const { add, fixedIds, usedIds, roles, maxSubtasks, deliverable } = revision;
  const delivered = deliverable !== undefined && fixedIds.has(deliverable);
  if (add.length === 0 && !delivered) {
    problems.add('empty', () => ({
      message: 'The revision adds no subtasks and hands over no finished one.',
      path: ['subtasks'],
    }));
  }
  if (add.length > maxSubtasks) {
    problems.add('too-large', () => ({
      message: `The revision adds ${add.length} subtasks; at most ${maxSubtasks} are allowed. Plan larger pieces.`,
      path: ['subtasks'],
    }));
    return problems.toProblems();
  }
  const reader = new ElementReader(problems);
  const elements = add.map((subtask, index) => reader.read(subtask, index));
  if (roles !== undefined) checkRoles(elements, roles, problems);
  const { positions } = checkGraph(elements, problems, { fixedIds, usedIds });
  if (deliverable !== undefined && !delivered && !positions.has(deliverable)) {
    problems.add('unknown-deliverable', () => ({
      message: `The deliverable ${quoteText(deliverable)} is neither a subtask that stays nor one that is added.`,
      path: ['deliverable'],
    }));
  }
  return problems.toProblems();
}
