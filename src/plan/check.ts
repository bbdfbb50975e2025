/**
 * The check every plan passes before it can be scheduled: a draft of any form becomes a valid plan, or problems that
 * say what is wrong and where. All problems are found in one pass, in a fixed order: the document, its elements as
 * they stand, then the graph. Linear in the draft's size.
 */
import { checkGraph, checkRoles, type DraftGraph } from './check-graph.ts';
import { ClosestId } from './closest-id.ts';
import { findReachable, levelNodes, orderNodes } from './dag.ts';
import { maxFileSubtasks, type Plan, type PlanCheck, type PlanShape, type Subtask } from './plan.ts';
import { type Locate, ProblemList } from './problem-list.ts';
import { quoteText } from './quote-value.ts';
import { type DraftElement, type DraftHead, ElementReader, readHead } from './read-draft.ts';
import { measureGraph } from './shape.ts';

export interface CheckPlanOptions {
  /** The team's roles. Default: roles are not checked. */
  roles?: readonly string[];
  /** Default 100,000. */
  maxSubtasks?: number;
  /** The most subtasks on one path. Default: any number. */
  maxDepth?: number;
  /** Gives problems their lines. */
  locate?: Locate;
  /** Adds to the shape the makespan with so many workers; at least 1. */
  workers?: number;
}

/**
 * `shape` is null unless ids, dependencies and elements are in order; wrong roles, depth, an unknown deliverable and
 * unreachable subtasks leave it. Never throws, whatever the draft.
 */
export function checkPlan(draft: unknown, options: CheckPlanOptions = {}): PlanCheck {
  const problems = new ProblemList(options.locate);
  const { head, subtasks: raw } = readHead(draft, problems);
  if (raw === null || !checkSize(raw, options.maxSubtasks ?? maxFileSubtasks, problems)) return refuse(problems, null);

  const reader = new ElementReader(problems);
  // Array.from visits holes too, which are malformed elements and not fewer of them.
  const elements = Array.from(raw, (element, index) => reader.read(element, index));
  if (options.roles !== undefined) checkRoles(elements, options.roles, problems);
  const draftGraph = checkGraph(elements, problems);
  checkDeliverable(head, elements, draftGraph, problems);

  const subtasks = elements.flatMap((element) => element.subtask ?? []);
  const sound =
    subtasks.length === elements.length &&
    !problems.has('duplicate-id', 'self-dependency', 'unknown-dependency', 'cycle', 'malformed');
  if (!sound) return refuse(problems, null);
  if (options.maxDepth !== undefined) checkDepth(draftGraph, options.maxDepth, problems);
  const shape = measureGraph(subtasks, draftGraph.graph, options.workers);
  const listed = problems.toProblems();
  return listed.length > 0
    ? { ok: false, problems: listed, shape }
    : { ok: true, problems: [], shape, plan: toPlan(head, subtasks) };
}

function refuse(problems: ProblemList, shape: PlanShape | null): PlanCheck {
  return { ok: false, problems: problems.toProblems(), shape };
}

function checkSize(subtasks: readonly unknown[], maxSubtasks: number, problems: ProblemList): boolean {
  if (subtasks.length === 0) {
    problems.add('empty', () => ({ message: 'The plan has no subtasks. A plan has at least one.', path: ['subtasks'] }));
    return false;
  }
  if (subtasks.length > maxSubtasks) {
    problems.add('too-large', () => ({
      message: `The plan has ${subtasks.length} subtasks; at most ${maxSubtasks} are allowed. Plan larger pieces.`,
      path: ['subtasks'],
    }));
    return false;
  }
  return true;
}

function checkDeliverable(
  head: DraftHead,
  elements: readonly DraftElement[],
  { graph, positions }: DraftGraph,
  problems: ProblemList,
): void {
  const { deliverable } = head;
  if (deliverable === undefined) return;
  const position = positions.get(deliverable);
  if (position === undefined) {
    const suggestion = new ClosestId(positions.keys()).find(deliverable);
    problems.add('unknown-deliverable', () => ({
      message: `The deliverable ${quoteText(deliverable)} is not in the plan.${suggestion === undefined ? '' : ` Did you mean ${quoteText(suggestion)}?`}`,
      path: ['deliverable'],
    }));
    return;
  }
  // Where an edge is missing, what lies behind it would seem unreachable.
  if (problems.has('malformed', 'duplicate-id', 'unknown-dependency')) return;
  const reached = findReachable(graph.dependencies, [position]);
  for (const { id, index } of elements) {
    if (reached[index] === 1) continue;
    problems.add('unreachable', () => ({
      message: `The deliverable ${quoteText(deliverable)} does not depend on subtask ${quoteText(id ?? '')}. Remove the subtask, or let something that the deliverable needs depend on it.`,
      subtaskId: id,
      path: ['subtasks', index],
    }));
  }
}

function checkDepth({ graph }: DraftGraph, maxDepth: number, problems: ProblemList): void {
  const depth = levelNodes(graph, orderNodes(graph)).reduce((deepest, level) => Math.max(deepest, level + 1), 0);
  if (depth <= maxDepth) return;
  problems.add('too-deep', () => ({
    message: `The longest path has ${depth} subtasks, at most ${maxDepth} are allowed. Fuse subtasks or let them run at once.`,
    path: ['subtasks'],
  }));
}

function toPlan(head: DraftHead, subtasks: Subtask[]): Plan {
  const { task, ...named } = head;
  return { version: 1, task, ...named, subtasks };
}
